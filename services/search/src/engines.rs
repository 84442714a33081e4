//! Who answers: the engine of the settings, and the embedded one while that is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::telemetry::ClientSpan;
use kernel::ProductId;
use search_core::{Card, EngineError, Found, Plan, SearchEngine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The engines there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// In this process.
    Embedded,
    /// `OpenSearch`.
    OpenSearch,
}

/// The engines of an instance. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engines {
    embedded: Arc<dyn SearchEngine>,
    remote: Option<Arc<Remote>>,
}

/// An engine that may be away.
#[derive(Debug)]
struct Remote {
    engine: Arc<dyn SearchEngine>,
    pause: Duration,
    start: Instant,
    /// It is not asked while it lacks too much of what changed; not before it was looked at, either.
    may_answer: AtomicBool,
    /// It is not asked before this many milliseconds after `start`.
    closed_until_ms: AtomicU64,
}

/// What was found, by whom.
#[derive(Debug)]
pub struct Answer {
    /// What was found.
    pub found: Found,
    /// Who found it, and holds the products.
    pub engine: Arc<dyn SearchEngine>,
    /// The engine of the settings is away, this is the other one.
    pub degraded: bool,
}

impl Engines {
    /// The embedded engine alone.
    pub fn alone(embedded: Arc<dyn SearchEngine>) -> Self {
        Self {
            embedded,
            remote: None,
        }
    }

    /// Another engine first; after it was away the embedded one answers for `pause`.
    pub fn with_remote(
        embedded: Arc<dyn SearchEngine>,
        engine: Arc<dyn SearchEngine>,
        pause: Duration,
    ) -> Self {
        let remote = Remote {
            engine,
            pause,
            start: Instant::now(),
            may_answer: AtomicBool::new(false),
            closed_until_ms: AtomicU64::new(0),
        };
        Self {
            embedded,
            remote: Some(Arc::new(remote)),
        }
    }

    /// The engine of that kind, if there is one.
    pub fn get(&self, kind: EngineKind) -> Option<&Arc<dyn SearchEngine>> {
        match kind {
            EngineKind::Embedded => Some(&self.embedded),
            EngineKind::OpenSearch => self.remote.as_ref().map(|remote| &remote.engine),
        }
    }

    /// Which engine the settings name.
    pub fn chosen(&self) -> EngineKind {
        if self.remote.is_some() {
            EngineKind::OpenSearch
        } else {
            EngineKind::Embedded
        }
    }

    /// The embedded engine: every instance has it.
    pub fn embedded(&self) -> &Arc<dyn SearchEngine> {
        &self.embedded
    }

    /// Whether an engine is this instance's own, whose changes are known exactly.
    pub fn is_embedded(&self, engine: &Arc<dyn SearchEngine>) -> bool {
        Arc::ptr_eq(engine, &self.embedded)
    }

    /// Whether the chosen engine was away a moment ago, so that the embedded one answers.
    pub fn is_degraded(&self) -> bool {
        self.remote.as_ref().is_some_and(|remote| !remote.is_open())
    }

    /// Whether the other engine is asked: not while it lacks too much of what changed.
    pub fn let_remote_answer(&self, may: bool) {
        if let Some(remote) = &self.remote
            && remote.may_answer.swap(may, Ordering::Relaxed) != may
        {
            tracing::info!(
                engine = remote.engine.name(),
                answers = may,
                "the engine that answers"
            );
        }
    }

    /// The answer to what cannot be searched.
    pub fn nothing(&self) -> Answer {
        answer(Found::default(), &self.embedded, false)
    }

    /// Asks the chosen engine, or the embedded one while that is away.
    ///
    /// # Errors
    /// When the engine that was asked last fails.
    pub async fn search(&self, plan: &Plan) -> Result<Answer, EngineError> {
        if let Some(remote) = &self.remote {
            if remote.is_open() {
                match ask(&remote.engine, plan).await {
                    Ok(found) => return Ok(answer(found, &remote.engine, false)),
                    Err(error @ EngineError::Failed(_)) => return Err(error),
                    Err(error @ EngineError::Away(_)) => remote.close(&error),
                }
            }
            let found = ask(&self.embedded, plan).await?;
            return Ok(answer(found, &self.embedded, true));
        }
        let found = ask(&self.embedded, plan).await?;
        Ok(answer(found, &self.embedded, false))
    }

    /// The cards of an answer's products. An engine that went away after it found them: those of the embedded one.
    ///
    /// # Errors
    /// When the engine that was asked last fails.
    pub async fn cards(
        &self,
        answer: &mut Answer,
        ids: &[ProductId],
    ) -> Result<Vec<Arc<Card>>, EngineError> {
        match (answer.engine.cards(ids).await, &self.remote) {
            (Err(error @ EngineError::Away(_)), Some(remote))
                if !self.is_embedded(&answer.engine) =>
            {
                remote.close(&error);
                answer.engine = Arc::clone(&self.embedded);
                answer.degraded = true;
                self.embedded.cards(ids).await
            }
            (cards, _) => cards,
        }
    }
}

/// Asks one engine, as a span of its own.
async fn ask(engine: &Arc<dyn SearchEngine>, plan: &Plan) -> Result<Found, EngineError> {
    let span = ClientSpan::store(engine.name(), "search");
    let found = engine.search(plan).await;
    if found.is_err() {
        span.failed("engine");
    }
    found
}

fn answer(found: Found, engine: &Arc<dyn SearchEngine>, degraded: bool) -> Answer {
    Answer {
        found,
        engine: Arc::clone(engine),
        degraded,
    }
}

impl Remote {
    fn is_open(&self) -> bool {
        self.may_answer.load(Ordering::Relaxed)
            && self.now_ms() >= self.closed_until_ms.load(Ordering::Relaxed)
    }

    fn close(&self, error: &EngineError) {
        let pause = u64::try_from(self.pause.as_millis()).unwrap_or(u64::MAX);
        self.closed_until_ms
            .store(self.now_ms().saturating_add(pause), Ordering::Relaxed);
        metrics::counter!("techmart_search_engine_away_total", "engine" => self.engine.name())
            .increment(1);
        tracing::warn!(engine = self.engine.name(), error = %error, "the embedded index answers meanwhile");
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
