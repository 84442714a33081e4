//! Collects every match of a query: its score and its key in the table of facts.

use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// All matches, in no order.
pub(super) struct AllMatches;

pub(super) struct SegmentMatches {
    keys: Arc<dyn ColumnValues<u64>>,
    found: Vec<(Score, u64)>,
}

impl Collector for AllMatches {
    type Fruit = Vec<(Score, u64)>;
    type Child = SegmentMatches;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentMatches> {
        let keys = segment.fast_fields().u64("key")?.first_or_default_col(0);
        Ok(SegmentMatches { keys, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Vec<(Score, u64)>>) -> tantivy::Result<Vec<(Score, u64)>> {
        Ok(segments.concat())
    }
}

impl SegmentCollector for SegmentMatches {
    type Fruit = Vec<(Score, u64)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.found.push((score, self.keys.get_val(doc)));
    }

    fn harvest(self) -> Self::Fruit {
        self.found
    }
}
