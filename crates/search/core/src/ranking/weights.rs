//! What each signal counts.
//!
//! Found on shop queries with graded products: `bench/relevance/README.md` says which, how they were graded, how the
//! weights are found again and how well they do on queries they were not found on. They are coarse on purpose: a fifth
//! more or less of any of them moves NDCG@10 by less than 0.005.

use search_lexis::{KIND_SURE, Reading};

use super::signals::Signals;
use crate::found::Candidate;

/// What each signal counts; the fields are those of [`Signals`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// See [`Signals::cosine`].
    pub cosine: f32,
    /// See [`Signals::category`].
    pub category: f32,
    /// See [`Signals::matches`].
    pub matches: f32,
    /// See [`Signals::title`].
    pub title: f32,
    /// See [`Signals::lexical`].
    pub lexical: f32,
    /// See [`Signals::kind`].
    pub kind: f32,
    /// See [`Signals::popularity`].
    pub popularity: f32,
    /// See [`Signals::unavailable`].
    pub unavailable: f32,
}

impl Weights {
    /// Meaning leads.
    pub const HYBRID: Self = Self {
        cosine: 1.0,
        category: 0.25,
        matches: 0.12,
        title: 0.06,
        lexical: 0.03,
        kind: 0.06,
        popularity: 0.02,
        unavailable: -0.02,
    };
    /// A model number, a code or an exact size: what matches stands before what does not, whatever it means.
    pub const EXACT: Self = Self {
        matches: 2.0,
        lexical: 0.2,
        ..Self::HYBRID
    };
    /// A brand and a kind of product, as `epson projector`: what is of the kind stands before what goes with it.
    pub const BRAND_AND_KIND: Self = Self {
        kind: 0.3,
        ..Self::HYBRID
    };
    /// Words alone.
    pub const WORDS: Self = Self {
        cosine: 0.0,
        category: 0.0,
        matches: 2.0,
        title: 0.1,
        lexical: 0.5,
        kind: 0.6,
        popularity: 0.05,
        unavailable: -0.05,
    };

    /// The weights for a query and what was found for it.
    pub fn of(reading: &Reading, candidates: &[Candidate]) -> Self {
        if candidates.iter().all(|c| c.cosine.is_none()) {
            Self::WORDS
        } else if reading.exact {
            Self::EXACT
        } else if names_brand_and_kind(reading) {
            Self::BRAND_AND_KIND
        } else {
            Self::HYBRID
        }
    }

    /// The score of a candidate.
    pub fn score(&self, signals: &Signals) -> f32 {
        self.cosine * signals.cosine
            + self.category * signals.category
            + self.matches * signals.matches
            + self.title * signals.title
            + self.lexical * signals.lexical
            + self.kind * signals.kind
            + self.popularity * signals.popularity
            + self.unavailable * signals.unavailable
    }
}

fn names_brand_and_kind(reading: &Reading) -> bool {
    let kind = reading.kinds.first();
    reading.brand.is_some() && kind.is_some_and(|(_, weight)| *weight >= KIND_SURE)
}
