//! The catalog service: products, variants, prices and stock.

pub mod art;
pub mod domain;
pub mod import;
pub mod store;
pub mod taxonomy;
