//! The facts of all products, by their slots.

use super::text::stems;
use crate::domain::document::Document;
use crate::domain::facts::{Facts, Shared};
use crate::domain::kinds::{Asked, Kind};
use crate::domain::names::NameId;

/// A product's place in the table. The index keeps it with the product's words. A product keeps its slot for as long
/// as the process lives, also while it cannot be found.
pub(super) type Slot = u32;

/// Facts by slot, and what they share.
#[derive(Default)]
pub(super) struct Table {
    facts: Vec<Option<Box<Facts>>>,
    len: usize,
    pub(super) shared: Shared,
    /// What the categories' names say, by their places, with the names they were read from.
    kinds: Vec<(String, Kind)>,
}

impl Table {
    /// How many products can be found.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// A product's facts; `None` when it is gone.
    pub(super) fn get(&self, slot: Slot) -> Option<&Facts> {
        self.facts.get(slot as usize)?.as_deref()
    }

    /// Every slot that holds a product.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        (0..)
            .zip(&self.facts)
            .filter(|(_, facts)| facts.is_some())
            .map(|(slot, _)| slot)
    }

    /// Puts a product into a slot, or takes it out.
    pub(super) fn put(&mut self, slot: Slot, revision: i64, document: Option<&Document>) {
        let place = slot as usize;
        if self.facts.len() <= place {
            self.facts.resize_with(place.saturating_add(1), || None);
        }
        // The new names are held before the old ones are released: a renamed brand renames both.
        let new = document.map(|d| Box::new(self.shared.hold(revision, d)));
        let added = usize::from(new.is_some());
        if let Some(new) = &new {
            self.learn(new.category);
        }
        let old = std::mem::replace(&mut self.facts[place], new);
        if let Some(old) = &old {
            self.shared.release(old);
        }
        self.len = self
            .len
            .saturating_add(added)
            .saturating_sub(usize::from(old.is_some()));
    }

    /// How clearly a query asks for products of each category, by the categories' places.
    pub(super) fn asked_for(&self, asked: &Asked) -> Vec<f32> {
        self.kinds
            .iter()
            .map(|(_, kind)| kind.asked(asked))
            .collect()
    }

    /// Reads the name of a category, if it is new or has changed.
    fn learn(&mut self, category: NameId) {
        let name = &self.shared.categories.get(category).name;
        if self.kinds.len() <= category.index() {
            self.kinds
                .resize_with(category.index().saturating_add(1), Default::default);
        }
        let known = &mut self.kinds[category.index()];
        if known.0 != *name {
            *known = (name.clone(), Kind::read(name, stems));
        }
    }
}
