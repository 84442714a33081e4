//! All SQL of the catalogue. Functions take a connection; only handlers, `ops` and `jobs` begin and commit.
//!
//! - [`products`], [`listing`], [`categories`]: what shoppers read.
//! - [`admin`], [`admin_list`]: what staff read; [`write`]: what staff write.
//! - [`stock`]: levels and reservations; [`movements`]: their ledger; [`locations`]: places; [`slots`]: parts of hot stock;
//!   [`stock_audit`]: whether it is right. [`taxes`]: rates.
//! - [`attributes`], [`brands`]: what products refer to.
//! - [`bulk`]: imports, set by set; [`reference`]: categories, tax rates and attributes of the seed.
//! - [`refresh`]: the last step of every write.

pub mod admin;
pub mod admin_list;
pub mod attributes;
pub mod brands;
pub mod bulk;
pub mod categories;
pub mod listing;
pub mod locations;
pub mod movements;
pub mod products;
pub mod reference;
pub mod refresh;
pub mod slots;
pub mod stock;
pub mod stock_audit;
pub mod taxes;
pub mod write;

use kernel::{Currency, Money, MoneyError};

/// A value that the database holds and the code cannot: a bug or a row written by other means.
fn undecodable(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// Money from its stored parts.
fn money(minor: i64, currency: Currency) -> Result<Money, sqlx::Error> {
    Money::new(minor, currency).map_err(|error: MoneyError| undecodable(error))
}

/// Optional money from its stored parts.
fn optional_money(minor: Option<i64>, currency: Currency) -> Result<Option<Money>, sqlx::Error> {
    minor.map(|minor| money(minor, currency)).transpose()
}
