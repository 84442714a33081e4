//! The values and rules of search that every engine shares.
//!
//! - [`document`]: a product as the catalogue describes it. [`card`]: what answers show of it. [`entry`]: what engines index of it.
//! - [`plan`]: what an engine is asked. [`found`]: what it answers. [`engine`]: the engine itself. [`place`]: how far it is.
//! - [`text`], [`wording`]: texts that are kept once, however many hold them.
//! - [`ranking`]: from candidates to their order. [`weights`]: what a match in each field counts. [`facets`]: which facets are worth showing, and how they are counted.
//!
//! No IO. Scores are floats; money never is.

#![expect(clippy::float_arithmetic, reason = "scores are no money")]

pub mod card;
pub mod document;
pub mod engine;
pub mod entry;
pub mod facets;
pub mod found;
pub mod place;
pub mod plan;
pub mod ranking;
pub mod text;
pub mod weights;
pub mod wording;

pub use card::Card;
pub use document::Document;
pub use engine::{Change, EngineError, SearchEngine};
pub use entry::Entry;
pub use found::{Candidate, Features, Found, Position};
pub use place::{Milestone, Place};
pub use plan::{Filters, Nearest, Order, Plan, Sort, SortKey, Wanted};
pub use text::Text;
pub use wording::Wording;
