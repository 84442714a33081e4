//! Collects every match of a query.

use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use crate::columns::Slot;
use crate::schema::SLOT;

/// Slots that are looked up at a time.
const BLOCK: usize = 128;

/// A match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    /// Which product it is.
    pub(crate) slot: Slot,
    /// How well it matches; 0 where nobody asked.
    pub(crate) score: Score,
}

/// All matches, in no order.
pub(crate) struct AllHits {
    /// Whether their scores matter.
    pub(crate) scored: bool,
}

pub(crate) struct SegmentHits {
    slots: Arc<dyn ColumnValues<u64>>,
    docs: Vec<DocId>,
    scores: Vec<Score>,
}

impl Collector for AllHits {
    type Fruit = Vec<Hit>;
    type Child = SegmentHits;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentHits> {
        let slots = segment.fast_fields().u64(SLOT)?.first_or_default_col(0);
        Ok(SegmentHits {
            slots,
            docs: Vec::new(),
            scores: Vec::new(),
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
        self.docs.push(doc);
        self.scores.push(score);
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        self.docs.extend_from_slice(docs);
        self.scores.resize(self.docs.len(), 0.0);
    }

    fn harvest(self) -> Self::Fruit {
        let mut hits = Vec::with_capacity(self.docs.len());
        let mut slots = [0_u64; BLOCK];
        for (docs, scores) in self.docs.chunks(BLOCK).zip(self.scores.chunks(BLOCK)) {
            self.slots.get_vals(docs, &mut slots[..docs.len()]);
            // Slots are written as such, so each fits again.
            hits.extend(slots.iter().zip(scores).map(|(&slot, &score)| Hit {
                slot: Slot::try_from(slot).unwrap_or(Slot::MAX),
                score,
            }));
        }
        hits
    }
}
