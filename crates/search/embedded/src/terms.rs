//! Where terms stand in the index, looked up once and kept until the index changes.
//!
//! Shoppers use the same words again and again, and to find one in every field and part of the index takes longer than to
//! read its matches.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::query::Bm25StatisticsProvider as _;
use tantivy::schema::Field;
use tantivy::{InvertedIndexReader, Score, Searcher, Term};

use crate::bm25::{Lengths, weight};

/// Terms kept at most; those that nothing holds count, too.
const TERMS_MAX: usize = 2_048;
/// A longer one is no word that many ask for.
const BYTES_MAX: usize = 64;

/// A term in a field that holds it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Part {
    /// The field.
    pub(crate) field: Field,
    /// What a match counts, its length apart.
    pub(crate) weight: Score,
    /// What the length of a field does to that.
    pub(crate) lengths: Lengths,
    places: Arc<[Place]>,
}

/// The matches of a term in one field, in one part of the index.
pub(crate) struct Place {
    segment: SegmentId,
    /// The field's terms there.
    pub(crate) index: Arc<InvertedIndexReader>,
    /// Where its matches are.
    pub(crate) info: TermInfo,
    /// How long the field is in each product.
    pub(crate) lengths: FieldNormReader,
}

/// Terms that were looked up in some fields.
pub(crate) struct Terms {
    fields: Vec<Field>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    lengths: HashMap<Field, Lengths>,
    parts: HashMap<Box<str>, Arc<[Part]>>,
}

impl Terms {
    /// Terms of these fields, none looked up yet.
    pub(crate) fn of(fields: impl IntoIterator<Item = Field>) -> Self {
        Self {
            fields: fields.into_iter().collect(),
            known: Mutex::default(),
        }
    }

    /// The fields that hold a term, in their order. Every call until [`Terms::clear`] is about the same index.
    pub(crate) fn find(&self, searcher: &Searcher, text: &str) -> tantivy::Result<Arc<[Part]>> {
        if let Some(parts) = self.known().parts.get(text) {
            return Ok(Arc::clone(parts));
        }
        let mut parts = Vec::new();
        for &field in &self.fields {
            parts.extend(self.look_up(searcher, field, text)?);
        }
        let parts: Arc<[Part]> = parts.into();
        if text.len() <= BYTES_MAX {
            let mut known = self.known();
            if known.parts.len() >= TERMS_MAX {
                known.parts.clear();
            }
            known.parts.insert(text.into(), Arc::clone(&parts));
        }
        Ok(parts)
    }

    /// The index is another one now.
    pub(crate) fn clear(&mut self) {
        *self.known() = Known::default();
    }

    /// A term in a field; `None` where nothing holds it.
    fn look_up(
        &self,
        searcher: &Searcher,
        field: Field,
        text: &str,
    ) -> tantivy::Result<Option<Part>> {
        let term = Term::from_field_text(field, text);
        let (mut places, mut products) = (Vec::new(), 0);
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            if let Some(info) = index.get_term_info(&term)? {
                products += u64::from(info.doc_freq);
                places.push(Place {
                    segment: segment.segment_id(),
                    index,
                    info,
                    lengths: segment.get_fieldnorms_reader(field)?,
                });
            }
        }
        if places.is_empty() {
            return Ok(None);
        }
        let all = searcher.total_num_docs()?;
        Ok(Some(Part {
            field,
            weight: weight(products, all),
            lengths: self.lengths(searcher, field, all)?,
            places: places.into(),
        }))
    }

    fn lengths(&self, searcher: &Searcher, field: Field, all: u64) -> tantivy::Result<Lengths> {
        if let Some(known) = self.known().lengths.get(&field) {
            return Ok(known.clone());
        }
        let lengths = Lengths::of(searcher.total_num_tokens(field)?, all);
        self.known().lengths.insert(field, lengths.clone());
        Ok(lengths)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Part {
    /// The same, counting more or less.
    pub(crate) fn boosted(&self, boost: Score) -> Self {
        Self {
            weight: self.weight * boost,
            ..self.clone()
        }
    }

    /// Its matches in one part of the index.
    pub(crate) fn place(&self, segment: SegmentId) -> Option<&Place> {
        self.places.iter().find(|place| place.segment == segment)
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms")
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}
