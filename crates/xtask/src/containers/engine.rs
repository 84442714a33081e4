//! Calls of `docker`.

use std::ffi::OsString;
use std::fmt;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tokio::process::Command;

/// Lines of a failed command that are shown.
const LINES: usize = 15;

/// An engine that answers.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    server: String,
    compose: String,
}

impl Engine {
    /// The engine that `docker` reaches, if there is one with Compose and Buildx.
    pub(super) async fn find() -> Option<Self> {
        let bare = Self {
            server: String::new(),
            compose: String::new(),
        };
        let server = bare.ask(&["version", "--format", "{{.Server.Version}}"]);
        let server = server.await.ok()?;
        let compose = bare.ask(&["compose", "version", "--short"]).await.ok()?;
        bare.ask(&["buildx", "version"]).await.ok()?;
        Some(Self { server, compose })
    }

    /// Runs a command; its standard output without white space around it.
    pub(super) async fn ask(&self, args: &[&str]) -> Result<String> {
        let args: Vec<OsString> = args.iter().map(Into::into).collect();
        self.run(&args, &[]).await
    }

    /// Runs a command with more variables.
    pub(super) async fn run(&self, args: &[OsString], env: &[(&str, String)]) -> Result<String> {
        let output = Command::new("docker")
            .args(args)
            .envs(env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("cannot run docker")?;
        let stdout = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            let lines: Vec<&str> = stdout.lines().chain(stderr.lines()).collect();
            let tail = lines[lines.len().saturating_sub(LINES)..].join("\n    ");
            let what: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
            bail!("docker {}:\n    {tail}", what.join(" "));
        }
        Ok(stdout)
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Docker {}, Compose {}", self.server, self.compose)
    }
}
