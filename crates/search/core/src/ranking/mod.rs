//! From candidates to their order: the same for every engine.
//!
//! - [`signals`]: what is seen of a candidate, in numbers. [`wording`]: what of the query a title says.
//! - [`weights`]: what each signal counts, and how that was found.
//! - [`categories`]: how near a query's meaning is to each category.
//!
//! The score is the weighted sum of the signals. A query with a vector is led by meaning, and by words where they say
//! more: whether all of them match, whether the title has them, whether the category is the kind of product that is
//! named (which is what keeps bags behind laptops). A query with a model number or an exact size is led by words: what
//! matches stands before everything that does not. Without a vector words decide alone.

pub mod categories;
pub mod signals;
pub mod weights;
pub mod wording;

use std::cmp::Ordering;

use search_lexis::Reading;

use crate::found::Candidate;
pub use categories::{Categories, Nearness};
pub use signals::{Signals, signals};
pub use weights::Weights;

/// What candidates are put in order for.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// What somebody means.
    pub reading: &'a Reading,
    /// How near that is to each category; `None` without a vector.
    pub nearness: Option<&'a Nearness>,
}

impl<'a> From<&'a Reading> for Query<'a> {
    fn from(reading: &'a Reading) -> Self {
        Self {
            reading,
            nearness: None,
        }
    }
}

/// A candidate with its place in the order.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// The candidate.
    pub candidate: Candidate,
    /// What it is ordered by; higher is further ahead. Comparable within one answer only.
    pub score: f32,
}

/// Puts candidates in order, best first; equal ones by how much they are wanted, then by their ids. Where no candidate
/// has a cosine, words decide alone.
pub fn rank<'a>(query: impl Into<Query<'a>>, candidates: Vec<Candidate>) -> Vec<Ranked> {
    let all = candidates.len();
    first(query, candidates, all)
}

/// The first `count` of that order.
pub fn first<'a>(
    query: impl Into<Query<'a>>,
    candidates: Vec<Candidate>,
    count: usize,
) -> Vec<Ranked> {
    put_in_order(query.into(), candidates, count)
}

/// Not generic, so that it is compiled with this crate, for speed; programs are compiled for size.
#[inline(never)]
fn put_in_order(query: Query<'_>, candidates: Vec<Candidate>, count: usize) -> Vec<Ranked> {
    let weights = Weights::of(query.reading, &candidates);
    let signals = signals(query, &candidates);
    let scores = signals.iter().map(|signals| weights.score(signals));
    // Places are put in order: candidates are large, so each is moved once.
    let mut order: Vec<(f32, usize)> = scores.zip(0..).collect();
    let by_score = |&(a, at): &(f32, usize), &(b, other): &(f32, usize)| {
        b.total_cmp(&a).then_with(|| {
            let ties = candidates.get(at).zip(candidates.get(other));
            ties.map_or(Ordering::Equal, |(a, b)| ahead(a, b))
        })
    };
    if count < order.len() {
        // Nobody looks at the order of the others.
        order.select_nth_unstable_by(count, by_score);
        order.truncate(count);
    }
    order.sort_unstable_by(by_score);
    let mut candidates: Vec<Option<Candidate>> = candidates.into_iter().map(Some).collect();
    let ranked = order.into_iter().filter_map(|(score, at)| {
        let candidate = candidates.get_mut(at)?.take()?;
        Some(Ranked { candidate, score })
    });
    ranked.collect()
}

/// The order of candidates with equal scores.
fn ahead(a: &Candidate, b: &Candidate) -> Ordering {
    let wanted = |c: &Candidate| c.features.popularity;
    wanted(b)
        .total_cmp(&wanted(a))
        .then_with(|| a.id.cmp(&b.id))
}

#[cfg(test)]
mod tests;
