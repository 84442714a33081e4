//! Taking changes in.

use std::collections::HashMap;
use std::sync::PoisonError;

use kernel::ProductId;
use tantivy::{Index, IndexWriter, TantivyDocument, Term};

use super::Engine;
use super::table::Slot;
use crate::domain::document::{Document, Specification};
use crate::domain::words;

/// A change of one product. Changes of a product come in the order in which they happened.
#[derive(Debug)]
pub struct Change {
    /// The product.
    pub product_id: ProductId,
    /// Its number among all changes of all products.
    pub revision: i64,
    /// What it is now; `None` when it is gone.
    pub document: Option<Document>,
}

/// The index's writer, and who has which slot.
pub(super) struct Writer {
    index: IndexWriter,
    slots: HashMap<ProductId, Slot>,
}

impl Writer {
    pub(super) fn new(index: &Index, memory_bytes: usize) -> tantivy::Result<Self> {
        Ok(Self {
            index: index.writer_with_num_threads(1, memory_bytes)?,
            slots: HashMap::new(),
        })
    }

    fn slot(&mut self, id: ProductId) -> Slot {
        let next = Slot::try_from(self.slots.len()).unwrap_or(Slot::MAX);
        *self.slots.entry(id).or_insert(next)
    }
}

impl Engine {
    /// Takes changes in. They are visible when it returns.
    ///
    /// # Errors
    /// When the index fails; nothing of the batch is visible then.
    pub fn apply(&self, changes: &[Change]) -> tantivy::Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let slots: Vec<Slot> = changes
            .iter()
            .map(|change| writer.slot(change.product_id))
            .collect();
        if let Err(error) = self.write(&mut writer.index, changes, &slots) {
            writer.index.rollback()?;
            return Err(error);
        }
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        self.reader.reload()?;
        for (change, slot) in changes.iter().zip(slots) {
            table.put(slot, change.revision, change.document.as_ref());
        }
        Ok(())
    }

    fn write(
        &self,
        index: &mut IndexWriter,
        changes: &[Change],
        slots: &[Slot],
    ) -> tantivy::Result<()> {
        for (change, &slot) in changes.iter().zip(slots) {
            index.delete_term(Term::from_field_u64(self.fields.slot, slot.into()));
            if let Some(document) = &change.document {
                index.add_document(self.indexed(slot, document))?;
            }
        }
        index.commit()?;
        Ok(())
    }

    /// The words by which a product is found.
    fn indexed(&self, slot: Slot, document: &Document) -> TantivyDocument {
        let fields = &self.fields;
        let mut indexed = TantivyDocument::default();
        indexed.add_u64(fields.slot, slot.into());
        indexed.add_text(fields.title, &document.title);
        indexed.add_text(fields.title_plain, &document.title);
        for variant in &document.variant_titles {
            indexed.add_text(fields.title, variant);
            indexed.add_text(fields.title_plain, variant);
        }
        if let Some(brand) = &document.brand {
            indexed.add_text(fields.brand, &brand.name);
        }
        for category in document.parents.iter().chain([&document.category]) {
            indexed.add_text(fields.category, &category.name);
        }
        for words in document
            .specifications
            .iter()
            .filter_map(Specification::words)
        {
            indexed.add_text(fields.attributes, words);
        }
        indexed.add_text(fields.description, &document.description);
        let codes = document
            .codes
            .iter()
            .map(String::as_str)
            .chain(document.title.split_whitespace());
        for code in codes.map(words::compact).filter(|code| !code.is_empty()) {
            indexed.add_text(fields.code, code);
        }
        indexed
    }
}
