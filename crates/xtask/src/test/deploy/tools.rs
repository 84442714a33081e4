//! Tools that few machines have: fetched once per user, without an installation.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::instance::{Instance, cache_home, make_dir};
use crate::platform;
use crate::supervisor::explain;
use crate::ui::Ui;

/// Names the folder of the Python environment to the scripts of the AWS app.
pub(super) const AWS_PYTHON: &str = "TECHMART_AWS_VENV";

/// Where its versions stand, and the script that makes it.
const REQUIREMENTS: &str = "deploy/aws/scripts/requirements.txt";
const MAKE_PYTHON: &str = "deploy/aws/scripts/python.sh";

/// A Python environment.
#[derive(Debug)]
pub(super) struct Python {
    pub(super) home: PathBuf,
}

/// The environment with cfn-lint and moto; `None`, said in a line, where it cannot be had.
pub(super) async fn python(instance: &Instance, ui: Ui) -> Option<Python> {
    let step = ui.step("cfn-lint and moto");
    match make_python(instance).await {
        Ok(python) => {
            step.done("");
            Some(python)
        }
        Err(error) => {
            step.warn(format!("their checks are left out: {error:#}"));
            None
        }
    }
}

async fn make_python(instance: &Instance) -> Result<Python> {
    platform::python()?;
    let requirements = instance.workspace().join(REQUIREMENTS);
    let requirements =
        fs::read(&requirements).with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    let key = hex::encode(&Sha256::digest(&requirements)[..6]);
    let home = cache_home(false)?.join(format!("aws-{key}"));
    let mut make = Command::new(instance.workspace().join(MAKE_PYTHON));
    make.env(AWS_PYTHON, &home);
    run(make).await?;
    Ok(Python { home })
}

/// Prometheus's tool: the machine's, or the one of Debian's package, unpacked. The package is not installed, because that
/// would leave a server running.
pub(super) async fn promtool(ui: Ui) -> Option<PathBuf> {
    let step = ui.step("promtool");
    match find_promtool().await {
        Ok(program) => {
            step.done(program.display().to_string());
            Some(program)
        }
        Err(error) => {
            step.warn(format!("its checks are left out: {error:#}"));
            None
        }
    }
}

async fn find_promtool() -> Result<PathBuf> {
    if let Some(given) = std::env::var_os("PROMTOOL").filter(|given| !given.is_empty()) {
        return Ok(given.into());
    }
    if let Some(program) = platform::find_program(&["promtool"]) {
        return Ok(program);
    }
    let home = cache_home(false)?.join("promtool");
    let program = home.join("promtool");
    if program.is_file() {
        return Ok(program);
    }
    make_dir(&home, 0o700)?;
    let scratch = home.join(format!("new-{}", std::process::id()));
    make_dir(&scratch, 0o700)?;
    let unpacked = unpack(&scratch).await;
    let kept = unpacked.and_then(|from| {
        fs::rename(&from, &program).with_context(|| format!("cannot keep {}", program.display()))
    });
    fs::remove_dir_all(&scratch).with_context(|| format!("cannot remove {}", scratch.display()))?;
    kept?;
    Ok(program)
}

/// Downloads the package into an empty folder and unpacks it there.
async fn unpack(scratch: &Path) -> Result<PathBuf> {
    let (Some(apt), Some(dpkg)) = (
        platform::find_program(&["apt-get"]),
        platform::find_program(&["dpkg-deb"]),
    ) else {
        bail!("there is none, and no Debian package to take it from: install Prometheus");
    };
    let download = async || {
        let mut download = Command::new(&apt);
        download
            .args(["download", "-qq", "prometheus"])
            .current_dir(scratch);
        run(download).await
    };
    if let Err(error) = download().await {
        if !platform::can_install() {
            return Err(error);
        }
        // A machine that is new has no lists of packages.
        let mut update = Command::new(&apt);
        update.args(["update", "-qq"]);
        run(update).await?;
        download().await?;
    }
    let files = fs::read_dir(scratch)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut paths = files.into_iter().map(|file| file.path());
    let package = paths
        .find(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .context("apt-get left no package")?;
    let mut unpack = Command::new(&dpkg);
    unpack.arg("-x").arg(package).arg(scratch);
    run(unpack).await?;
    let program = scratch.join("usr/bin/promtool");
    let mut version = Command::new(&program);
    version.arg("--version");
    run(version).await?;
    Ok(program)
}

/// Runs a command to its end; the error is what it complained about.
async fn run(command: Command) -> Result<()> {
    let what = command.get_program().to_string_lossy().into_owned();
    let output = tokio::process::Command::from(command)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("cannot run {what}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{what}: {}", explain(&said));
    }
    Ok(())
}
