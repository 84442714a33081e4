//! What the client is told.

use contract_catalog::CategoryRef;
use kernel::Money;
use search_core::Card;
use search_lexis::{Highlighter, Title};
use serde::Serialize;

use super::attempts::Attempt;
use super::{Outcome, Pipeline};
use crate::domain::facets;
use crate::domain::query::SearchRequest;
use crate::domain::results::{SearchHit, SearchResults, SearchedQuery, Stretch, Understood};

/// How the JSON of [`SearchResults`] begins: the results stand first.
const ITEMS: &str = r#"{"items":["#;
/// Room for a result that is written, and for the rest of an answer.
const ITEM_BYTES: usize = 1_024;
const FRAME_BYTES: usize = 16_384;

/// A result as it is shown.
struct Shown<'a> {
    card: &'a Card,
    matches: Vec<Stretch>,
    pinned: bool,
}

/// What follows the product in a [`SearchHit`].
#[derive(Serialize)]
struct HitRest<'a> {
    matches: &'a [Stretch],
    pinned: bool,
}

impl Pipeline {
    /// An outcome as it is answered.
    ///
    /// # Errors
    /// When a card cannot be read.
    pub fn answer(
        &self,
        request: &SearchRequest,
        outcome: Outcome,
    ) -> Result<SearchResults, serde_json::Error> {
        let hit = |shown: Shown<'_>| {
            Ok(SearchHit {
                product: shown.card.summary()?,
                matches: shown.matches,
                pinned: shown.pinned,
            })
        };
        let items = shown(&outcome).map(hit).collect::<Result<_, _>>()?;
        Ok(SearchResults {
            items,
            ..self.frame(request, outcome)
        })
    }

    /// The same as JSON, from cards that are written already; and beside it the answer without its results.
    ///
    /// # Errors
    /// When something of it cannot be written.
    pub fn written(
        &self,
        request: &SearchRequest,
        outcome: Outcome,
    ) -> Result<(String, SearchResults), serde_json::Error> {
        let room = outcome.results.len().saturating_mul(ITEM_BYTES);
        let mut body = Vec::with_capacity(room.saturating_add(FRAME_BYTES));
        body.extend_from_slice(ITEMS.as_bytes());
        for (place, shown) in shown(&outcome).enumerate() {
            if place > 0 {
                body.push(b',');
            }
            body.extend_from_slice(shown.card.opened().as_bytes());
            let rest = HitRest {
                matches: &shown.matches,
                pinned: shown.pinned,
            };
            let brace = body.len();
            serde_json::to_writer(&mut body, &rest)?;
            // The opening brace becomes the comma behind the card's last field.
            if let Some(brace) = body.get_mut(brace) {
                *brace = b',';
            }
        }
        let frame = self.frame(request, outcome);
        let begin = body.len();
        serde_json::to_writer(&mut body, &frame)?;
        // The frame begins as the body does.
        body.drain(begin..begin.saturating_add(ITEMS.len()));
        let body = String::from_utf8(body).map_err(serde::ser::Error::custom)?;
        Ok((body, frame))
    }

    /// All of an answer but its results.
    fn frame(&self, request: &SearchRequest, outcome: Outcome) -> SearchResults {
        let understood = self.understood(&outcome);
        let rule = outcome.rule.as_ref();
        // Of nothing found there is nothing to explain.
        let Attempt {
            corrected, notes, ..
        } = outcome.attempt;
        let notes = if outcome.total == 0 {
            Vec::new()
        } else {
            notes
        };
        let corrected = corrected.filter(|_| outcome.total > 0);
        let correction = outcome.reading.correction.as_ref();
        SearchResults {
            items: Vec::new(),
            total: outcome.total,
            next_cursor: outcome.next.map(crate::domain::place::Place::write),
            facets: facets::shown(&outcome.counts, &outcome.attempt.filters, self.currency),
            query: SearchedQuery {
                text: request.text.clone(),
                did_you_mean: correction
                    .filter(|_| corrected.is_none())
                    .map(|correction| correction.typed.clone()),
                corrected,
                notes,
                understood,
            },
            redirect: rule.and_then(|rule| rule.redirect.clone()),
            mode: outcome.mode,
            degraded: outcome.degraded,
        }
    }

    fn understood(&self, outcome: &Outcome) -> Understood {
        let reading = &outcome.attempt.reading;
        let money = |minor: Option<i64>| minor.and_then(|m| Money::new(m, self.currency).ok());
        self.knowledge.ask(|lexicon| Understood {
            kinds: reading
                .kinds
                .iter()
                .filter_map(|(slug, _)| {
                    Some(CategoryRef {
                        slug: slug.clone(),
                        name: lexicon.category_name(slug)?.to_owned(),
                    })
                })
                .collect(),
            brand: reading.brand.as_ref().and_then(|slug| {
                Some(contract_catalog::Brand {
                    slug: slug.clone(),
                    name: lexicon.brand_name(slug)?.to_owned(),
                })
            }),
            price_min: money(reading.price_min),
            price_max: money(reading.price_max),
        })
    }
}

/// The results of a page.
fn shown(outcome: &Outcome) -> impl Iterator<Item = Shown<'_>> {
    let rule = outcome.rule.as_ref();
    let pinned = rule.map(|rule| rule.pinned.as_slice()).unwrap_or_default();
    let highlighter = outcome.attempt.reading.highlighter();
    outcome.results.iter().map(move |(_, card)| Shown {
        card,
        matches: matches(&highlighter, &card.title),
        pinned: pinned.contains(&card.id),
    })
}

fn matches(highlighter: &Highlighter<'_>, title: &Title) -> Vec<Stretch> {
    let ranges = highlighter.places(title).into_iter();
    ranges
        .map(|range| Stretch {
            start: range.start,
            length: range.end.saturating_sub(range.start),
        })
        .collect()
}
