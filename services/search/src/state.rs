//! What handlers share.

use std::sync::Arc;

use crate::config::SearchSettings;
use crate::engine::Engine;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    /// This instance's index.
    pub engine: Arc<Engine>,
    /// A query longer than this is refused, in characters.
    pub query_chars_max: usize,
    /// Slugs of brands in one search.
    pub brands_max: usize,
}

impl AppState {
    /// An instance's index under these limits.
    pub fn new(engine: Arc<Engine>, settings: &SearchSettings) -> Self {
        Self {
            engine,
            query_chars_max: settings.query_chars_max,
            brands_max: settings.brands_max,
        }
    }
}
