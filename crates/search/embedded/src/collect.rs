//! Collects every match of a query.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::index::SegmentId;
use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use crate::columns::Slot;
use crate::schema::SLOT;

/// A match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    /// Which product it is.
    pub(crate) slot: Slot,
    /// How well it matches; 0 where nobody asked.
    pub(crate) score: Score,
}

/// The slots of the documents of each part of the index, read once for many searches.
#[derive(Debug, Default)]
pub(crate) struct Slots(HashMap<SegmentId, Arc<[Slot]>>);

/// All matches, in no order.
pub(crate) struct AllHits<'a> {
    /// Which products they are.
    pub(crate) slots: &'a Slots,
    /// Whether their scores matter.
    pub(crate) scored: bool,
}

pub(crate) struct SegmentHits {
    slots: Arc<[Slot]>,
    hits: Vec<Hit>,
}

impl Slots {
    /// Follows the index: reads what is new, forgets what is gone. What cannot be read is for the next search to say.
    pub(crate) fn follow(&mut self, searcher: &Searcher) {
        let known = std::mem::take(&mut self.0);
        for segment in searcher.segment_readers() {
            let id = segment.segment_id();
            let slots = known.get(&id).cloned().or_else(|| read(segment).ok());
            if let Some(slots) = slots {
                self.0.insert(id, slots);
            }
        }
    }
}

fn read(segment: &SegmentReader) -> tantivy::Result<Arc<[Slot]>> {
    let column = segment.fast_fields().u64(SLOT)?.first_or_default_col(0);
    let mut slots = vec![0; segment.max_doc() as usize];
    column.get_range(0, &mut slots);
    // Slots are written as such, so each fits again.
    let slots = slots.into_iter();
    Ok(slots
        .map(|slot| Slot::try_from(slot).unwrap_or(Slot::MAX))
        .collect())
}

impl Collector for AllHits<'_> {
    type Fruit = Vec<Hit>;
    type Child = SegmentHits;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentHits> {
        let known = self.slots.0.get(&segment.segment_id());
        Ok(SegmentHits {
            slots: known.map_or_else(|| read(segment), |slots| Ok(Arc::clone(slots)))?,
            hits: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, mut segments: Vec<Vec<Hit>>) -> tantivy::Result<Vec<Hit>> {
        Ok(if segments.len() == 1 {
            segments.remove(0)
        } else {
            segments.concat()
        })
    }
}

impl SegmentCollector for SegmentHits {
    type Fruit = Vec<Hit>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let slot = self.slots.get(doc as usize).copied();
        let slot = slot.unwrap_or(Slot::MAX);
        self.hits.push(Hit { slot, score });
    }

    fn harvest(self) -> Self::Fruit {
        self.hits
    }
}
