//! Results, facets and pages.

use std::cmp::Ordering;
use std::cmp::Reverse;

use kernel::{Cursor, InvalidCursor, ProductId};
use serde::{Deserialize, Serialize};
use tantivy::query::Query;

use super::collect::AllMatches;
use super::facets::Tally;
use super::text::Match;
use super::{Engine, Table};
use crate::domain::document::Facts;
use crate::domain::query::{SearchRequest, Sort};
use crate::domain::results::{SearchResults, SearchedQuery};
use crate::domain::words;
use crate::error::Error;

/// Where a result stands: pages are cut between places, so that a page neither repeats nor skips what did not change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Place {
    sort: Sort,
    score: f32,
    number: i64,
    id: ProductId,
}

impl Place {
    fn of(sort: Sort, score: f32, facts: &Facts) -> Self {
        let price = facts.summary.price.minor();
        let newest = Reverse(facts.created_at.as_microsecond()).0;
        let number = match sort {
            Sort::Relevance | Sort::Newest => newest.saturating_neg(),
            Sort::PriceAsc => price,
            Sort::PriceDesc => price.saturating_neg(),
        };
        let score = if sort == Sort::Relevance { score } else { 0.0 };
        Self { sort, score, number, id: facts.summary.id }
    }

    fn order(&self, other: &Self) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then_with(|| self.number.cmp(&other.number))
            .then_with(|| self.id.cmp(&other.id))
    }
}

impl Engine {
    /// Answers a search. What matches nothing is corrected first, then loosened to any of its words.
    ///
    /// # Errors
    /// [`Error::Cursor`] for a cursor that cannot be read, [`Error::Index`] when the index fails.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults, Error> {
        let after = request.cursor.as_deref().map(Cursor::decode::<Place>).transpose()?;
        if after.is_some_and(|place| place.sort != request.sort || !place.score.is_finite()) {
            return Err(InvalidCursor.into());
        }
        let table = self.table();
        let typed = words::split(&request.text);
        let (found, corrected) = self.find(&table, &typed)?;

        let mut tally = Tally::default();
        let mut results = Vec::new();
        for (score, key) in &found {
            let Some(facts) = table.facts.get(key) else { continue };
            let passes = request.filters.ask(facts);
            tally.count(facts, passes);
            if passes.all() {
                results.push((Place::of(request.sort, *score, facts), facts));
            }
        }
        results.sort_unstable_by(|a, b| a.0.order(&b.0));
        let begin = after.map_or(0, |after| {
            results.partition_point(|(place, _)| place.order(&after) != Ordering::Greater)
        });
        let size = usize::from(request.size.get());
        let page = results.iter().skip(begin).take(size);
        let more = results.len() > begin.saturating_add(size);
        let next_cursor = page.clone().last().filter(|_| more).map(|(place, _)| Cursor::encode(place));
        Ok(SearchResults {
            items: page.map(|(_, facts)| facts.summary.clone()).collect(),
            total: results.len() as u64,
            next_cursor,
            facets: tally.facets(),
            query: SearchedQuery { text: request.text.clone(), corrected },
        })
    }

    /// The matches of some words, and what they were corrected to.
    fn find(&self, table: &Table, typed: &[String]) -> Result<(Vec<(f32, u64)>, Option<String>), Error> {
        let found = self.matches(&*self.fields.words_query(typed, Match::All))?;
        if !found.is_empty() || typed.is_empty() {
            return Ok((found, None));
        }
        let corrected: Vec<String> = typed
            .iter()
            .map(|word| table.vocabulary.correct(word).map_or_else(|| word.clone(), str::to_owned))
            .collect();
        if corrected != typed {
            let found = self.matches(&*self.fields.words_query(&corrected, Match::All))?;
            if !found.is_empty() {
                return Ok((found, Some(corrected.join(" "))));
            }
        }
        Ok((self.matches(&*self.fields.words_query(typed, Match::Any))?, None))
    }

    /// Every match of a query.
    pub(super) fn matches(&self, query: &dyn Query) -> Result<Vec<(f32, u64)>, Error> {
        Ok(self.reader.searcher().search(query, &AllMatches)?)
    }
}
