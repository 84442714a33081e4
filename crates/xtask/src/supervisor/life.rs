//! The life of one child process.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::{Shared, Spec, Status, base_env, note};
use crate::instance::Instance;
use crate::state::ProcessId;

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_LAST: Duration = Duration::from_secs(10);
/// A process that lived this long starts again at once.
const STEADY: Duration = Duration::from_secs(20);

/// The life of one child: start, wait, sweep, back off, start again.
pub(super) async fn keep_running(
    shared: Arc<Shared>,
    spec: Spec,
    status: watch::Sender<Status>,
    mut stop: watch::Receiver<bool>,
) {
    let mut backoff = BACKOFF_FIRST;
    let mut first = true;
    while !*stop.borrow() {
        let begun = Instant::now();
        match spawn(&shared.instance, &spec, first) {
            Ok(mut child) => {
                let pid = child
                    .id()
                    .and_then(|id| i32::try_from(id).ok())
                    .unwrap_or_default();
                shared.update(&spec.name, |entry| {
                    entry.process = Some(ProcessId::of(pid));
                    entry.ready_ms = None;
                    entry.restarts += u32::from(!first);
                });
                first = false;
                watch_child(&shared, &spec, &mut child, &status, &mut stop, begun).await;
                // Workers of a killed master would keep its port.
                killpg(Pid::from_raw(pid), Signal::SIGKILL).ok();
                shared.update(&spec.name, |entry| {
                    entry.process = None;
                    entry.ready_ms = None;
                });
            }
            Err(error) => note(&format!("{}: {error:#}", spec.name)),
        }
        if *stop.borrow() {
            break;
        }
        status.send_modify(|status| {
            status.failures = if status.ready { 0 } else { status.failures + 1 };
            status.ready = false;
        });
        if begun.elapsed() >= STEADY {
            backoff = BACKOFF_FIRST;
        }
        note(&format!(
            "{} ended; starts again in {} ms",
            spec.name,
            backoff.as_millis()
        ));
        tokio::select! {
            () = tokio::time::sleep(backoff) => {}
            _ = stop.changed() => {}
        }
        backoff = (backoff * 2).min(BACKOFF_LAST);
    }
}

/// Probes a started child until it is ready, and returns when it ended or was stopped.
async fn watch_child(
    shared: &Shared,
    spec: &Spec,
    child: &mut Child,
    status: &watch::Sender<Status>,
    stop: &mut watch::Receiver<bool>,
    begun: Instant,
) {
    let ready = async {
        spec.probe.wait().await;
        let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        shared.update(&spec.name, |entry| entry.ready_ms = Some(millis));
        status.send_modify(|status| status.ready = true);
        std::future::pending::<()>().await;
    };
    let stopping = tokio::select! {
        outcome = child.wait() => {
            if let Ok(outcome) = outcome {
                note(&format!("{}: {outcome}", spec.name));
            }
            false
        }
        _ = stop.wait_for(|stop| *stop) => true,
        () = ready => false,
    };
    if stopping {
        end(child, spec).await;
    }
}

/// Asks a child to stop, then insists.
async fn end(child: &mut Child, spec: &Spec) {
    let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()) else {
        return;
    };
    kill(Pid::from_raw(pid), spec.stop_signal).ok();
    if tokio::time::timeout(spec.stop_after, child.wait())
        .await
        .is_err()
    {
        note(&format!(
            "{} did not stop in {} s: killed",
            spec.name,
            spec.stop_after.as_secs()
        ));
        child.kill().await.ok();
    }
}

/// Starts the process with its output appended to its log.
fn spawn(instance: &Instance, spec: &Spec, first: bool) -> Result<Child> {
    let path = instance.log(&spec.name);
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    let mut command = Command::new(&spec.program);
    command
        .args(&spec.args)
        .env_clear()
        .envs(base_env())
        .envs(spec.env.iter().map(|(key, value)| (key, value)))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log.try_clone().context("cannot share the log")?)
        .stderr(log)
        .process_group(0)
        .kill_on_drop(true);
    if first {
        command.envs(spec.env_once.iter().map(|(key, value)| (key, value)));
    }
    if let Some(user) = spec.user {
        command.uid(user.uid).gid(user.gid);
    }
    command
        .spawn()
        .with_context(|| format!("cannot start {}", spec.program.display()))
}
