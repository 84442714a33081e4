//! What an index answers.

use std::sync::{Arc, PoisonError};

use kernel::ProductId;
use search_core::plan::{Order, Plan};
use search_core::{Candidate, Card, Document, Found, document};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet as _, Searcher, TERMINATED, TantivyDocument};

use crate::cache::{self, Answer, Pick};
use crate::columns::Slot;
use crate::find::View;
use crate::index::{Index, State};
use crate::words;

/// A search that looks at so many products at most is done in a moment...
const PRODUCTS_FEW: usize = 25_000;
/// ...where a word stands in one of so many products; few words stand in more...
const WORD_SHARE: usize = 5;
/// ...and so many words are asked for at most.
const CONCEPTS_FEW: usize = 6;

impl Index {
    /// Answers a plan.
    pub(crate) fn search(&self, plan: &Plan) -> tantivy::Result<Found> {
        self.search_in(&self.state(), plan)
    }

    /// The same where it is done in a moment: few words that few products hold, while nothing changes. Handing it to another
    /// thread costs more than it saves then.
    pub(crate) fn search_now(&self, plan: &Plan) -> Option<tantivy::Result<Found>> {
        let state = self.state.try_read().ok()?;
        let products = state.columns.len();
        let looked_at = if words::must_hold(&plan.concepts, plan.required) {
            products / WORD_SHARE
        } else {
            products
        };
        let is_short = looked_at <= PRODUCTS_FEW
            && plan.concepts.len() <= CONCEPTS_FEW
            && plan.vector.is_none();
        is_short.then(|| self.search_in(&state, plan))
    }

    fn search_in(&self, state: &State, plan: &Plan) -> tantivy::Result<Found> {
        let key = cache::key(plan, true);
        let known = state.cached(&key);
        let answer = match known {
            Some(answer) => answer,
            None => self.find(state, plan, key)?,
        };
        let candidate = |pick: &Pick| Candidate {
            id: state.columns.id(pick.slot),
            lexical: pick.lexical,
            cosine: pick.cosine,
            near: pick.near,
            key: pick.key,
            features: state.columns.features(pick.slot),
        };
        Ok(Found {
            candidates: answer.picks.iter().map(candidate).collect(),
            total: answer.total,
            facets: Arc::clone(&answer.facets),
        })
    }

    fn find(&self, state: &State, plan: &Plan, key: Vec<u8>) -> tantivy::Result<Arc<Answer>> {
        let sorted = matches!(plan.order, Order::Sorted { .. });
        let pages = (sorted && plan.facets).then(|| cache::key(plan, false));
        let counted = pages.as_ref().and_then(|key| state.cached(key));
        let searcher = self.reader.searcher();
        let view = View {
            fields: &self.fields,
            searcher: &searcher,
            stems: &state.stems,
            codes: &state.codes,
            slots: &state.slots,
            columns: &state.columns,
            vectors: &state.vectors,
        };
        let answer = Arc::new(view.find(plan, counted.as_deref())?);
        let mut cache = state.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.put(key, &answer);
        if let Some(pages) = pages.filter(|_| counted.is_none()) {
            cache.put(pages, &answer);
        }
        Ok(answer)
    }

    /// The documents of products, in this order; those that are gone are left out.
    pub(crate) fn documents(&self, ids: &[ProductId]) -> tantivy::Result<Vec<Document>> {
        let state = self.state();
        let searcher = self.reader.searcher();
        let mut documents = Vec::with_capacity(ids.len());
        for slot in ids.iter().filter_map(|&id| state.columns.alive(id)) {
            documents.extend(self.read(&searcher, slot)?);
        }
        Ok(documents)
    }

    /// What answers show of products, in this order; those that are gone are left out.
    pub(crate) fn cards(&self, ids: &[ProductId]) -> tantivy::Result<Vec<Arc<Card>>> {
        let state = self.state();
        let searcher = self.reader.searcher();
        let mut cards = Vec::with_capacity(ids.len());
        for slot in ids.iter().filter_map(|&id| state.columns.alive(id)) {
            if let Some(known) = state.cards.get(slot) {
                cards.push(known);
            } else if let Some(document) = self.read(&searcher, slot)? {
                let card = Arc::new(Card::of(&document).map_err(std::io::Error::from)?);
                state.cards.put(slot, &card);
                cards.push(card);
            }
        }
        Ok(cards)
    }

    /// The same if all of them are kept and nothing changes at the moment: never waits, never reads.
    pub(crate) fn kept_cards(&self, ids: &[ProductId]) -> Option<Vec<Arc<Card>>> {
        let state = self.state.try_read().ok()?;
        ids.iter()
            .filter_map(|&id| state.columns.alive(id))
            .map(|slot| state.cards.get(slot))
            .collect()
    }

    fn read(&self, searcher: &Searcher, slot: Slot) -> tantivy::Result<Option<Document>> {
        let term = self.fields.slot(slot);
        for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
            let postings = segment
                .inverted_index(term.field())?
                .read_postings(&term, IndexRecordOption::Basic)?;
            let Some(mut postings) = postings else {
                continue;
            };
            let mut doc = postings.doc();
            while doc != TERMINATED && segment.is_deleted(doc) {
                doc = postings.advance();
            }
            if doc != TERMINATED {
                let stored: TantivyDocument = searcher.doc(DocAddress::new(ordinal, doc))?;
                let body = self.fields.body(&stored);
                return Ok(body.and_then(|body| document::read(body).ok()));
            }
        }
        Ok(None)
    }
}

impl State {
    fn cached(&self, key: &[u8]) -> Option<Arc<Answer>> {
        self.cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
    }
}
