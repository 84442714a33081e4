//! What answers showed lately of products, so that it need not be read again.

use std::sync::{Arc, Mutex, PoisonError};

use search_core::Card;

use crate::columns::Slot;

/// Cards kept at most: some 30 MB. All of a catalogue of twenty thousand products, so that it is read once.
const KEPT: u32 = 24_576;

/// A card with its product's slot.
type Kept = Option<(Slot, Arc<Card>)>;

/// A card for each of so many slots; two that share a place take turns.
#[derive(Debug)]
pub(crate) struct Cards {
    kept: Box<[Mutex<Kept>]>,
}

impl Default for Cards {
    fn default() -> Self {
        Self {
            kept: (0..KEPT).map(|_| Mutex::default()).collect(),
        }
    }
}

impl Cards {
    /// The card of a slot, if it is kept.
    pub(crate) fn get(&self, slot: Slot) -> Option<Arc<Card>> {
        let kept = self
            .place(slot)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(of, _)| *of == slot)
            .map(|(_, card)| Arc::clone(card))
    }

    /// Keeps the card of a slot.
    pub(crate) fn put(&self, slot: Slot, card: &Arc<Card>) {
        let mut kept = self
            .place(slot)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *kept = Some((slot, Arc::clone(card)));
    }

    /// The slot's product is another one now.
    pub(crate) fn forget(&self, slot: Slot) {
        let mut kept = self
            .place(slot)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|(of, _)| *of == slot) {
            *kept = None;
        }
    }

    fn place(&self, slot: Slot) -> &Mutex<Kept> {
        &self.kept[(slot % KEPT) as usize]
    }
}
