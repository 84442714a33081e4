//! What the catalogue offers to other services.
//!
//! - [`media`], [`summary`]: how a product is shown, the same wherever it is shown.
//! - [`quote`]: authoritative prices, names and availability of variants; tax rates.
//! - [`stock`]: holding, allocating and releasing stock, in the caller's transaction.
//! - [`feed`]: documents for a read model.
//!
//! Wraps SQL functions of schema `catalog`; does no other IO.

pub mod feed;
pub mod media;
pub mod quote;
pub mod stock;
pub mod summary;

pub use media::Media;
pub use quote::{Quote, TaxRate};
pub use stock::{ReserveError, Shortage};
pub use summary::{Availability, Brand, CategoryRef, Highlight, ProductSummary};
