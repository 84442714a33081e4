//! What staff decide about results: synonyms, and rules for single queries.
//!
//! - [`synonym`], [`rule`]: what staff write, and when it is in order. [`text`]: how texts are compared.
//! - [`manage`]: changing them, each change with its entry in the log and a new revision.
//! - [`active`]: what searches use. [`live`]: how an instance keeps up with the changes.
//!
//! Invariants: a search never waits for the database; a change is in force on every instance within two seconds; an
//! instance that cannot read goes on with what it read last.

pub mod active;
pub mod error;
pub mod id;
pub mod live;
pub mod manage;
pub mod redirect;
pub mod rule;
pub mod synonym;
pub mod text;
pub mod wordings;

pub use active::{Active, Rule};
pub use id::{RuleId, SynonymId};
pub use live::{Merchandising, follow};

/// Channel on which a writer tells the instances that something changed.
pub const CHANNEL: &str = "search.merchandising";
