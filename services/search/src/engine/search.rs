//! Answering a search.

use tantivy::query::Query;

use super::Engine;
use super::collect::{AllHits, Hit};
use super::facets::Tally;
use super::place::{Page, Place};
use super::table::Table;
use super::text::{Match, stems};
use crate::domain::kinds::Asked;
use crate::domain::query::{SearchRequest, Sort};
use crate::domain::results::{SearchResults, SearchedQuery};
use crate::domain::words;
use crate::error::Error;

/// How much more a product counts whose category the query names in full.
const KIND_BOOST: f32 = 2.0;

impl Engine {
    /// Answers a search. What matches nothing is corrected first, then loosened to any of its words.
    ///
    /// # Errors
    /// [`Error::Cursor`] for a cursor that cannot be read, [`Error::Index`] when the index fails.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults, Error> {
        let after = request
            .cursor
            .as_deref()
            .map(|cursor| Place::read(cursor, request.sort))
            .transpose()?;
        let table = self.table();
        let scored = request.sort == Sort::Relevance;
        let (mut hits, corrected) = self.find(&table, &words::split(&request.text), scored)?;
        if scored {
            prefer_kind(
                &table,
                corrected.as_deref().unwrap_or(&request.text),
                &mut hits,
            );
        }

        let asked = request.filters.among(&table.shared);
        let mut tally = Tally::new(&table.shared);
        let mut page = Page::new(
            request.size.get(),
            after.map(|place| place.now(&hits, &table)),
        );
        let mut total = 0_u64;
        for hit in &hits {
            let Some(facts) = table.get(hit.slot) else {
                continue;
            };
            let passes = asked.ask(facts);
            tally.count(facts, passes);
            if passes.all() {
                total = total.saturating_add(1);
                page.offer(Place::of(request.sort, hit.score, facts), hit.slot);
            }
        }
        let (slots, next_cursor) = page.finish();
        let items = slots.into_iter().filter_map(|slot| table.get(slot));
        Ok(SearchResults {
            items: items.map(|facts| table.shared.summary(facts)).collect(),
            total,
            next_cursor,
            facets: tally.facets(),
            query: SearchedQuery {
                text: request.text.clone(),
                corrected,
            },
        })
    }

    /// The matches of some words, and what they were corrected to.
    fn find(
        &self,
        table: &Table,
        typed: &[String],
        scored: bool,
    ) -> Result<(Vec<Hit>, Option<String>), Error> {
        if typed.is_empty() {
            return Ok((
                table.slots().map(|slot| Hit { score: 0.0, slot }).collect(),
                None,
            ));
        }
        let found = self.hits(&*self.fields.words_query(typed, Match::All), scored)?;
        if !found.is_empty() {
            return Ok((found, None));
        }
        let corrected: Vec<String> = typed
            .iter()
            .map(|word| {
                table
                    .shared
                    .vocabulary
                    .correct(word)
                    .map_or_else(|| word.clone(), str::to_owned)
            })
            .collect();
        if corrected != typed {
            let found = self.hits(&*self.fields.words_query(&corrected, Match::All), scored)?;
            if !found.is_empty() {
                return Ok((found, Some(corrected.join(" "))));
            }
        }
        let parts: Vec<String> = typed
            .iter()
            .flat_map(|word| words::parts(word))
            .map(str::to_owned)
            .collect();
        if parts.is_empty() {
            return Ok((Vec::new(), None));
        }
        Ok((
            self.hits(&*self.fields.words_query(&parts, Match::Any), scored)?,
            None,
        ))
    }

    /// Every match of a query.
    pub(super) fn hits(&self, query: &dyn Query, scored: bool) -> Result<Vec<Hit>, Error> {
        Ok(self.reader.searcher().search(query, &AllHits { scored })?)
    }
}

/// Puts products of the kind that the query names before those that only mention it.
#[expect(clippy::float_arithmetic, reason = "scores are no money")]
fn prefer_kind(table: &Table, text: &str, hits: &mut [Hit]) {
    let Some(asked) = Asked::read(&words::split(text), stems) else {
        return;
    };
    let kinds = table.asked_for(&asked);
    for hit in hits {
        let kind = table
            .get(hit.slot)
            .and_then(|facts| kinds.get(facts.category.index()));
        hit.score *= kind.copied().unwrap_or(0.0).mul_add(KIND_BOOST, 1.0);
    }
}
