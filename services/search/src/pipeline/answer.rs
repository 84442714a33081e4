//! What the client is told.

use contract_catalog::CategoryRef;
use kernel::Money;
use search_core::Document;
use search_core::ranking::Ranked;
use search_lexis::Reading;

use super::attempts::Attempt;
use super::{Outcome, Pipeline};
use crate::domain::facets;
use crate::domain::query::SearchRequest;
use crate::domain::results::{SearchHit, SearchResults, SearchedQuery, Stretch, Understood};

impl Pipeline {
    /// An outcome as it is answered.
    pub fn answer(&self, request: &SearchRequest, outcome: Outcome) -> SearchResults {
        let understood = self.understood(&outcome);
        let rule = outcome.rule.as_ref();
        let pinned = rule.map(|rule| rule.pinned.as_slice()).unwrap_or_default();
        let reading = &outcome.attempt.reading;
        let hit = |(_, document): &(Ranked, Document)| SearchHit {
            matches: matches(&document.title, reading),
            pinned: pinned.contains(&document.id),
            product: document.summary(),
        };
        let items = outcome.results.iter().map(hit).collect();
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
            items,
            total: outcome.total,
            next_cursor: outcome.next.map(crate::domain::place::Place::write),
            facets: facets::shown(outcome.counts, &outcome.attempt.filters, self.currency),
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

fn matches(title: &str, reading: &Reading) -> Vec<Stretch> {
    let ranges = reading.highlight(title).into_iter();
    ranges
        .map(|range| Stretch {
            start: range.start,
            length: range.end.saturating_sub(range.start),
        })
        .collect()
}
