//! The order of candidates, and the part of it that makes a page.

use std::sync::Arc;

use search_core::ranking::{self, Query, Ranked};
use search_core::{Candidate, Card, Order, Plan};

use crate::domain::place::Place;
use crate::merchandising::Rule;

/// Which part of the order is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// The order that was asked for.
    pub(super) order: Order,
    /// Number of the reading that found something.
    pub(super) attempt: usize,
    /// Where the page before ended.
    pub(super) after: Option<Place>,
    /// Results on the page.
    pub(super) size: usize,
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its results in order.
    pub(super) ranked: Vec<Ranked>,
    /// Where the next page begins.
    pub(super) next: Option<Place>,
}

/// Puts candidates in order and cuts a page out.
pub(super) fn cut(
    query: Query<'_>,
    candidates: Vec<Candidate>,
    rule: Option<&Rule>,
    cut: &Cut,
) -> Page {
    let attempt = u8::try_from(cut.attempt).unwrap_or(u8::MAX);
    match cut.order {
        Order::Sorted { sort, .. } => {
            let mut ranked: Vec<Ranked> = candidates.into_iter().map(unscored).collect();
            let more = ranked.len() > cut.size;
            ranked.truncate(cut.size);
            let key = ranked.last().and_then(|last| last.candidate.key);
            let next = key
                .filter(|_| more)
                .map(|key| Place::Sorted { sort, attempt, key });
            Page { ranked, next }
        }
        Order::Ranked { .. } => {
            // Of a first page that nobody arranged, one more tells whether a page follows.
            let plain = rule.is_none() && cut.after.is_none();
            let looked_at = if plain {
                cut.size.saturating_add(1)
            } else {
                usize::MAX
            };
            let mut ranked = arranged(ordered(query, candidates, looked_at), rule);
            let from = begin(&ranked, cut.after);
            let until = from.saturating_add(cut.size);
            let more = ranked.len() > until && until < Plan::WINDOW_MAX;
            ranked.truncate(until);
            let page = ranked.split_off(from.min(ranked.len()));
            let seen = u16::try_from(until).unwrap_or(u16::MAX);
            let next = page.last().filter(|_| more).map(|last| Place::Ranked {
                attempt,
                id: last.candidate.id,
                seen,
            });
            Page { ranked: page, next }
        }
    }
}

/// Results with their cards, which come in the same order; those that went away meanwhile are left out.
pub(super) fn with_cards(ranked: Vec<Ranked>, cards: Vec<Arc<Card>>) -> Vec<(Ranked, Arc<Card>)> {
    let mut cards = cards.into_iter().peekable();
    ranked
        .into_iter()
        .filter_map(|r| {
            let card = cards.next_if(|card| card.id == r.candidate.id)?;
            Some((r, card))
        })
        .collect()
}

/// The head by ranking, the rest by words alone: what is in the head does not depend on how deep a page lies. At least the
/// first `looked_at` of them.
fn ordered(query: Query<'_>, mut candidates: Vec<Candidate>, looked_at: usize) -> Vec<Ranked> {
    if candidates.len() <= Plan::HEAD {
        // All of them are in the head, whatever their order.
        return ranking::first(query, candidates, looked_at);
    }
    candidates.sort_by(by_words);
    let words = candidates.len().min(Plan::HEAD);
    let tail: Vec<Candidate> = candidates.split_off(words);
    let (near, tail): (Vec<_>, Vec<_>) = tail.into_iter().partition(|c| c.near);
    candidates.extend(near);
    let mut ranked = ranking::rank(query, candidates);
    ranked.extend(tail.into_iter().map(unscored));
    ranked
}

/// The best by words first; those without words last; ties by product.
fn by_words(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    let score = |c: &Candidate| c.lexical.unwrap_or(f32::NEG_INFINITY);
    score(b).total_cmp(&score(a)).then_with(|| a.id.cmp(&b.id))
}

/// Pinned products first, in the order of the pins; buried ones last.
fn arranged(ranked: Vec<Ranked>, rule: Option<&Rule>) -> Vec<Ranked> {
    let Some(rule) = rule else {
        return ranked;
    };
    let place = |r: &Ranked| {
        let pin = rule.pinned.iter().position(|id| *id == r.candidate.id);
        let is_buried = rule.buried.contains(&r.candidate.id);
        (is_buried && pin.is_none(), pin.unwrap_or(usize::MAX))
    };
    let mut arranged = ranked;
    arranged.sort_by_key(place);
    arranged
}

/// Where a page begins: behind the product that ended the page before; where that is gone, behind the others before it.
fn begin(ranked: &[Ranked], after: Option<Place>) -> usize {
    let Some(Place::Ranked { id, seen, .. }) = after else {
        return 0;
    };
    ranked
        .iter()
        .position(|r| r.candidate.id == id)
        .map_or(usize::from(seen).saturating_sub(1), |place| {
            place.saturating_add(1)
        })
}

fn unscored(candidate: Candidate) -> Ranked {
    Ranked {
        score: 0.0,
        candidate,
    }
}
