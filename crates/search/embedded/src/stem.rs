//! A stem in the fields that hold it.
//!
//! tantivy's query of one term looks it up three times in each part of the index: for how frequent it is, for its matches,
//! and, with us, for whether it is there at all. Here it is looked up once.

use std::fmt;
use std::sync::Arc;

use search_core::weights;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::postings::{Postings as _, SegmentPostings, TermInfo};
use tantivy::query::{
    Bm25StatisticsProvider as _, Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query,
    Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, Term};

use crate::best::{BestScorer, explain};

#[cfg(test)]
mod tests;

/// A term in a field that holds it.
pub(crate) struct Part {
    field: Field,
    weight: Bm25Weight,
    /// Where its matches are, in each part of the index that has some.
    places: Vec<(SegmentId, TermInfo)>,
}

/// What holds a term in one of some fields, scored as in the best of them.
#[derive(Clone)]
pub(crate) struct Stem {
    parts: Arc<[Part]>,
    scored: bool,
}

/// The matches of a term in one field, in one part of the index.
struct FieldScorer {
    postings: SegmentPostings,
    lengths: FieldNormReader,
    weight: Bm25Weight,
}

impl Part {
    /// A term in a field with a boost, as the index of the searcher has it; `None` where nothing holds it.
    pub(crate) fn find(
        searcher: &Searcher,
        field: Field,
        boost: Score,
        text: &str,
    ) -> tantivy::Result<Option<Self>> {
        let term = Term::from_field_text(field, text);
        let (mut places, mut products, mut tokens) = (Vec::new(), 0, 0);
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            tokens += index.total_num_tokens();
            if let Some(info) = index.get_term_info(&term)? {
                products += u64::from(info.doc_freq);
                places.push((segment.segment_id(), info));
            }
        }
        if places.is_empty() {
            return Ok(None);
        }
        let all = searcher.total_num_docs()?;
        let weight = Bm25Weight::for_one_term_without_explain(products, all, mean(tokens, all));
        Ok(Some(Self {
            field,
            weight: weight.boost_by(boost),
            places,
        }))
    }
}

/// As tantivy computes it, so that scores stay the same.
#[expect(clippy::cast_precision_loss, reason = "a length, no count")]
fn mean(tokens: u64, products: u64) -> Score {
    tokens as Score / products as Score
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
        let id = reader.segment_id();
        let Some((_, info)) = part.places.iter().find(|(segment, _)| *segment == id) else {
            return Ok(None);
        };
        let (option, lengths) = if self.scored {
            let lengths = reader.get_fieldnorms_reader(part.field)?;
            (IndexRecordOption::WithFreqs, lengths)
        } else {
            let lengths = FieldNormReader::constant(reader.max_doc(), 1);
            (IndexRecordOption::Basic, lengths)
        };
        let index = reader.inverted_index(part.field)?;
        Ok(Some(FieldScorer {
            postings: index.read_postings_from_terminfo(info, option)?,
            lengths,
            weight: part.weight.boost_by(boost),
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
        let length = self.lengths.fieldnorm_id(self.postings.doc());
        self.weight.score(length, self.postings.term_freq())
    }
}
