//! Taking changes in.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::PoisonError;

use kernel::ProductId;
use search_core::{Change, Place};
use serde::{Deserialize, Serialize};
use tantivy::IndexWriter;
use tantivy::indexer::LogMergePolicy;

use crate::columns::{Facts, Slot};
use crate::index::{Index, State};
use crate::schema::{Fields, VERSION};

#[cfg(test)]
mod tests;

/// Memory of tantivy's writer: it refuses less, and more.
const MEMORY_BYTES: RangeInclusive<usize> = 15_000_000..=4_000_000_000;

/// What takes changes in.
pub(crate) struct Writer {
    pub(crate) index: IndexWriter,
    fingerprint: String,
}

/// What is written with every commit.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// [`VERSION`] then.
    pub(crate) version: u32,
    /// What vectors and terms depended on.
    pub(crate) fingerprint: String,
    /// Behind the last change taken in.
    #[serde(flatten)]
    pub(crate) place: Place,
}

impl Index {
    /// Takes changes in. They are durable and visible when it returns; nothing of them is after an error.
    pub(crate) fn apply(&self, changes: &[Change], place: Place) -> tantivy::Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let news = self.news(changes);
        if news.is_empty() && place == self.place() {
            return Ok(());
        }
        if let Err(error) = writer.write(&self.fields, &news, place) {
            writer.index.rollback()?;
            return Err(error);
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        self.reader.reload()?;
        state.slots.follow(&self.reader.searcher());
        for &(slot, change) in &news {
            state.put(slot, change);
        }
        state.stems.clear();
        state.codes.clear();
        state
            .cache
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = place;
        Ok(())
    }

    /// The changes that change something, the last of each product, with the products' slots.
    fn news<'a>(&self, changes: &'a [Change]) -> Vec<(Slot, &'a Change)> {
        let state = self.state();
        let columns = &state.columns;
        let mut places: HashMap<ProductId, usize> = HashMap::with_capacity(changes.len());
        let mut news: Vec<(Slot, &Change)> = Vec::with_capacity(changes.len());
        let mut free = columns.slots();
        for change in changes {
            if let Some(&place) = places.get(&change.product_id) {
                if news[place].1.revision <= change.revision {
                    news[place].1 = change;
                }
                continue;
            }
            let slot = match columns.slot(change.product_id) {
                Some(slot) if columns.revision(slot) > change.revision => continue,
                Some(slot) => slot,
                None => {
                    let slot = free;
                    free = free.saturating_add(1);
                    slot
                }
            };
            places.insert(change.product_id, news.len());
            news.push((slot, change));
        }
        news
    }
}

impl State {
    fn put(&mut self, slot: Slot, change: &Change) {
        self.cards.renew(slot);
        let Some(entry) = &change.entry else {
            self.columns
                .put(slot, change.product_id, change.revision, None);
            self.vectors.put(slot, None);
            return;
        };
        let (title, codes) = (entry.terms.title.join(" "), entry.terms.codes.join(" "));
        let facts = Facts {
            document: &entry.document,
            title: &title,
            codes: &codes,
            popularity: entry.popularity,
        };
        self.columns
            .put(slot, change.product_id, change.revision, Some(&facts));
        self.vectors.put(slot, entry.vector.clone());
    }
}

impl Writer {
    pub(crate) fn new(
        index: &tantivy::Index,
        memory_bytes: usize,
        fingerprint: &str,
    ) -> tantivy::Result<Self> {
        let memory = memory_bytes.clamp(*MEMORY_BYTES.start(), *MEMORY_BYTES.end());
        let writer = index.writer_with_num_threads(1, memory)?;
        // Few segments: every term is looked up in each of them.
        let mut merging = LogMergePolicy::default();
        merging.set_min_num_segments(4);
        merging.set_min_layer_size(1_000);
        merging.set_level_log_size(2.0);
        merging.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(merging));
        Ok(Self {
            index: writer,
            fingerprint: fingerprint.to_owned(),
        })
    }

    pub(crate) fn write(
        &mut self,
        fields: &Fields,
        news: &[(Slot, &Change)],
        place: Place,
    ) -> tantivy::Result<()> {
        for &(slot, change) in news {
            self.index.delete_term(fields.slot(slot));
            let entry = change.entry.as_deref();
            self.index.add_document(fields.document(
                slot,
                change.product_id,
                change.revision,
                entry,
            ))?;
        }
        self.commit(place)
    }

    pub(crate) fn commit(&mut self, place: Place) -> tantivy::Result<()> {
        let payload = Payload {
            version: VERSION,
            fingerprint: self.fingerprint.clone(),
            place,
        };
        let payload = serde_json::to_string(&payload).map_err(std::io::Error::from)?;
        let mut commit = self.index.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        Ok(())
    }
}
