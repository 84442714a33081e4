//! What handlers share.

use std::sync::Arc;

use crate::engine::Engine;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    /// This instance's index.
    pub engine: Arc<Engine>,
}
