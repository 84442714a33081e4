//! Runs the shipped programs' operator commands with the instance's settings.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};

use crate::build;
use crate::env::{Env, services};
use crate::instance::Instance;
use crate::state::State;
use crate::supervisor::{base_env, explain};

fn command(instance: &Instance, program: &str, args: &[&str], env: Env) -> Result<Command> {
    // The process of all services has each one's commands behind its name.
    let is_part = services().any(|name| name == program) && State::load(instance)?.single;
    let mut command = if is_part {
        let mut command = Command::new(build::program(instance, build::SINGLE)?);
        command.arg(program);
        command
    } else {
        Command::new(build::program(instance, program)?)
    };
    command.args(args).env_clear().envs(base_env()).envs(env);
    command.stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

/// Runs a command to its end and gives its standard output; both outputs also go to
/// `logs/<program>-<first argument>.log`. A failure is told with its last line.
pub(crate) async fn capture(
    instance: &Instance,
    program: &str,
    args: &[&str],
    env: Env,
) -> Result<String> {
    let what = format!("techmart-{program} {}", args.join(" "));
    let output = command(instance, program, args, env)?
        .output()
        .await
        .with_context(|| format!("cannot run {what}"))?;
    let log = instance.log(&format!("{program}-{}", args.first().unwrap_or(&"run")));
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&log)
        .with_context(|| format!("cannot open {}", log.display()))?;
    file.write_all(&output.stderr)?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let stdout = String::from_utf8_lossy(&output.stdout);
        let said = if stderr.trim().is_empty() {
            &stdout
        } else {
            &stderr
        };
        bail!("{what}: {} (log: {})", explain(said), log.display());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{what}: output is not UTF-8"))
}

/// Starts a command without waiting for it; what it says is thrown away. Dropped, it is killed.
pub(crate) fn start(instance: &Instance, program: &str, args: &[&str], env: Env) -> Result<Child> {
    command(instance, program, args, env)?
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot run techmart-{program}"))
}

/// Runs a command with our terminal; its exit code becomes ours.
pub(crate) async fn pass_through(
    instance: &Instance,
    program: &str,
    args: &[&str],
    env: Env,
) -> Result<()> {
    let mut command = command(instance, program, args, env)?;
    if let Some(term) = std::env::var_os("TERM") {
        command.env("TERM", term);
    }
    let status = command.status().await.context("cannot run the command")?;
    if !status.success() {
        bail!(
            "techmart-{program} {} failed (see above)",
            args.first().unwrap_or(&"")
        );
    }
    Ok(())
}
