//! What somebody means who typed a text.

mod bare;
mod brand;
mod correct;
mod highlight;
mod kinds;
mod price;
mod reader;
mod stages;
mod substitutes;
mod wordings;

pub use highlight::{Highlighter, Title};
pub use kinds::SURE as KIND_SURE;
pub use stages::{Note, Stage};

/// How a query is understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What was typed, trimmed.
    pub typed: String,
    /// What must be found, in the order typed; brand words stand among them, words of the price do not.
    pub concepts: Vec<Concept>,
    /// How telling each of `concepts` is: more for what few products hold, 0 for what none is known to hold.
    pub telling: Vec<f32>,
    /// Kinds of products that the query names: slugs of categories, the surest first, with weights above 0 up to 1.
    pub kinds: Vec<(String, f32)>,
    /// Slug of the brand that is named.
    pub brand: Option<String>,
    /// Prices in minor units that the words bound: `under 500`.
    pub price_min: Option<i64>,
    /// See `price_min`.
    pub price_max: Option<i64>,
    /// It holds a model number, a SKU, a barcode or an exact size: words must lead, not meaning.
    pub exact: bool,
    /// The query as it was corrected, if a word was: shown as "did you mean", and searched for when nothing else matches.
    pub correction: Option<Box<Reading>>,
    /// The text whose vector is searched: the words as typed, without those of the price.
    pub meaning: String,
}

/// One thing that a result should hold, in any of several wordings.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    /// The word as typed, folded: for highlighting and notes.
    pub word: String,
    /// Wordings, the typed one first. A result's score for the concept is that of its best wording.
    pub alternatives: Vec<Alternative>,
    /// It only orders results and need not match (`for`, `with`, `cheap`).
    pub optional: bool,
}

/// One wording of a concept.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// What must be in the index.
    pub pattern: Pattern,
    /// 1 for what was typed, less for synonyms and guesses.
    pub weight: f32,
}

/// Something to look for. All texts are terms as [`crate::analysis`] makes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// A stem, in any field of words.
    Term(String),
    /// Stems that all occur in one field (next to each other counts more).
    Phrase(Vec<String>),
    /// Stems that all occur, each in any field of words; their scores are added.
    All(Vec<String>),
    /// A whole code, compacted: `tn2110`.
    Code(String),
    /// The beginning of a word as written (not stemmed) or of a code: while somebody types.
    Prefix(String),
}

#[cfg(test)]
mod tests;
