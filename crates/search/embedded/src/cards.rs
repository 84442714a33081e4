//! What answers showed lately of products, so that it need not be read again.

use std::sync::{Arc, Mutex, PoisonError};

use search_core::Card;

use crate::columns::Slot;

/// Cards kept at most: some 170 MB. All of a catalogue of a hundred thousand products, so that each is read once.
const KEPT_MAX: u32 = 131_072;

/// A card with its product's slot.
type Kept = Option<(Slot, Arc<Card>)>;

/// A card for each slot, as far as there is room; two that share a place take turns.
#[derive(Debug, Default)]
pub(crate) struct Cards {
    kept: Vec<Mutex<Kept>>,
}

impl Cards {
    /// Room for so many slots.
    pub(crate) fn of(slots: Slot) -> Self {
        let mut cards = Self::default();
        cards.make_room(slots);
        cards
    }

    /// The card of a slot, if it is kept.
    pub(crate) fn get(&self, slot: Slot) -> Option<Arc<Card>> {
        let kept = self
            .place(slot)?
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(of, _)| *of == slot)
            .map(|(_, card)| Arc::clone(card))
    }

    /// Keeps the card of a slot.
    pub(crate) fn put(&self, slot: Slot, card: &Arc<Card>) {
        if let Some(place) = self.place(slot) {
            let mut kept = place.lock().unwrap_or_else(PoisonError::into_inner);
            *kept = Some((slot, Arc::clone(card)));
        }
    }

    /// The slot's product is another one now, or the first one there.
    pub(crate) fn renew(&mut self, slot: Slot) {
        self.make_room(slot.saturating_add(1));
        let Some(place) = self.place(slot) else {
            return;
        };
        let mut kept = place.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|(of, _)| *of == slot) {
            *kept = None;
        }
    }

    fn make_room(&mut self, slots: Slot) {
        let places = slots.min(KEPT_MAX) as usize;
        if self.kept.len() < places {
            self.kept.resize_with(places, Mutex::default);
        }
    }

    fn place(&self, slot: Slot) -> Option<&Mutex<Kept>> {
        self.kept.get((slot % KEPT_MAX) as usize)
    }
}
