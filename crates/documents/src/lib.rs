//! The papers of an order as PDF: [`Invoice`], [`CreditNote`] and [`PackingSlip`].
//!
//! Pure: data in, bytes out; no IO, no clock, no settings. The same input gives the same bytes.
//!
//! Map:
//! - [`model`]: what the papers share: seller, address, lines, tax rows, payments.
//! - [`invoice`], [`credit_note`], [`packing_slip`]: the papers and what each must satisfy.
//! - `check`: amounts of one currency that add up. `format`: amounts, rates and dates in words.
//! - `text`: what of a foreign text can be printed. `font`: letters to glyphs, wrapping.
//! - `flow`, `table`, `parts`: pages with repeated headers. `pdf`: writing the file.
//!
//! Invariants: a paper whose sums do not add up is refused, never printed; every character is
//! printed or replaced by a visible sign, none is dropped; text stays text, so that it can be
//! searched, copied and read aloud; the fonts are in the file.

mod check;
pub mod credit_note;
mod flow;
mod font;
mod format;
pub mod invoice;
pub mod model;
pub mod packing_slip;
mod parts;
mod pdf;
mod table;
mod text;

pub use credit_note::{CreditLine, CreditNote};
pub use invoice::{Invoice, Line};
pub use model::{Address, Paper, Payment, PaymentMethod, Seller, Sheet, Shipping, TaxMode, TaxRow};
pub use packing_slip::{PackedLine, PackingSlip};

/// The most lines that one paper holds.
pub const MAX_LINES: usize = 2_000;

/// Why a paper could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// More than [`MAX_LINES`] lines.
    #[error("a paper holds at most {MAX_LINES} lines, but there are {0}")]
    TooManyLines(usize),
    /// Amounts of two currencies, or one that does not fit.
    #[error(transparent)]
    Money(#[from] kernel::MoneyError),
    /// The parts do not add up to what the paper says they do.
    #[error("{0}")]
    Inconsistent(&'static str),
    /// The file could not be written: a defect of this crate or of its fonts.
    #[error("the file could not be written: {0}")]
    Write(String),
}
