//! What all parts share.

use std::sync::{PoisonError, RwLock};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, Webhook},
    faults::Board,
    idempotency,
    store::Store,
    webhooks::Deliveries,
};

/// A running simulator's parts.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    /// Where browsers reach this server, without a slash at the end.
    pub(crate) public_url: String,
    pub(crate) store: Store,
    /// Idempotency keys whose requests are running.
    pub(crate) running: idempotency::Running,
    /// There may be an event to send.
    pub(crate) outbox_wake: Notify,
    /// There may be a refund to settle.
    pub(crate) settle_wake: Notify,
    /// What goes wrong on purpose.
    pub(crate) faults: Board,
    pub(crate) deliveries: Deliveries,
    pub(crate) stop: CancellationToken,
    webhook: RwLock<Option<Webhook>>,
}

impl App {
    pub(crate) fn new(config: Config, public_url: String, store: Store) -> Self {
        Self {
            webhook: RwLock::new(config.webhook.clone()),
            faults: Board::new(config.faults.clone()),
            deliveries: Deliveries::default(),
            stop: CancellationToken::new(),
            config,
            public_url,
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
