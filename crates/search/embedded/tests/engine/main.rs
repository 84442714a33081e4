//! The engine from outside, on real indices in memory and on disk.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod changes;
mod directory;
mod facets;
mod hostile;
mod meaning;
mod model;
mod paging;
mod support;
mod swapping;
mod words;
