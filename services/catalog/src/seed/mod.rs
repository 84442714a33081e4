//! The demo catalogue: about 600 invented products over the shop's own category tree.
//!
//! - [`generate`] makes them; [`product`] is what they are.
//! - `data` reads the tables under `data/seed/`, `numbers` makes prices, stock and codes, `text` fills sentences.
//!
//! Invariants: the same products in every run and on every machine; a category's products depend on its own table alone,
//! so that adding one changes no other; slugs, SKUs and barcodes are unique.

mod data;
mod generate;
mod numbers;
pub mod product;
mod text;

pub use generate::generate;
pub use product::{SeedProduct, SeedVariant};

#[cfg(test)]
mod tests;
