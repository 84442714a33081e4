//! moto, a stand-in for AWS: fetched once per user by `pip`, run for as long as it is needed.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::instance::{self, make_dir};
use crate::platform;
use crate::supervisor::explain;
use crate::ui::Ui;

const PACKAGE: &str = "moto[server]==5.2.5";
const VERSION: &str = "5.2.5";
/// How long it may take to listen.
const LIMIT: Duration = Duration::from_secs(30);

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Moto {
    pub(super) url: String,
    _process: Child,
}

/// Starts it; `None`, said in a line, where it cannot be had.
pub(super) async fn start(ui: Ui) -> Result<Option<Moto>> {
    let step = ui.step("CloudWatch (moto)");
    let program = match install().await {
        Ok(program) => program,
        Err(error) => {
            step.warn(format!("its checks are left out: {error:#}"));
            return Ok(None);
        }
    };
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let process = Command::new(&program)
        .args(["-H", "127.0.0.1", "-p", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if begun.elapsed() > LIMIT {
            bail!("moto does not listen");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    step.done(format!("127.0.0.1:{port}"));
    Ok(Some(Moto {
        url: format!("http://127.0.0.1:{port}"),
        _process: process,
    }))
}

/// Makes sure that the program is in the user's cache.
async fn install() -> Result<PathBuf> {
    let home = instance::cache_home(false)?.join("moto").join(VERSION);
    let program = home.join("bin/moto_server");
    // Written last, so that its presence says that everything before it is whole.
    let mark = home.join("complete");
    if mark.is_file() {
        return Ok(program);
    }
    let python = platform::python()?;
    if let Some(above) = home.parent() {
        make_dir(above, 0o700)?;
    }
    run(&python, &["-m", "venv", &home.display().to_string()]).await?;
    let pip = home.join("bin/pip");
    run(
        &pip,
        &["install", "--quiet", "--disable-pip-version-check", PACKAGE],
    )
    .await?;
    fs::write(&mark, VERSION).with_context(|| format!("cannot write {}", mark.display()))?;
    Ok(program)
}

async fn run(program: &Path, args: &[&str]) -> Result<()> {
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("cannot run {}", program.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {}", program.display(), explain(&said));
    }
    Ok(())
}
