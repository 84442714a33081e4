//! What all parts share.

use std::sync::{PoisonError, RwLock};

use tokio::sync::Notify;

use crate::{
    config::{Config, Webhook},
    idempotency,
    store::Store,
};

/// A running simulator's parts.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) store: Store,
    /// Idempotency keys whose requests are running.
    pub(crate) running: idempotency::Running,
    /// There may be an event to send.
    pub(crate) outbox_wake: Notify,
    /// There may be a refund to settle.
    pub(crate) settle_wake: Notify,
    webhook: RwLock<Option<Webhook>>,
}

impl App {
    pub(crate) fn new(config: Config, store: Store) -> Self {
        Self {
            webhook: RwLock::new(config.webhook.clone()),
            config,
            store,
            running: idempotency::Running::default(),
            outbox_wake: Notify::new(),
            settle_wake: Notify::new(),
        }
    }

    /// The endpoint that wants events.
    pub(crate) fn webhook(&self) -> Option<Webhook> {
        self.webhook
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sets the endpoint that wants events from now on.
    pub(crate) fn set_webhook(&self, webhook: Webhook) {
        *self.webhook.write().unwrap_or_else(PoisonError::into_inner) = Some(webhook);
        self.outbox_wake.notify_one();
    }
}
