//! The embedded index: tantivy for words, a table of facts for everything else.
//!
//! - [`schema`]: fields and analysis. [`write`]: taking changes in. [`table`]: the facts.
//! - [`text`]: from words to a query. [`collect`]: its matches. [`search`], [`place`], [`facets`]: results, their order
//!   and counts. [`suggest`]: completions.
//!
//! Invariant: index and table change together under one lock, so a search sees both before a change or both after it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use tantivy::{Index, IndexReader, ReloadPolicy};

mod collect;
mod facets;
mod place;
mod schema;
mod search;
mod suggest;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod write;

use schema::Fields;
use table::Table;
pub use write::Change;
use write::Writer;

/// The index of one instance, in memory.
pub struct Engine {
    fields: Fields,
    reader: IndexReader,
    writer: Mutex<Writer>,
    table: RwLock<Table>,
    complete: AtomicBool,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("products", &self.len())
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An empty index that may use `memory_bytes` while it takes changes in.
    ///
    /// # Errors
    /// When the memory is too little for tantivy (15 MB).
    pub fn new(memory_bytes: usize) -> tantivy::Result<Self> {
        let (schema, fields) = schema::build();
        let index = Index::create_in_ram(schema);
        schema::register(&index);
        let writer = Mutex::new(Writer::new(&index, memory_bytes)?);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            fields,
            reader,
            writer,
            table: RwLock::default(),
            complete: AtomicBool::new(false),
        })
    }

    /// The index holds the whole catalogue and may answer from now on.
    pub fn set_complete(&self) {
        self.complete.store(true, Ordering::Release);
    }

    /// Whether the index has held the whole catalogue once. Before that it knows an arbitrary part of it.
    pub fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }

    /// How many products can be found.
    pub fn len(&self) -> usize {
        self.table().len()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn table(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }
}
