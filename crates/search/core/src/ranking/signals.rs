//! What is seen of a candidate, in numbers that compare within one answer.

use super::{Query, wording};
use crate::found::Candidate;

/// What a parent of the candidate's category counts as a kind that was named, compared with the category itself.
const PARENT: f32 = 0.8;
/// What a cosine is taken for where nothing says better: between those of what fits and of what does not.
const COSINE_UNKNOWN: f32 = 0.3;

/// What is seen of a candidate.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signals {
    /// Cosine of the product with the query. A product whose vector is not there yet has the median of those whose
    /// words match as its own do.
    pub cosine: f32,
    /// Cosine of its category's name with the query; the median of the others' where it is not known.
    pub category: f32,
    /// 1 when its words match, else 0.
    pub matches: f32,
    /// Share of the concepts that its title says, 0 to 1.
    pub title: f32,
    /// Score of its words, compared with the best candidate's: 0 to 1.
    pub lexical: f32,
    /// How surely its category is the kind of product that the query names, 0 to 1.
    pub kind: f32,
    /// How much shoppers want it, 0 to 1.
    pub popularity: f32,
    /// 1 when it cannot be had now, else 0.
    pub unavailable: f32,
}

/// The signals of candidates, in their order. They depend on each other: scores are compared with the best.
pub fn signals(query: Query<'_>, candidates: &[Candidate]) -> Vec<Signals> {
    let best = candidates
        .iter()
        .filter_map(|c| c.lexical)
        .fold(0.0, f32::max);
    let near = |c: &Candidate| query.nearness?.get(&*c.features.position.category).copied();
    let cosine = |matches: bool| {
        let alike = candidates.iter().filter(|c| c.lexical.is_some() == matches);
        median(alike.filter_map(|c| c.cosine)).unwrap_or(COSINE_UNKNOWN)
    };
    let (cosine_match, cosine_other) = (cosine(true), cosine(false));
    let category = median(candidates.iter().filter_map(near)).unwrap_or_default();
    candidates
        .iter()
        .map(|c| {
            let matches = c.lexical.is_some();
            let guess = if matches { cosine_match } else { cosine_other };
            let lexical = c.lexical.filter(|_| best > 0.0);
            Signals {
                cosine: c.cosine.unwrap_or(guess),
                category: near(c).unwrap_or(category),
                matches: flag(matches),
                title: wording::share(&query.reading.concepts, &c.features.wording),
                lexical: lexical.map_or(0.0, |score| score / best),
                kind: kind(&query.reading.kinds, c),
                popularity: c.features.popularity,
                unavailable: flag(!c.features.in_stock),
            }
        })
        .collect()
}

/// How surely a candidate is of a kind: the best of its category and those above.
fn kind(kinds: &[(String, f32)], candidate: &Candidate) -> f32 {
    let position = &candidate.features.position;
    let weight = |(slug, weight): &(String, f32)| {
        if position.category == *slug {
            *weight
        } else if position.parents.iter().any(|parent| parent == slug) {
            PARENT * weight
        } else {
            0.0
        }
    };
    kinds.iter().map(weight).fold(0.0, f32::max)
}

fn flag(holds: bool) -> f32 {
    if holds { 1.0 } else { 0.0 }
}

/// The middle value, the lower of the two where there are two; `None` of nothing.
fn median(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut values: Vec<f32> = values.collect();
    let middle = values.len().checked_sub(1)? / 2;
    let (_, median, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
    Some(*median)
}
