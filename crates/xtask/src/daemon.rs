//! Starting the supervisor in the background, and stopping it.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::signal::unix::{SignalKind, signal};

use crate::instance::Instance;
use crate::state::{ProcessId, Run};
use crate::ui::Ui;

/// The longest a clean stop may take before what is left is killed.
const STOP_LIMIT: Duration = Duration::from_mins(1);

/// Holds an instance for one supervisor; released when the process ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held, not read")] File);

impl Lock {
    /// Takes the instance; fails when another supervisor holds it.
    pub(crate) fn take(instance: &Instance) -> Result<Self> {
        let file = File::create(instance.path("lock")).context("cannot make the lock file")?;
        if file.try_lock().is_err() {
            bail!(
                "another command runs this instance (see `cargo xtask status{}`)",
                instance.flag()
            );
        }
        Ok(Self(file))
    }
}

/// Starts this program again as a supervisor in a session of its own and shows its progress until
/// everything is ready.
pub(crate) fn start(instance: &Instance, arguments: &[&str], ui: Ui) -> Result<()> {
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(instance.log("supervisor"))
        .context("cannot open the supervisor's log")?;
    let program = std::env::current_exe().context("cannot find this program")?;
    let mut command = Command::new(program);
    command.arg("supervise").args(arguments);
    if !instance.name().is_empty() {
        command.args(["--instance", instance.name()]);
    }
    let mut child = command
        .env(
            "CARGO_MANIFEST_DIR",
            instance.workspace().join("crates/xtask"),
        )
        .current_dir(instance.workspace())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .context("cannot start the supervisor")?;
    let output = child.stdout.take().context("the supervisor's output")?;
    let outcome = ui.relay(BufReader::new(output).lines());
    if outcome.is_err() {
        // It stops its children by itself and then ends.
        child.wait().context("waiting for the supervisor")?;
    }
    outcome
}

/// Leaves the terminal: a session of its own, so that closing the terminal does not end it.
pub(crate) fn detach() -> Result<()> {
    nix::unistd::setsid().context("cannot make a session")?;
    Ok(())
}

/// Waits for a signal that asks this process to stop.
pub(crate) async fn stop_requested() -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    let mut hangup = signal(SignalKind::hangup()).context("SIGHUP")?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

/// Does some work unless a signal asks to stop first.
pub(crate) async fn unless_interrupted<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        done = work => done,
        stopped = stop_requested() => stopped.and_then(|()| bail!("interrupted")),
    }
}

/// Stops the instance's supervisor with all it runs. False when nothing ran.
pub(crate) async fn stop(instance: &Instance) -> Result<bool> {
    let run = Run::load(instance)?;
    let Some(supervisor) = run.supervisor.filter(|process| process.alive()) else {
        return sweep(instance, &run).await;
    };
    kill(Pid::from_raw(supervisor.pid), Signal::SIGTERM).context("cannot signal the supervisor")?;
    if !gone(supervisor, STOP_LIMIT).await {
        let children = Run::load(instance)?;
        kill(Pid::from_raw(supervisor.pid), Signal::SIGKILL).ok();
        gone(supervisor, Duration::from_secs(5)).await;
        sweep(instance, &children).await?;
    }
    Ok(true)
}

/// Ends what a killed supervisor left behind. False when there was nothing.
pub(crate) async fn sweep(instance: &Instance, run: &Run) -> Result<bool> {
    let left: Vec<(&String, ProcessId)> = run
        .children
        .iter()
        .filter_map(|(name, child)| Some((name, child.process?)))
        .filter(|(_, process)| process.alive())
        .collect();
    for (name, process) in &left {
        let ask = if *name == "postgres" {
            Signal::SIGINT
        } else {
            Signal::SIGTERM
        };
        kill(Pid::from_raw(process.pid), ask).ok();
    }
    for (_, process) in &left {
        if !gone(*process, Duration::from_secs(20)).await {
            kill(Pid::from_raw(process.pid), Signal::SIGKILL).ok();
            gone(*process, Duration::from_secs(5)).await;
        }
        killpg(Pid::from_raw(process.pid), Signal::SIGKILL).ok();
    }
    if run.supervisor.is_some() {
        Run::default().save(instance)?;
    }
    Ok(!left.is_empty())
}

async fn gone(process: ProcessId, limit: Duration) -> bool {
    let begun = Instant::now();
    while process.alive() {
        if begun.elapsed() > limit {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    true
}
