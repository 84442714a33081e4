//! One index: words in tantivy, everything else in columns.
//!
//! Invariant: both change together under one lock, so a search sees both before a change or both after it.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use kernel::ProductId;
use search_core::{Document, Place};
use search_vectors::{Embedding, Nearest as Vectors};
use tantivy::{IndexReader, ReloadPolicy};

use crate::cache::Cache;
use crate::cards::Cards;
use crate::collect::Slots;
use crate::columns::Columns;
use crate::home::IndexDir;
use crate::load::{Loaded, load};
use crate::schema::{Fields, VERSION};
use crate::terms::Terms;
use crate::writer::{Payload, Writer};

/// An index.
pub(crate) struct Index {
    /// Its fields.
    pub(crate) fields: Fields,
    /// The words as searches see them.
    pub(crate) reader: IndexReader,
    /// What takes changes in.
    pub(crate) writer: Mutex<Writer>,
    /// Everything else; it changes together with what the reader sees.
    pub(crate) state: RwLock<State>,
    /// Behind the last change taken in.
    pub(crate) place: Mutex<Place>,
    // Last: the directory goes when all that uses it is gone.
    dir: Option<IndexDir>,
}

/// What a search looks at beside the words.
#[derive(Debug)]
pub(crate) struct State {
    /// What filters, sorts and ranks.
    pub(crate) columns: Columns,
    /// Where stems are, as they were looked up lately...
    pub(crate) stems: Terms,
    /// ...and codes.
    pub(crate) codes: Terms,
    /// Which product each document of the words is.
    pub(crate) slots: Slots,
    /// The vectors.
    pub(crate) vectors: Vectors,
    /// Documents that were read lately.
    pub(crate) cards: Cards,
    /// Answers that were given lately.
    pub(crate) cache: Mutex<Cache>,
}

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("it was written by another version")]
    Version,
    #[error("it holds vectors of another model")]
    Fingerprint,
    #[error("it is damaged: {0:?}")]
    Damaged(Vec<PathBuf>),
    #[error("it cannot be opened: {0}")]
    Failed(#[from] tantivy::TantivyError),
}

impl Index {
    /// An empty index; without a directory, in memory.
    pub(crate) fn create(
        dir: Option<IndexDir>,
        memory_bytes: usize,
        fingerprint: &str,
    ) -> tantivy::Result<Self> {
        let (schema, fields) = Fields::build();
        let index = match &dir {
            None => tantivy::Index::create_in_ram(schema),
            Some(dir) => tantivy::Index::create_in_dir(dir.path(), schema)?,
        };
        let mut writer = Writer::new(&index, memory_bytes, fingerprint)?;
        let start = Place::default();
        writer.commit(start)?;
        Self::new(fields, &index, writer, dir, Loaded::default(), start)
    }

    /// The index in a directory. `replay` hears of every product in it, in no order.
    pub(crate) fn open(
        dir: IndexDir,
        memory_bytes: usize,
        fingerprint: &str,
        replay: impl FnMut(&Document, i64),
    ) -> Result<Self, Unusable> {
        let (schema, fields) = Fields::build();
        let index = tantivy::Index::open_in_dir(dir.path())?;
        let payload = index.load_metas()?.payload.unwrap_or_default();
        let payload: Payload = serde_json::from_str(&payload).map_err(|_| Unusable::Version)?;
        if payload.version != VERSION || index.schema() != schema {
            return Err(Unusable::Version);
        }
        if payload.fingerprint != fingerprint {
            return Err(Unusable::Fingerprint);
        }
        let damaged = index.validate_checksum()?;
        if !damaged.is_empty() {
            return Err(Unusable::Damaged(damaged.into_iter().collect()));
        }
        let writer = Writer::new(&index, memory_bytes, fingerprint)?;
        let searcher = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?
            .searcher();
        let loaded = load(&fields, &searcher, replay);
        let mut place = payload.place;
        if loaded.unreadable > 0 {
            tracing::warn!(
                products = loaded.unreadable,
                "the index holds products that cannot be read; all are taken in again"
            );
            place.cursor = 0;
        }
        Ok(Self::new(fields, &index, writer, Some(dir), loaded, place)?)
    }

    fn new(
        fields: Fields,
        index: &tantivy::Index,
        writer: Writer,
        dir: Option<IndexDir>,
        loaded: Loaded,
        place: Place,
    ) -> tantivy::Result<Self> {
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let mut slots = Slots::default();
        slots.follow(&reader.searcher());
        let state = State {
            slots,
            cards: Cards::of(loaded.columns.slots()),
            columns: loaded.columns,
            vectors: loaded.vectors,
            stems: Terms::of(fields.stemmed()),
            codes: Terms::of([fields.codes]),
            cache: Mutex::default(),
        };
        Ok(Self {
            fields,
            reader,
            writer: Mutex::new(writer),
            state: RwLock::new(state),
            place: Mutex::new(place),
            dir,
        })
    }

    /// Its directory.
    pub(crate) fn dir(&self) -> Option<&IndexDir> {
        self.dir.as_ref()
    }

    /// Behind the last change taken in.
    pub(crate) fn place(&self) -> Place {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Products that can be found.
    pub(crate) fn len(&self) -> usize {
        self.state().columns.len()
    }

    /// The vector of a product.
    pub(crate) fn vector(&self, id: ProductId) -> Option<Embedding> {
        let state = self.state();
        state.vectors.get(state.columns.alive(id)?)
    }

    /// Everything but the words; nothing changes while it is held.
    pub(crate) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}
