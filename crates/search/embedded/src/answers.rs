//! What an index answers.

use std::sync::{Arc, PoisonError};

use kernel::ProductId;
use search_core::plan::{Order, Plan};
use search_core::{Candidate, Document, Found, document};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet as _, Searcher, TERMINATED, TantivyDocument};

use crate::cache::{self, Answer, Pick};
use crate::columns::Slot;
use crate::find::View;
use crate::index::{Index, State};

impl Index {
    /// Answers a plan.
    pub(crate) fn search(&self, plan: &Plan) -> tantivy::Result<Found> {
        let state = self.state();
        let key = cache::key(plan, true);
        let known = state.cached(&key);
        let answer = match known {
            Some(answer) => answer,
            None => self.find(&state, plan, key)?,
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
            facets: answer.facets.clone(),
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
            let known = match state.cards.get(slot) {
                Some(known) => known,
                None => match self.read(&searcher, slot)? {
                    Some(document) => {
                        let document = Arc::new(document);
                        state.cards.put(slot, &document);
                        document
                    }
                    None => continue,
                },
            };
            documents.push(Document::clone(&known));
        }
        Ok(documents)
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
