//! Events of orders for other people's systems, sent to the addresses that staff enter.
//!
//! - [`kinds`]: what can be told. [`message`]: how it is told. [`signature`]: how it is signed (Standard Webhooks).
//! - [`recorder`]: numbers the events of each order and plans deliveries. [`dispatcher`]: makes them. [`cleaner`]: forgets.
//! - [`target`], [`address`], [`client`]: where messages may go, and nowhere else.
//! - [`routes`]: what staff do. [`view`]: what they see. [`store`]: the SQL. [`settings`]: section `webhooks`.
//!
//! Invariants: each event of an order has the number after the one before; an endpoint gets the events of an order one
//! after the other, the next not before the one before was taken or given up; an event has the same id and the same
//! bytes at every attempt; no message goes to an address that is not public; a secret is shown once.

use std::sync::Arc;

use common::db::Db;
use common::jobs::Jobs;
use common::redis::Wakeups;
use kernel::SharedClock;

pub mod address;
pub mod cleaner;
pub mod client;
pub mod dispatcher;
mod error;
pub mod kinds;
pub mod message;
pub mod recorder;
pub mod routes;
pub mod schedule;
pub mod settings;
pub mod signature;
mod snapshot;
mod store;
pub mod target;
pub mod view;

pub use client::Client;
pub use routes::router;
pub use settings::WebhookSettings;

/// What the routes and the jobs of webhooks share. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Webhooks {
    /// PostgreSQL.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// Sends messages.
    pub client: Client,
    /// The settings.
    pub settings: Arc<WebhookSettings>,
}

impl Webhooks {
    /// All that webhooks need.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(db: Db, clock: SharedClock, settings: WebhookSettings) -> anyhow::Result<Self> {
        Ok(Self {
            db,
            clock,
            client: Client::new(&settings)?,
            settings: Arc::new(settings),
        })
    }

    /// Starts what runs by itself, until the process stops.
    pub fn run(&self, jobs: &Jobs, wakeups: Wakeups) {
        recorder::run(self.clone(), jobs, wakeups);
        dispatcher::run(self.clone(), jobs);
        cleaner::run(self.clone(), jobs);
    }
}
