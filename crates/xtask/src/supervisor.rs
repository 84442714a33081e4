//! Runs the stack's processes as children, waits for them, and starts again what dies.
//!
//! Invariants: every child is the leader of its own process group (a Ctrl-C in the terminal
//! reaches only the supervisor), every child is waited for, and what a killed child leaves of its
//! group is swept before the next start, so that its port is free.

mod life;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::instance::Instance;
use crate::platform::User;
use crate::probe::Probe;
use crate::state::{self, ProcessId, Run};

/// Failed starts in a row after which waiting for readiness gives up.
const HOPELESS: u32 = 4;

/// How to start, probe and stop one process.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    pub(crate) env: Vec<(String, String)>,
    /// More variables for the first start alone.
    pub(crate) env_once: Vec<(String, String)>,
    /// Another user to run as (only root may say so).
    pub(crate) user: Option<User>,
    pub(crate) port: u16,
    pub(crate) ops_port: Option<u16>,
    pub(crate) probe: Probe,
    /// The signal that asks it to stop cleanly.
    pub(crate) stop_signal: Signal,
    /// After this long without an end it is killed.
    pub(crate) stop_after: Duration,
}

/// The stack's processes. Dropping it kills them; `stop` ends them cleanly.
#[derive(Debug)]
pub(crate) struct Supervisor {
    shared: Arc<Shared>,
    children: BTreeMap<String, Handle>,
}

#[derive(Debug)]
struct Shared {
    instance: Instance,
    run: Mutex<Run>,
}

#[derive(Debug)]
struct Handle {
    spec: Spec,
    status: watch::Receiver<Status>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// What is known about a child's present start.
#[derive(Debug, Clone, Copy, Default)]
struct Status {
    ready: bool,
    /// Starts in a row that ended before the process became ready.
    failures: u32,
}

impl Shared {
    fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known about a child and writes it down.
    fn update(&self, name: &str, change: impl FnOnce(&mut state::Child)) {
        let mut run = self.run();
        change(run.children.entry(name.to_owned()).or_default());
        if let Err(error) = run.save(&self.instance) {
            note(&format!("{name}: {error:#}"));
        }
    }
}

impl Supervisor {
    /// Begins with no children; this process becomes the instance's supervisor.
    pub(crate) fn new(instance: &Instance, database_only: bool) -> Result<Self> {
        let pid = i32::try_from(std::process::id()).context("process id")?;
        let run = Run {
            supervisor: Some(ProcessId::of(pid)),
            database_only,
            ..Run::default()
        };
        run.save(instance)?;
        let shared = Arc::new(Shared {
            instance: instance.clone(),
            run: Mutex::new(run),
        });
        Ok(Self {
            shared,
            children: BTreeMap::new(),
        })
    }

    /// Starts a process and keeps it running from now on.
    #[expect(
        clippy::disallowed_methods,
        reason = "the handle is kept and awaited in `stop`"
    )]
    pub(crate) fn start(&mut self, spec: Spec) {
        let order = self.children.len();
        self.shared.update(&spec.name, |child| {
            child.port = Some(spec.port);
            child.ops_port = spec.ops_port;
            child.order = order;
        });
        let (status_sender, status) = watch::channel(Status::default());
        let (stop, stop_receiver) = watch::channel(false);
        let task = tokio::spawn(life::keep_running(
            Arc::clone(&self.shared),
            spec.clone(),
            status_sender,
            stop_receiver,
        ));
        self.children.insert(
            spec.name.clone(),
            Handle {
                spec,
                status,
                stop,
                task,
            },
        );
    }

    /// Waits until a process answers; fails early when it keeps dying.
    pub(crate) async fn wait_ready(&self, name: &str, limit: Duration) -> Result<()> {
        let handle = self
            .children
            .get(name)
            .with_context(|| format!("{name} was not started"))?;
        let mut status = handle.status.clone();
        let log = self.shared.instance.log(name);
        let ready = status.wait_for(|status| status.ready || status.failures >= HOPELESS);
        match tokio::time::timeout(limit, ready).await {
            Ok(Ok(status)) if status.ready => Ok(()),
            Ok(_) => bail!(
                "{name} does not start: {} (log: {})",
                last_words(&log),
                log.display()
            ),
            Err(_) => bail!(
                "{name} was not ready within {} s: {} (log: {})",
                limit.as_secs(),
                last_words(&log),
                log.display()
            ),
        }
    }

    /// Marks the whole stack as up.
    pub(crate) fn mark_up(&self) -> Result<()> {
        let mut run = self.shared.run();
        run.up = true;
        run.save(&self.shared.instance)
    }

    /// The names of all children.
    pub(crate) fn names(&self) -> Vec<String> {
        self.children.keys().cloned().collect()
    }

    /// The process of a child now, if it runs.
    pub(crate) fn process(&self, name: &str) -> Option<ProcessId> {
        self.shared
            .run()
            .children
            .get(name)
            .and_then(|child| child.process)
    }

    /// How often a child was started again.
    pub(crate) fn restarts(&self, name: &str) -> u32 {
        self.shared
            .run()
            .children
            .get(name)
            .map_or(0, |child| child.restarts)
    }

    /// Stops the named children together and waits until they are gone.
    pub(crate) async fn stop(&mut self, names: &[String]) {
        let handles: Vec<Handle> = names
            .iter()
            .filter_map(|name| self.children.remove(name))
            .collect();
        for handle in &handles {
            handle.stop.send_replace(true);
        }
        for handle in handles {
            // Each task ends within its own deadline; a panic in it leaves nothing to wait for.
            if let Err(error) = handle.task.await {
                note(&format!("{}: {error}", handle.spec.name));
            }
            let mut run = self.shared.run();
            run.children.remove(&handle.spec.name);
            run.save(&self.shared.instance).ok();
        }
    }

    /// Ends the supervision: nothing runs any more.
    pub(crate) fn close(self) {
        if let Err(error) = Run::default().save(&self.shared.instance) {
            note(&format!("{error:#}"));
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        for handle in self.children.values() {
            handle.task.abort();
            if let Some(process) = self.process(&handle.spec.name) {
                killpg(Pid::from_raw(process.pid), Signal::SIGKILL).ok();
            }
        }
    }
}

/// The few variables that every process gets from ours.
pub(crate) fn base_env() -> Vec<(String, OsString)> {
    [
        "PATH",
        "HOME",
        "LANG",
        "TZ",
        "TMPDIR",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ]
    .into_iter()
    .filter_map(|key| std::env::var_os(key).map(|value| (key.to_owned(), value)))
    .collect()
}

/// The last line of a log, to explain a failure in one line.
pub(crate) fn last_words(log: &std::path::Path) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let tail = &bytes[bytes.len().saturating_sub(8192)..];
    let text = String::from_utf8_lossy(tail);
    explain(&text).chars().take(400).collect()
}

/// The line of a program's output that explains its failure best: the last one that says
/// "error", else the last one.
pub(crate) fn explain(text: &str) -> &str {
    let mut lines = text
        .lines()
        .rev()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let last = lines.clone().next();
    let recent = lines
        .by_ref()
        .take(12)
        .find(|line| line.to_ascii_lowercase().starts_with("error"));
    recent.or(last).unwrap_or("it said nothing")
}

/// A line in the supervisor's own log (standard error).
#[expect(
    clippy::print_stderr,
    reason = "the supervisor's log is its standard error"
)]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}
