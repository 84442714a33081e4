//! What this instance knows of the shop's words: the lexicon that every query is read with.

use std::sync::{Arc, PoisonError, RwLock};

use kernel::Currency;
use search_core::Document;
use search_core::entry::teach;
use search_lexis::{Lexicon, Synonyms};

/// Products learnt under one lock; queries wait no longer than that.
const LEARNT_AT_ONCE: usize = 64;

/// The lexicon, shared. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Knowledge(Arc<RwLock<Lexicon>>);

impl Knowledge {
    /// Nothing learnt yet; prices that queries name are in this currency.
    pub fn new(currency: Currency) -> Self {
        let knowledge = Self::default();
        let per_major = 10_i64.saturating_pow(currency.exponent().into());
        knowledge.change(|lexicon| lexicon.set_minor_units(per_major));
        knowledge
    }

    /// Asks the lexicon something short.
    pub fn ask<T>(&self, question: impl FnOnce(&Lexicon) -> T) -> T {
        question(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the synonyms.
    pub fn set_synonyms(&self, synonyms: Arc<Synonyms>) {
        self.change(|lexicon| lexicon.set_synonyms(synonyms));
    }

    /// Replaces the queries that are suggested first.
    pub fn set_popular(&self, queries: Vec<(String, f32)>) {
        self.change(|lexicon| lexicon.set_popular(queries));
    }

    /// Takes products in.
    pub fn learn(&self, documents: &[Document]) {
        for part in documents.chunks(LEARNT_AT_ONCE) {
            self.change(|lexicon| {
                for document in part {
                    teach(document, |subject| lexicon.learn(subject));
                }
            });
        }
    }

    /// Takes back what products taught.
    pub fn forget(&self, documents: &[Document]) {
        for part in documents.chunks(LEARNT_AT_ONCE) {
            self.change(|lexicon| {
                for document in part {
                    teach(document, |subject| lexicon.forget(subject));
                }
            });
        }
    }

    /// One that knows nothing of the products yet.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self(Arc::new(RwLock::new(self.ask(Lexicon::renewed))))
    }

    /// Knows from now on what another one knows.
    pub fn become_like(&self, other: &Self) {
        let known = other.ask(Lexicon::clone);
        self.change(|lexicon| *lexicon = known);
    }

    fn change(&self, change: impl FnOnce(&mut Lexicon)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}
