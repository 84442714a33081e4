//! What handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use common::access::Verifier;
use common::db::Db;
use common::redis::Cache;
use kernel::SharedClock;

use crate::engines::Engines;
use crate::merchandising::Merchandising;
use crate::pipeline::Pipeline;
use crate::pipeline::cache::Answers;
use crate::readiness::Readiness;
use crate::signals::Recorder;

/// Cheap to clone.
#[derive(Debug, Clone, FromRef)]
pub struct AppState {
    /// PostgreSQL.
    pub db: Db,
    /// Redis.
    pub cache: Cache,
    /// Who is asking.
    pub verifier: Verifier,
    /// The time.
    #[from_ref(skip)]
    pub clock: SharedClock,
    /// From a request to results.
    #[from_ref(skip)]
    pub pipeline: Arc<Pipeline>,
    /// Answers that were given a moment ago.
    #[from_ref(skip)]
    pub answers: Answers,
    /// Whether this instance may answer.
    #[from_ref(skip)]
    pub readiness: Readiness,
    /// What staff arranged.
    #[from_ref(skip)]
    pub merchandising: Merchandising,
    /// What shoppers do.
    #[from_ref(skip)]
    pub recorder: Recorder,
    /// A query longer than this is refused, in characters.
    #[from_ref(skip)]
    pub query_chars_max: usize,
    /// Values of one filter in one search.
    #[from_ref(skip)]
    pub filter_values_max: usize,
}

impl AppState {
    /// Who finds.
    pub fn engines(&self) -> &Engines {
        &self.pipeline.engines
    }
}
