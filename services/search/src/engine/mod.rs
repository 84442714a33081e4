//! The embedded index: tantivy for words, a table of facts for everything else.
//!
//! - [`schema`]: fields and analysis. [`text`]: from words to a query. [`search`]: results, facets, pages.
//!   [`suggest`]: completions.
//!
//! Invariant: index and facts change together under one lock, so a search sees both before a change or both after it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use contract_catalog::CategoryRef;
use kernel::ProductId;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term};

use crate::domain::document::{Facts, Texts};
use crate::domain::vocabulary::Vocabulary;
use crate::domain::words;

mod collect;
mod facets;
mod schema;
mod search;
mod suggest;
mod text;

use schema::Fields;

/// A change of one product. Changes of a product come in the order in which they happened.
#[derive(Debug)]
pub struct Change {
    /// The product.
    pub product_id: ProductId,
    /// Unique and rising over all changes.
    pub seq: u64,
    /// What it is now; `None` when it is gone.
    pub content: Option<(Facts, Texts)>,
}

/// The index of one instance, in memory.
pub struct Engine {
    fields: Fields,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
    table: RwLock<Table>,
}

/// The facts of all products.
#[derive(Default)]
struct Table {
    /// By the number of the change that wrote them: the index keeps that number with its document.
    facts: HashMap<u64, Arc<Facts>>,
    keys: HashMap<ProductId, u64>,
    vocabulary: Vocabulary,
    /// Categories in use, with how many products are in them.
    categories: HashMap<String, (CategoryRef, u32)>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("products", &self.len()).finish_non_exhaustive()
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
        let writer = index.writer_with_num_threads(1, memory_bytes)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { fields, reader, writer: Mutex::new(writer), table: RwLock::default() })
    }

    /// How many products can be found.
    pub fn len(&self) -> usize {
        self.table().keys.len()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes changes in. They are visible when it returns.
    ///
    /// # Errors
    /// When the index fails; nothing of the batch is visible then.
    pub fn apply(&self, changes: Vec<Change>) -> tantivy::Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for change in &changes {
            let id = change.product_id.uuid().simple().to_string();
            writer.delete_term(Term::from_field_text(self.fields.id, &id));
            if let Some((_, texts)) = &change.content {
                writer.add_document(self.document(&id, change.seq, texts))?;
            }
        }
        if let Err(error) = writer.commit() {
            writer.rollback()?;
            return Err(error);
        }
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        self.reader.reload()?;
        for change in changes {
            table.apply(change);
        }
        Ok(())
    }

    fn document(&self, id: &str, seq: u64, texts: &Texts) -> TantivyDocument {
        let fields = &self.fields;
        let mut document = TantivyDocument::default();
        document.add_text(fields.id, id);
        document.add_u64(fields.key, seq);
        document.add_text(fields.title, &texts.title);
        document.add_text(fields.title_plain, &texts.title);
        document.add_text(fields.brand, &texts.brand);
        document.add_text(fields.category, &texts.category);
        document.add_text(fields.attributes, &texts.attributes);
        document.add_text(fields.description, &texts.description);
        let title_words = texts.title.split_whitespace().map(words::compact);
        for code in texts.codes.iter().map(|c| words::compact(c)).chain(title_words) {
            if !code.is_empty() {
                document.add_text(fields.code, &code);
            }
        }
        document
    }

    fn table(&self) -> std::sync::RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn apply(&mut self, change: Change) {
        if let Some(key) = self.keys.remove(&change.product_id)
            && let Some(old) = self.facts.remove(&key)
        {
            self.uncount(&old);
        }
        if let Some((facts, _)) = change.content {
            self.count(&facts);
            self.keys.insert(change.product_id, change.seq);
            self.facts.insert(change.seq, Arc::new(facts));
        }
    }

    fn count(&mut self, facts: &Facts) {
        for text in spoken(facts) {
            self.vocabulary.add(text);
        }
        for category in &facts.categories {
            let entry = self.categories.entry(category.slug.clone()).or_insert_with(|| (category.clone(), 0));
            entry.1 = entry.1.saturating_add(1);
        }
    }

    fn uncount(&mut self, facts: &Facts) {
        for text in spoken(facts) {
            self.vocabulary.remove(text);
        }
        for category in &facts.categories {
            if let Some(entry) = self.categories.get_mut(&category.slug) {
                entry.1 = entry.1.saturating_sub(1);
                if entry.1 == 0 {
                    self.categories.remove(&category.slug);
                }
            }
        }
    }
}

/// The texts whose words are completed and corrected.
fn spoken(facts: &Facts) -> impl Iterator<Item = &str> {
    let brand = facts.summary.brand.as_ref().map(|b| b.name.as_str());
    let categories = facts.categories.iter().map(|c| c.name.as_str());
    std::iter::once(facts.summary.title.as_str()).chain(brand).chain(categories)
}
