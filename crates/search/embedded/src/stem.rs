//! A stem in the fields that hold it.
//!
//! tantivy's query of one term looks it up three times in each part of the index: for how frequent it is, for its matches,
//! and, with us, for whether it is there at all. Here [`Part`] knows all of that.

use std::fmt;
use std::sync::Arc;

use search_core::weights;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader};

use crate::best::{BestScorer, explain};
use crate::bm25::Lengths;
use crate::terms::Part;

#[cfg(test)]
mod tests;

/// What holds a term in one of some fields, scored as in the best of them.
#[derive(Clone)]
pub(crate) struct Stem {
    parts: Arc<[Part]>,
    scored: bool,
}

/// The matches of a term in one field, in one part of the index.
struct FieldScorer {
    /// More than a kilobyte, that is not moved about.
    postings: Box<SegmentPostings>,
    numbers: FieldNormReader,
    lengths: Lengths,
    weight: Score,
}

impl Stem {
    pub(crate) fn new(parts: Vec<Part>) -> Self {
        Self {
            parts: parts.into(),
            scored: true,
        }
    }

    fn part(
        &self,
        part: &Part,
        reader: &SegmentReader,
        boost: Score,
    ) -> tantivy::Result<Option<FieldScorer>> {
        let Some(place) = part.place(reader.segment_id()) else {
            return Ok(None);
        };
        let (option, numbers) = if self.scored {
            (IndexRecordOption::WithFreqs, place.lengths.clone())
        } else {
            let alike = FieldNormReader::constant(reader.max_doc(), 1);
            (IndexRecordOption::Basic, alike)
        };
        let postings = place
            .index
            .read_postings_from_terminfo(&place.info, option)?;
        Ok(Some(FieldScorer {
            postings: Box::new(postings),
            numbers,
            lengths: part.lengths.clone(),
            weight: part.weight * boost,
        }))
    }
}

impl fmt::Debug for Stem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.parts.iter().map(|part| part.field);
        f.debug_list().entries(fields).finish()
    }
}

impl Query for Stem {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(Self {
            parts: Arc::clone(&self.parts),
            scored: scoring.is_scoring_enabled(),
        }))
    }
}

impl Weight for Stem {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &*self.parts {
            parts.extend(self.part(part, reader, boost)?);
        }
        Ok(match parts.len() {
            0 => Box::new(EmptyScorer),
            1 => Box::new(parts.remove(0)),
            _ => Box::new(BestScorer::new(parts, weights::TIE_BREAKER)),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain(self, reader, doc)
    }
}

impl DocSet for FieldScorer {
    #[inline]
    fn advance(&mut self) -> DocId {
        self.postings.advance()
    }

    #[inline]
    fn seek(&mut self, target: DocId) -> DocId {
        self.postings.seek(target)
    }

    #[inline]
    fn doc(&self) -> DocId {
        self.postings.doc()
    }

    fn size_hint(&self) -> u32 {
        self.postings.size_hint()
    }
}

impl Scorer for FieldScorer {
    #[inline]
    fn score(&mut self) -> Score {
        let length = self.numbers.fieldnorm_id(self.postings.doc());
        self.lengths
            .score(self.weight, length, self.postings.term_freq())
    }
}
