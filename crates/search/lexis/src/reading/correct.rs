//! What was probably meant by words that the catalogue does not know.

use super::price::Price;
use super::reader::Reader;
use crate::analysis::{Shape, Token, fold};
use crate::lexicon::{Id, Lexicon};
use crate::spelling::{edits, edits_max, effort};

/// Shorter words are not corrected.
const LENGTH_MIN: usize = 4;
/// A known word may be meant for another that so many times more products hold.
const FAR_RARER: u32 = 100;
/// Products that hold a known word which may be misspelt, at most.
const RARE_MAX: u32 = 2;

/// What a correction may take, in tenths of an edit: in short words only likely slips, for many words are near to them.
fn effort_max(length: usize) -> u32 {
    match length {
        ..6 => 12,
        6 => 20,
        7 => 14,
        _ => 24,
    }
}

impl Reader<'_> {
    /// The query with its words corrected, if one was.
    pub(super) fn corrected(&self, typed: &str, price: &Price) -> Option<String> {
        let mut out = String::with_capacity(typed.len());
        let mut done = 0;
        for read in &self.reads {
            for token in &self.tokens[read.tokens.clone()] {
                let Some(better) = self.better(token) else {
                    continue;
                };
                out.push_str(typed.get(done..token.range.start)?);
                out.push_str(&better);
                done = token.range.end;
            }
        }
        if done == 0 {
            return None;
        }
        out.push_str(typed.get(done..)?);
        // Of words that touch the price nothing is left to correct.
        (price.range.is_none() || !out.trim().is_empty()).then_some(out)
    }

    /// The word that was probably meant.
    fn better(&self, token: &Token) -> Option<String> {
        let split = || {
            self.reads
                .iter()
                .any(|r| r.concept.word == token.term && r.concept.alternatives.len() > 1)
        };
        if token.shape != Shape::Word || self.synonyms.knows(&token.term) || split() {
            return None;
        }
        let word = token.plain.last()?;
        let others: Vec<&str> = self
            .tokens
            .iter()
            .filter(|t| t.range != token.range)
            .map(|t| t.term.as_str())
            .collect();
        self.lexicon.correct(word, &token.term, &others)
    }
}

impl Lexicon {
    /// The word that was probably meant by one that nothing holds, or hardly anything.
    pub(crate) fn correct(&self, word: &str, term: &str, others: &[&str]) -> Option<String> {
        let length = word.chars().count();
        let word = fold(word);
        let held = self
            .terms
            .get(term)
            .map_or(0, |t| t.products.saturating_add(t.details));
        if length < LENGTH_MIN || held > RARE_MAX {
            return None;
        }
        let least = if held > 0 { held * FAR_RARER } else { 1 };
        let most = if held > 0 { 1 } else { edits_max(length) };
        let near = self.spelling.near(&word).into_iter();
        let best = near
            .filter(|id| self.words.value(*id).products >= least)
            .filter(|id| edits(&word, self.words.text(*id), most).is_some_and(|edits| edits > 0))
            .filter(|id| effort(&word, self.words.text(*id)) <= effort_max(length))
            .map(|id| (self.cost(&word, id, others), id))
            .min_by(|a, b| {
                a.0.total_cmp(&b.0)
                    .then_with(|| self.words.text(a.1).cmp(self.words.text(b.1)))
            })?;
        Some(self.words.text(best.1).to_owned())
    }

    /// Less for what is nearer, more frequent, and found with the other words.
    #[expect(clippy::cast_precision_loss, reason = "a weight")]
    fn cost(&self, typed: &str, id: Id, others: &[&str]) -> f32 {
        let word = self.words.text(id);
        let products = self.words.value(id).products as f32;
        let together = others
            .iter()
            .map(|other| self.together(word, other))
            .fold(0.0, f32::max);
        effort(typed, word) as f32 / 10.0 - 0.12 * (1.0 + products).ln() - 0.6 * together
    }

    /// How far two words are said of the same kinds of products, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub(crate) fn together(&self, word: &str, other: &str) -> f32 {
        let kinds = |word: &str| {
            self.terms
                .get(word)
                .map(|t| t.kinds.as_slice())
                .unwrap_or_default()
        };
        let (one, other) = (kinds(&crate::analysis::stem(word)), kinds(other));
        let total = |kinds: &[(u32, u32)]| kinds.iter().map(|k| k.1).sum::<u32>().max(1) as f32;
        let (one_total, other_total) = (total(one), total(other));
        let shares = one.iter().filter_map(|(category, count)| {
            let at = other.binary_search_by_key(category, |k| k.0).ok()?;
            Some((*count as f32 / one_total).min(other[at].1 as f32 / other_total))
        });
        shares.sum()
    }
}
