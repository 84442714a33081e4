//! What operators run.

pub mod reindex;
pub mod shared_index;
pub mod source;
