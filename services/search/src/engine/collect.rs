//! Collects every match of a query.

use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::schema::SLOT;
use super::table::Slot;

/// A match.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// How well it matches; 0 where nobody asked.
    pub(super) score: Score,
    /// Which product it is.
    pub(super) slot: Slot,
}

/// All matches, in no order.
pub(super) struct AllHits {
    /// Whether their scores matter.
    pub(super) scored: bool,
}

pub(super) struct SegmentHits {
    slots: Arc<dyn ColumnValues<u64>>,
    found: Vec<Hit>,
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
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, segments: Vec<Vec<Hit>>) -> tantivy::Result<Vec<Hit>> {
        Ok(segments.concat())
    }
}

impl SegmentCollector for SegmentHits {
    type Fruit = Vec<Hit>;

    fn collect(&mut self, doc: DocId, score: Score) {
        // Slots are written as such, so each fits again.
        let slot = Slot::try_from(self.slots.get_val(doc)).unwrap_or(Slot::MAX);
        self.found.push(Hit { score, slot });
    }

    fn harvest(self) -> Self::Fruit {
        self.found
    }
}
