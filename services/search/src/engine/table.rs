//! The facts of all products, by their slots.

use crate::domain::document::Document;
use crate::domain::facts::{Facts, Shared};

/// A product's place in the table. The index keeps it with the product's words. A product keeps its slot for as long
/// as the process lives, also while it cannot be found.
pub(super) type Slot = u32;

/// Facts by slot, and what they share.
#[derive(Default)]
pub(super) struct Table {
    facts: Vec<Option<Box<Facts>>>,
    len: usize,
    pub(super) shared: Shared,
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
        (0..).zip(&self.facts).filter(|(_, facts)| facts.is_some()).map(|(slot, _)| slot)
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
        let old = std::mem::replace(&mut self.facts[place], new);
        if let Some(old) = &old {
            self.shared.release(old);
        }
        self.len = self.len.saturating_add(added).saturating_sub(usize::from(old.is_some()));
    }
}
