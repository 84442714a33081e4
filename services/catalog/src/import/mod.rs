//! Importing foreign catalogues: reading rows and turning each into a product, without touching the database.
//!
//! - [`source`] reads JSON lines (plain or zstd) with limits and tells a bad file from a bad row.
//! - [`mapping`] parses a mapping file and maps a row; [`format`] is the shape of that file.
//! - [`rules`] finds the category, [`attributes`] the typed attributes, [`values`] single fields, [`clean`] tidies text.
//! - [`row`] holds the result.
//!
//! Invariants: mapping is a pure function of the mapping file and the row, so the same input gives the same
//! [`ImportedProduct::content_hash`]; nothing here panics on input.

pub mod attributes;
pub mod clean;
pub mod format;
pub mod mapping;
mod phrases;
pub mod row;
pub mod rules;
pub mod source;
pub mod values;

pub use mapping::{Mapping, MappingError};
pub use row::{Attribute, AttributeKind, AttributeValue, ImportedProduct, RowError};
pub use source::{Limits, Rows, SourceError, SourceRow, SourceSummary};
