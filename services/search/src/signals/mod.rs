//! What shoppers do, counted so that nobody can be recognised in it: what is searched, opened, put into carts and ordered.
//!
//! - [`recorder`], [`counts`]: counts in memory, without waiting for anything. [`privacy`]: which texts are kept at all.
//! - [`event`]: what browsers tell. [`flush`]: from memory into the database. [`orders`]: what is ordered.
//! - [`popularity`]: from counts to the score of each product and the popular queries. [`report`]: what staff see.
//!   [`tidy`]: forgetting.
//!
//! Invariants: no account, address or cookie is ever written; a count is dropped rather than a request delayed; one
//! client cannot push a product or a text.

use common::db::Db;
use common::jobs::Jobs;
use common::redis::Cache;

pub mod counts;
pub mod event;
pub mod flush;
pub mod orders;
pub mod popularity;
pub mod privacy;
pub mod recorder;
pub mod report;
pub mod settings;
pub mod tidy;

pub use recorder::{Recorder, Searched};
pub use settings::SignalSettings;

/// Starts all jobs: writing counts down, counting orders, computing popularity, forgetting.
pub fn run(db: &Db, cache: &Cache, recorder: &Recorder, settings: &SignalSettings, jobs: &Jobs) {
    let clock = recorder.clock();
    flush::run(db, recorder, settings, jobs);
    orders::run(db, cache, jobs);
    popularity::run(db, cache, &clock, settings, jobs);
    tidy::run(db, &clock, settings, jobs);
}
