//! Node for the pages: the machine's, or one unpacked from npm under `.techmart/`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::instance::{Instance, make_dir};
use crate::platform::find_program;
use crate::ui::Ui;

/// Unpacked when the machine's Node is too old and `web/package.json` names none.
const FALLBACK: &str = "24.21.0";

/// A usable Node with npm.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) program: PathBuf,
    npm: PathBuf,
    pub(crate) version: String,
}

/// What `web/package.json` says about Node.
#[derive(Debug, Default, Deserialize)]
struct Package {
    #[serde(default)]
    engines: Engines,
    #[serde(default)]
    config: Config,
}

#[derive(Debug, Default, Deserialize)]
struct Engines {
    /// The oldest version that works, as in `>=20.19`.
    node: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Config {
    /// The exact version to unpack when the machine's is too old.
    node: Option<String>,
}

impl Node {
    /// Finds a Node that is new enough, unpacking one where needed. `Err` says what is missing.
    pub(crate) fn find(instance: &Instance, ui: Ui) -> Result<Self> {
        let (Some(program), Some(npm)) = (find_program(&["node"]), find_program(&["npm"])) else {
            bail!("Node was not found");
        };
        let text = std::fs::read_to_string(instance.workspace().join("web/package.json"))
            .context("cannot read web/package.json")?;
        let package: Package = serde_json::from_str(&text).context("web/package.json")?;
        let wanted = package.engines.node.as_deref().unwrap_or("20.19");
        let version = version_of(&program)?;
        if numbers(&version) >= numbers(wanted) {
            return Ok(Self {
                program,
                npm,
                version,
            });
        }
        let pinned = package.config.node.unwrap_or_else(|| FALLBACK.to_owned());
        let program = unpack(instance, &npm, &pinned, ui)?;
        let version = version_of(&program)?;
        Ok(Self {
            program,
            npm,
            version,
        })
    }

    /// The PATH with this Node first, for npm and what it runs.
    pub(crate) fn path(&self) -> OsString {
        let own = self.program.parent().map(Path::to_path_buf);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let dirs: Vec<PathBuf> = own
            .into_iter()
            .chain(std::env::split_paths(&path))
            .collect();
        std::env::join_paths(dirs).unwrap_or(path)
    }

    /// An npm command in `dir` that asks nothing.
    pub(crate) fn npm(&self, dir: &Path) -> Command {
        let mut command = Command::new(&self.npm);
        command
            .current_dir(dir)
            .env("PATH", self.path())
            .env("npm_config_fund", "false")
            .env("npm_config_audit", "false")
            .env("npm_config_update_notifier", "false")
            // Our output is a log or is read: colour is for a terminal.
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }
}

/// Unpacks npm's package of a Node build under `.techmart/node-VERSION/`.
fn unpack(instance: &Instance, npm: &Path, version: &str, ui: Ui) -> Result<PathBuf> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => bail!("there is no Node build for {other} on npm"),
    };
    let package = format!("node-{system}-{machine}");
    let home = instance
        .workspace()
        .join(format!(".techmart/node-{version}"));
    let program = home.join("node_modules").join(&package).join("bin/node");
    if program.is_file() {
        return Ok(program);
    }
    let step = ui.step(format!("Node {version}"));
    make_dir(&home, 0o755)?;
    let output = Command::new(npm)
        .args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ])
        .arg(&home)
        .arg(format!("{package}@{version}"))
        .stdin(Stdio::null())
        .output()
        .context("cannot run npm")?;
    if !output.status.success() || !program.is_file() {
        bail!("npm could not unpack {package}@{version}");
    }
    step.done(format!("unpacked to {}", home.display()));
    Ok(program)
}

fn version_of(program: &Path) -> Result<String> {
    let output = Command::new(program)
        .arg("--version")
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.trim().trim_start_matches('v').to_owned())
}

/// The first version number in a text, as numbers: `>=20.19` → `[20, 19]`.
fn numbers(text: &str) -> Vec<u32> {
    let start = text
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(text.len());
    let number = text[start..]
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .next();
    number
        .unwrap_or_default()
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(numbers(">=20.19.0 <25"), [20, 19, 0]);
        assert!(numbers("20.20.2") >= numbers(">=20.19"));
        assert!(numbers("20.9.1") < numbers(">=20.19"));
        assert!(numbers("v24.1.0") > numbers("^22"));
    }
}
