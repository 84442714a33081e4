//! Runs the stack's processes as children, waits for them, and starts again what dies.
//!
//! Invariants: every child is the leader of its own process group (a Ctrl-C in the terminal
//! reaches only the supervisor), every child is waited for, and what a killed child leaves of its
//! group is swept before the next start, so that its port is free.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::instance::Instance;
use crate::platform::User;
use crate::probe::Probe;
use crate::state::{self, ProcessId, Run};

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_LAST: Duration = Duration::from_secs(10);
/// A process that lived this long starts again at once.
const STEADY: Duration = Duration::from_secs(20);
/// Failed starts in a row after which waiting for readiness gives up.
const HOPELESS: u32 = 4;

/// How to start, probe and stop one process.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    pub(crate) env: Vec<(String, String)>,
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
        let task = tokio::spawn(keep_running(
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

/// The life of one child: start, wait, sweep, back off, start again.
async fn keep_running(
    shared: Arc<Shared>,
    spec: Spec,
    status: watch::Sender<Status>,
    mut stop: watch::Receiver<bool>,
) {
    let mut backoff = BACKOFF_FIRST;
    let mut first = true;
    while !*stop.borrow() {
        let begun = Instant::now();
        match spawn(&shared.instance, &spec) {
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
fn spawn(instance: &Instance, spec: &Spec) -> Result<Child> {
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
    if let Some(user) = spec.user {
        command.uid(user.uid).gid(user.gid);
    }
    command
        .spawn()
        .with_context(|| format!("cannot start {}", spec.program.display()))
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
