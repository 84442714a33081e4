//! Filling the columns from the index itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use search_core::{Document, document};
use tantivy::store::StoreReader;
use tantivy::{DocId, Searcher, SegmentReader, TantivyDocument};

use crate::columns::{Columns, Facts};
use crate::schema::{Fields, Stored};
use search_vectors::Nearest as Vectors;

/// Documents read at a time.
const BATCH: DocId = 1_024;
/// Readers at most.
const READERS_MAX: usize = 8;

/// What an index holds.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// What filters, sorts and ranks.
    pub(crate) columns: Columns,
    /// The vectors.
    pub(crate) vectors: Vectors,
    /// Products that could not be read.
    pub(crate) unreadable: usize,
}

type Product = Option<(Stored, Option<Document>)>;

/// Reads all products, on all processors; `replay` hears of each that can be found.
pub(crate) fn load(
    fields: &Fields,
    searcher: &Searcher,
    mut replay: impl FnMut(&Document, i64),
) -> Loaded {
    let batches: Vec<(&SegmentReader, DocId)> = searcher
        .segment_readers()
        .iter()
        .flat_map(|segment| {
            (0..segment.max_doc())
                .step_by(BATCH as usize)
                .map(move |first| (segment, first))
        })
        .collect();
    let readers = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(READERS_MAX);
    let next = AtomicUsize::new(0);
    let mut loaded = Loaded::default();
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel::<Vec<Product>>(readers.saturating_mul(2));
        for _ in 0..readers {
            let (sender, batches, next) = (sender.clone(), &batches, &next);
            scope.spawn(move || {
                while let Some(&(segment, first)) =
                    batches.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if sender.send(read(fields, segment, first)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for product in receiver.into_iter().flatten() {
            match product {
                Some((stored, document)) => loaded.take(stored, document.as_ref(), &mut replay),
                None => loaded.unreadable = loaded.unreadable.saturating_add(1),
            }
        }
    });
    loaded
}

/// Reads the products of a batch; `None` for what cannot be read.
fn read(fields: &Fields, segment: &SegmentReader, first: DocId) -> Vec<Product> {
    let last = first.saturating_add(BATCH).min(segment.max_doc());
    let alive = (first..last).filter(|&doc| !segment.is_deleted(doc));
    match segment.get_store_reader(1) {
        Ok(store) => alive.map(|doc| product(fields, &store, doc)).collect(),
        Err(_) => alive.map(|_| None).collect(),
    }
}

fn product(fields: &Fields, store: &StoreReader, doc: DocId) -> Product {
    let stored = fields.read(&store.get::<TantivyDocument>(doc).ok()?)?;
    let document = match &stored.product {
        Some(product) => Some(document::read(&product.body).ok()?),
        None => None,
    };
    Some((stored, document))
}

impl Loaded {
    fn take(
        &mut self,
        stored: Stored,
        document: Option<&Document>,
        replay: &mut impl FnMut(&Document, i64),
    ) {
        let Stored {
            slot,
            id,
            revision,
            product,
        } = stored;
        let Some((product, document)) = product.zip(document) else {
            self.columns.put(slot, id, revision, None);
            return;
        };
        let facts = Facts {
            document,
            title: &product.title,
            codes: &product.codes,
            popularity: product.popularity,
        };
        self.columns.put(slot, id, revision, Some(&facts));
        self.vectors.put(slot, product.vector);
        replay(document, revision);
    }
}
