//! Whether an instance wants requests, and how its dependencies are.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use serde::Serialize;

/// How long a probe's answer is used.
const FRESH: Duration = Duration::from_secs(1);
/// How long a probe may take.
const DEADLINE: Duration = Duration::from_secs(1);

/// An instance's own state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not serving yet.
    Starting,
    /// Wants requests.
    Ready,
    /// Told to stop.
    Draining,
    /// The database's schema is older than this build needs.
    SchemaBehind,
}

/// The readiness of an instance. Clones share it. Dependencies never turn it red: they are shared
/// by all instances, and taking all of them out at once helps nobody.
#[derive(Clone)]
pub struct Readiness(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    schema_behind: Mutex<bool>,
    conditions: Mutex<Vec<Condition>>,
    probes: Mutex<Vec<Arc<Probe>>>,
    parts: Mutex<BTreeMap<&'static str, Readiness>>,
}

type Condition = Box<dyn Fn() -> bool + Send + Sync>;
type Check = Box<dyn Fn() -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

/// Looks whether a dependency answers.
pub struct Probe {
    name: &'static str,
    check: Check,
    last: tokio::sync::Mutex<Option<(Instant, bool)>>,
}

/// What `/readyz` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    pub(super) state: State,
    pub(super) dependencies: BTreeMap<&'static str, &'static str>,
    /// What the process is made of, by name, where it is more than one service.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) parts: BTreeMap<&'static str, Report>,
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Readiness").field(&self.state()).finish()
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Probe").field(&self.name).finish()
    }
}

impl Default for Readiness {
    fn default() -> Self {
        Self(Arc::new(Inner {
            state: Mutex::new(State::Starting),
            schema_behind: Mutex::new(false),
            conditions: Mutex::default(),
            probes: Mutex::default(),
            parts: Mutex::default(),
        }))
    }
}

impl Readiness {
    /// Starting, with no dependencies.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wants requests from now on. The server calls it when its listener is open.
    pub fn set_ready(&self) {
        self.set(State::Ready);
    }

    /// Wants no more requests.
    pub fn set_draining(&self) {
        self.set(State::Draining);
    }

    /// Whether the database's schema is older than this build needs: see `db::expect_schema`.
    pub fn set_schema_behind(&self, behind: bool) {
        *self
            .0
            .schema_behind
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = behind;
    }

    /// Adds something of its own that the instance must have before it wants requests. Asked at every look.
    pub fn add_condition(&self, is_met: impl Fn() -> bool + Send + Sync + 'static) {
        let mut conditions = self
            .0
            .conditions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        conditions.push(Box::new(is_met));
    }

    /// Adds a dependency to the body of `/readyz`.
    pub fn add_probe(&self, probe: Probe) {
        let mut probes = self.0.probes.lock().unwrap_or_else(PoisonError::into_inner);
        probes.push(Arc::new(probe));
    }

    /// Makes a service that runs in this process a part of it: the process is ready when all its parts are, and
    /// `/readyz` names each.
    pub fn add_part(&self, name: &'static str, part: Self) {
        let mut parts = self.0.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(name, part);
    }

    fn parts(&self) -> BTreeMap<&'static str, Self> {
        let parts = self.0.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.clone()
    }

    /// The state now.
    pub fn state(&self) -> State {
        let state = *self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = *self
            .0
            .schema_behind
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let conditions = self
            .0
            .conditions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match state {
            State::Ready if behind => State::SchemaBehind,
            State::Ready if !conditions.iter().all(|is_met| is_met()) => State::Starting,
            State::Ready => {
                let parts = self.parts();
                let mut states = parts.values().map(Self::state);
                states.find(|state| *state != State::Ready).unwrap_or(state)
            }
            state => state,
        }
    }

    fn set(&self, state: State) {
        *self.0.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(super) fn report(&self) -> BoxFuture<'_, Report> {
        Box::pin(async {
            let dependencies = self.ask_dependencies().await;
            let parts = self.parts().into_iter();
            let reports = parts.map(|(name, part)| async move { (name, part.report().await) });
            Report {
                state: self.state(),
                dependencies,
                parts: futures::future::join_all(reports)
                    .await
                    .into_iter()
                    .collect(),
            }
        })
    }

    /// Asks the dependencies of this service alone, and tells their gauges.
    pub(crate) async fn look_at_dependencies(&self) {
        self.ask_dependencies().await;
    }

    async fn ask_dependencies(&self) -> BTreeMap<&'static str, &'static str> {
        let probes = self
            .0
            .probes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let checks = probes.iter().map(|probe| async {
            let up = probe.is_up().await;
            metrics::gauge!("techmart_dependency_up", "dependency" => probe.name).set(if up {
                1.0
            } else {
                0.0
            });
            (probe.name, if up { "up" } else { "down" })
        });
        let answers = futures::future::join_all(checks).await;
        answers.into_iter().collect()
    }
}

impl Probe {
    /// A probe that runs `check`, at most once a second.
    pub fn new<F, Fut>(name: &'static str, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self {
            name,
            check: Box::new(move || Box::pin(check())),
            last: tokio::sync::Mutex::new(None),
        }
    }

    /// Whether the dependency answers, or did less than a second ago.
    pub(crate) async fn is_up(&self) -> bool {
        // Held during the check, so that callers at the same time share one.
        let mut last = self.last.lock().await;
        if let Some((at, up)) = *last
            && at.elapsed() < FRESH
        {
            return up;
        }
        let up = match tokio::time::timeout(DEADLINE, (self.check)()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::debug!(
                    dependency = self.name,
                    error = crate::error_chain::error_chain(error.as_ref()),
                    "down"
                );
                false
            }
            Err(_) => false,
        };
        *last = Some((Instant::now(), up));
        up
    }
}
