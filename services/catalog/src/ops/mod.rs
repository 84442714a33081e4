//! The operators' commands.
//!
//! - [`cli`]: their arguments and what they print.
//! - [`seed`]: categories, tax rates, attributes and the demo products.
//! - [`import`]: a foreign catalogue from a file; [`report`]: what became of its rows.
//! - [`stock`]: comparing counters with ledger and reservations; laying out hot variants.
//! - [`loading`]: what both begin with; [`batch`]: products written a batch at a time, for both.

pub mod batch;
pub mod cli;
pub mod import;
pub mod loading;
pub mod report;
pub mod seed;
pub mod stock;

use common::db::Db;
use common::redis::Cache;
use kernel::Currency;

use crate::cache::ReadCache;
use crate::config::{ImportSettings, Settings};

/// What the commands work with.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// PostgreSQL.
    pub db: Db,
    /// The read cache of the running services, to be told of changes.
    pub cache: ReadCache,
    /// The shop's currency.
    pub currency: Currency,
    /// Limits of imports.
    pub limits: ImportSettings,
}

impl Workshop {
    /// Sets up from the settings, without connecting.
    ///
    /// # Errors
    /// When an address cannot be read.
    pub fn new(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            db: Db::connect("catalog", &settings.db)?,
            cache: ReadCache::new(Cache::connect("catalog", &settings.redis)?, settings.cache),
            currency: settings.shop.currency,
            limits: settings.import,
        })
    }
}
