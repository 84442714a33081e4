//! Documents that were read lately, so that they need not be read again.

use std::sync::{Arc, Mutex, PoisonError};

use search_core::Document;

use crate::columns::Slot;

/// Documents kept at most: some 20 MB.
const KEPT: u32 = 4_096;

/// A document with its slot.
type Kept = Option<(Slot, Arc<Document>)>;

/// A document for each of so many slots; two that share a place take turns.
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
    /// The document in a slot, if it is kept.
    pub(crate) fn get(&self, slot: Slot) -> Option<Arc<Document>> {
        let kept = self
            .place(slot)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(of, _)| *of == slot)
            .map(|(_, document)| Arc::clone(document))
    }

    /// Keeps the document in a slot.
    pub(crate) fn put(&self, slot: Slot, document: &Arc<Document>) {
        let mut kept = self
            .place(slot)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *kept = Some((slot, Arc::clone(document)));
    }

    /// The slot's document is another one now.
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
