//! Ids of what staff write for searches.

use kernel::{Id, Kind};

/// Names synonyms.
#[derive(Debug)]
pub enum SynonymKindOfId {}

impl Kind for SynonymKindOfId {
    const PREFIX: &'static str = "syn";
    const NAME: &'static str = "SynonymId";
}

/// Names rules.
#[derive(Debug)]
pub enum RuleKindOfId {}

impl Kind for RuleKindOfId {
    const PREFIX: &'static str = "rul";
    const NAME: &'static str = "SearchRuleId";
}

/// An entry of the shop's synonyms.
pub type SynonymId = Id<SynonymKindOfId>;
/// A rule for a query.
pub type RuleId = Id<RuleKindOfId>;
