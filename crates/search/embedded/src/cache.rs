//! Answers of the index as it is. Emptied with every change, so never stale.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use search_core::facets::FacetCounts;
use search_core::plan::{Order, Plan, SortKey, Wanted};
use search_lexis::Pattern;

use crate::columns::Slot;

/// Answers kept at most.
const ANSWERS_MAX: usize = 512;
/// A longer key is that of a question which nobody asks twice.
const KEY_BYTES_MAX: usize = 16_384;
/// Candidates of an answer that is kept, at most.
const PICKS_MAX: usize = 2_000;

/// What was found: all but the products' features, which are written out for each answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Results.
    pub(crate) total: u64,
    /// Counts over all results.
    pub(crate) facets: Arc<FacetCounts>,
    /// Candidates.
    pub(crate) picks: Vec<Pick>,
}

/// A candidate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pick {
    /// Which product it is.
    pub(crate) slot: Slot,
    /// How well its words match.
    pub(crate) lexical: Option<f32>,
    /// How near it is in meaning.
    pub(crate) cosine: Option<f32>,
    /// Whether it is a candidate whatever its words.
    pub(crate) near: bool,
    /// Its place in a sorted order.
    pub(crate) key: Option<SortKey>,
}

/// Answers by what was asked, the oldest go first.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    answers: HashMap<Arc<[u8]>, Arc<Answer>>,
    ages: VecDeque<Arc<[u8]>>,
}

impl Cache {
    pub(crate) fn get(&self, key: &[u8]) -> Option<Arc<Answer>> {
        self.answers.get(key).cloned()
    }

    pub(crate) fn put(&mut self, key: Vec<u8>, answer: &Arc<Answer>) {
        if answer.picks.len() > PICKS_MAX || key.len() > KEY_BYTES_MAX {
            return;
        }
        let key: Arc<[u8]> = key.into();
        if self
            .answers
            .insert(Arc::clone(&key), Arc::clone(answer))
            .is_none()
        {
            self.ages.push_back(key);
        }
        if self.ages.len() > ANSWERS_MAX
            && let Some(oldest) = self.ages.pop_front()
        {
            self.answers.remove(&oldest);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.answers.clear();
        self.ages.clear();
    }
}

/// What a plan asks, written so that two plans are written alike only if they ask the same. With `page` false the page of
/// a sorted order is left out: total and facets are the same on every page.
pub(crate) fn key(plan: &Plan, page: bool) -> Vec<u8> {
    let mut key = Key(Vec::with_capacity(256));
    key.number(plan.concepts.len());
    for concept in &plan.concepts {
        key.number(usize::from(concept.optional));
        key.number(concept.alternatives.len());
        for alternative in &concept.alternatives {
            key.bytes(&alternative.weight.to_bits().to_le_bytes());
            key.pattern(&alternative.pattern);
        }
    }
    key.number(plan.required);
    key.filters(plan);
    key.number(plan.include.len());
    for id in &plan.include {
        key.bytes(id.uuid().as_bytes());
    }
    key.number(usize::from(plan.facets));
    match plan.order {
        Order::Ranked { window } => {
            key.number(0);
            key.number(window);
            if let Some(nearest) = &plan.vector {
                key.number(nearest.count);
                key.bytes(&nearest.similarity_min.to_bits().to_le_bytes());
                key.bytes(&nearest.vector.to_bytes());
            }
        }
        Order::Sorted { sort, after, size } => {
            key.number(1);
            if page {
                key.number(sort as usize);
                key.number(size);
                key.optional(after.map(|after| after.number));
                key.bytes(
                    after
                        .map(|after| *after.id.uuid().as_bytes())
                        .unwrap_or_default()
                        .as_slice(),
                );
            }
        }
    }
    key.0
}

/// Bytes being written.
struct Key(Vec<u8>);

impl Key {
    fn number(&mut self, number: usize) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn optional(&mut self, number: Option<i64>) {
        self.number(usize::from(number.is_some()));
        self.0
            .extend_from_slice(&number.unwrap_or_default().to_le_bytes());
    }

    fn texts(&mut self, texts: &[String]) {
        self.number(texts.len());
        for text in texts {
            self.bytes(text.as_bytes());
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Term(text) => {
                self.number(0);
                self.bytes(text.as_bytes());
            }
            Pattern::Phrase(texts) => {
                self.number(1);
                self.texts(texts);
            }
            Pattern::All(texts) => {
                self.number(4);
                self.texts(texts);
            }
            Pattern::Code(text) => {
                self.number(2);
                self.bytes(text.as_bytes());
            }
            Pattern::Prefix(text) => {
                self.number(3);
                self.bytes(text.as_bytes());
            }
        }
    }

    fn filters(&mut self, plan: &Plan) {
        let filters = &plan.filters;
        self.texts(&filters.categories);
        self.texts(&filters.brands);
        self.optional(filters.price_min);
        self.optional(filters.price_max);
        self.number(usize::from(filters.in_stock));
        self.number(filters.attributes.len());
        for (code, wanted) in &filters.attributes {
            self.bytes(code.as_bytes());
            self.number(wanted.len());
            for wanted in wanted {
                match wanted {
                    Wanted::Value(value) => {
                        self.number(0);
                        self.bytes(value.as_bytes());
                    }
                    Wanted::Range { min, max } => {
                        self.number(1);
                        self.optional(*min);
                        self.optional(*max);
                    }
                }
            }
        }
    }
}
