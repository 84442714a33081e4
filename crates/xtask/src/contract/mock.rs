//! stripe-mock: found or installed with Go, and run for a while.

use std::fs::File;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::process::Child;

use crate::instance::Instance;
use crate::probe::Probe;

/// The version whose document is the contract.
pub(super) const VERSION: &str = "v0.203.0";
const MODULE: &str = "github.com/stripe/stripe-mock";
/// How long it may take to read its document.
const START_LIMIT: Duration = Duration::from_mins(1);

/// The Go of this machine, as far as it is needed.
#[derive(Debug)]
pub(super) struct Go {
    /// Where `go install` puts programs.
    programs: PathBuf,
    /// Where modules lie.
    modules: PathBuf,
}

/// A running stripe-mock. It ends with this value.
#[derive(Debug)]
pub(super) struct Mock {
    child: Child,
    port: u16,
}

impl Go {
    /// `None` where there is no Go.
    pub(super) fn find() -> Result<Option<Self>> {
        let asked = Command::new("go")
            .args(["env", "GOPATH", "GOBIN", "GOMODCACHE"])
            .output();
        let output = match asked {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other.context("cannot run go")?,
        };
        if !output.status.success() {
            bail!(
                "go env: {}",
                String::from_utf8_lossy(&output.stderr).trim_end()
            );
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = text.lines();
        let mut next = || lines.next().unwrap_or_default().to_owned();
        let (path, programs, modules) = (next(), next(), next());
        // Of several folders the first is the one that programs go to.
        let home = std::env::split_paths(&path).next().unwrap_or_default();
        Ok(Some(Self {
            programs: if programs.is_empty() {
                home.join("bin")
            } else {
                programs.into()
            },
            modules: modules.into(),
        }))
    }

    /// Installs stripe-mock unless that version is there; whether it did.
    pub(super) fn install(&self) -> Result<bool> {
        let version = Command::new("go")
            .args(["version", "-m"])
            .arg(self.program())
            .output()
            .context("cannot run go")?;
        let text = String::from_utf8_lossy(&version.stdout);
        let is_it = |line: &str| {
            let mut words = line.split_whitespace();
            words.next() == Some("mod")
                && words.next() == Some(MODULE)
                && words.next() == Some(VERSION)
        };
        if text.lines().any(is_it) && self.document().is_ok() {
            return Ok(false);
        }
        let status = Command::new("go")
            .arg("install")
            .arg(format!("{MODULE}@{VERSION}"))
            .stdin(Stdio::null())
            .status()
            .context("cannot run go install")?;
        if !status.success() {
            bail!("go install {MODULE}@{VERSION} failed (see above)");
        }
        Ok(true)
    }

    /// Stripe's OpenAPI document.
    pub(super) fn document(&self) -> Result<PathBuf> {
        let folder = self.modules.join(format!("{MODULE}@{VERSION}"));
        let path = folder.join("embedded/openapi/spec3.json");
        if !path.is_file() {
            bail!("{} is missing", path.display());
        }
        Ok(path)
    }

    /// Runs stripe-mock on a free loopback port until it answers.
    pub(super) async fn start(&self, instance: &Instance) -> Result<Mock> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .context("no free loopback port")?
            .port();
        let path = instance.log("stripe-mock");
        let log = File::create(&path).with_context(|| format!("cannot open {}", path.display()))?;
        let mut child = tokio::process::Command::new(self.program())
            .arg("-http-addr")
            .arg(format!("127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("cannot run stripe-mock")?;
        let probe = Probe::Tcp(port);
        tokio::select! {
            () = probe.wait() => Ok(Mock { child, port }),
            status = child.wait() => bail!("stripe-mock ended: {} (log: {})", status?, path.display()),
            () = tokio::time::sleep(START_LIMIT) => bail!("stripe-mock does not answer (log: {})", path.display()),
        }
    }

    fn program(&self) -> PathBuf {
        self.programs.join("stripe-mock")
    }
}

impl Mock {
    /// Where it answers.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it.
    pub(super) async fn stop(mut self) -> Result<()> {
        self.child.kill().await.context("cannot stop stripe-mock")
    }
}
