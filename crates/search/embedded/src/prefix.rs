//! The terms that begin with something.

use std::cmp::Reverse;
use std::collections::HashMap;

use tantivy::schema::Field;
use tantivy::{Searcher, Term};

/// Terms that a prefix stands for at most, the most frequent ones.
const TERMS_MAX: usize = 512;
/// Terms that are looked at to choose them, in each part of the index.
const TERMS_READ: usize = 4_096;

/// The terms of a field that begin so.
pub(crate) fn expand(searcher: &Searcher, field: Field, begun: &str) -> tantivy::Result<Vec<Term>> {
    let mut found: HashMap<Vec<u8>, u64> = HashMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut stream = index.terms().range().ge(begun).into_stream()?;
        for _ in 0..TERMS_READ {
            if !stream.advance() || !stream.key().starts_with(begun.as_bytes()) {
                break;
            }
            let products: u64 = stream.value().doc_freq.into();
            if let Some(known) = found.get_mut(stream.key()) {
                *known = known.saturating_add(products);
            } else {
                found.insert(stream.key().to_vec(), products);
            }
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    if found.len() > TERMS_MAX {
        found.sort_unstable_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        found.truncate(TERMS_MAX);
    }
    let text = |(term, _): (Vec<u8>, u64)| String::from_utf8(term).ok();
    let texts = found.into_iter().filter_map(text);
    Ok(texts
        .map(|text| Term::from_field_text(field, &text))
        .collect())
}
