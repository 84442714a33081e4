//! What a listener grants its connections.

use std::time::Duration;

use crate::config::HttpSettings;

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) header_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) connections_max: usize,
}

impl Limits {
    pub(super) fn from_settings(settings: &HttpSettings) -> Self {
        Self {
            header_timeout: Duration::from_millis(settings.header_timeout_ms),
            idle_timeout: Duration::from_millis(settings.idle_timeout_ms),
            connections_max: settings.connections_max,
        }
    }
}
