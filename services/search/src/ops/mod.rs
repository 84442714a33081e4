//! What operators run.

pub mod reindex;
