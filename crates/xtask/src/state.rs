//! What an instance remembers between runs (`state.json`) and what runs now (`run.json`).

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::instance::{Instance, write_file};

/// Remembered from run to run, so that a restart keeps ports and does not seed twice.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// Port of each listener by name (`gateway`, `auth`, `auth.ops`, `postgres` …).
    pub(crate) ports: BTreeMap<String, u16>,
    /// The running server given with `--database-url`, if any.
    pub(crate) database_url: Option<String>,
    /// Who answers searches, as given last.
    pub(crate) search: SearchEngine,
    /// True when the six services run as one process, as `up` was asked for last.
    pub(crate) single: bool,
    /// The running server given with `--opensearch-url`, if any.
    pub(crate) opensearch_url: Option<String>,
    /// True once the demo catalogue, customers and the staff account are in.
    pub(crate) seeded: bool,
    /// The staff account made on the first run.
    pub(crate) staff: Option<Login>,
    /// The demo customers made on the first run.
    pub(crate) customers: Vec<Login>,
}

/// Who answers searches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SearchEngine {
    /// The index inside the search service.
    #[default]
    Embedded,
    /// A server of OpenSearch; the index inside the service stands in for it.
    Opensearch,
}

/// A login with a generated password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) email: String,
    pub(crate) password: String,
}

impl State {
    /// Reads the state; an instance that never ran has an empty one.
    pub(crate) fn load(instance: &Instance) -> Result<Self> {
        Ok(read_json(instance, "state.json")?.unwrap_or_default())
    }

    /// What was in a database that is gone.
    pub(crate) fn forget_data(&mut self) {
        self.seeded = false;
        self.staff = None;
        self.customers.clear();
    }

    /// Writes the state, readable by its owner only.
    pub(crate) fn save(&self, instance: &Instance) -> Result<()> {
        save_json(instance, "state.json", self)
    }
}

/// What the supervisor runs, rewritten on every change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Run {
    /// The supervising process.
    pub(crate) supervisor: Option<ProcessId>,
    /// True once everything answered for the first time.
    pub(crate) up: bool,
    /// True when only the database runs (`cargo xtask db start`).
    pub(crate) database_only: bool,
    /// The supervised processes by name.
    pub(crate) children: BTreeMap<String, Child>,
}

/// One supervised process.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Child {
    /// The process now; `None` between two starts.
    pub(crate) process: Option<ProcessId>,
    /// The port it serves.
    pub(crate) port: Option<u16>,
    /// Its port for probes and metrics, if it has one.
    pub(crate) ops_port: Option<u16>,
    /// Starts after the first one.
    pub(crate) restarts: u32,
    /// Milliseconds from the last process start to its first good answer.
    pub(crate) ready_ms: Option<u64>,
    /// Position in lists.
    pub(crate) order: usize,
}

/// A process, safe against reuse of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessId {
    pub(crate) pid: i32,
    /// Start time in clock ticks since boot, from `/proc`.
    pub(crate) started: Option<u64>,
}

impl ProcessId {
    /// Takes down the identity of a process that runs now.
    pub(crate) fn of(pid: i32) -> Self {
        Self {
            pid,
            started: crate::platform::start_ticks(pid),
        }
    }

    /// True while this very process exists.
    pub(crate) fn alive(self) -> bool {
        let exists = nix::sys::signal::kill(nix::unistd::Pid::from_raw(self.pid), None).is_ok();
        exists && crate::platform::start_ticks(self.pid) == self.started
    }
}

impl Run {
    /// Reads what the last supervisor wrote.
    pub(crate) fn load(instance: &Instance) -> Result<Self> {
        Ok(read_json(instance, "run.json")?.unwrap_or_default())
    }

    /// Writes it.
    pub(crate) fn save(&self, instance: &Instance) -> Result<()> {
        save_json(instance, "run.json", self)
    }

    /// True while the supervisor lives.
    pub(crate) fn supervised(&self) -> bool {
        self.supervisor.is_some_and(ProcessId::alive)
    }
}

fn read_json<T: DeserializeOwned>(instance: &Instance, name: &str) -> Result<Option<T>> {
    let path = instance.path(name);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .with_context(|| format!("{} is damaged; remove it and start again", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn save_json<T: Serialize>(instance: &Instance, name: &str, value: &T) -> Result<()> {
    write_file(
        &instance.path(name),
        &serde_json::to_vec_pretty(value)?,
        0o600,
    )
}
