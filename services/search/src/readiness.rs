//! Whether this instance has caught up once: before that it knows an arbitrary part of the catalogue.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by who catches up and who answers. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// The index holds the whole catalogue and may answer from now on.
    pub fn set_complete(&self) {
        if !self.0.swap(true, Ordering::Release) {
            tracing::info!("the index has caught up");
        }
    }

    /// Whether it does.
    pub fn is_complete(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
