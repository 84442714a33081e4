//! Texts that many products share, each kept once, with what is counted for it.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// A text's place in its [`Table`], until [`Table::purge`] takes it away.
pub(crate) type Id = u32;

/// Texts with their values, found by text or by id. What is not used any more stays until it is purged.
#[derive(Debug, Clone)]
pub(crate) struct Table<V> {
    entries: Vec<(Box<str>, V)>,
    free: Vec<Id>,
    ids: HashTable<Id>,
    hasher: DefaultHashBuilder,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            free: Vec::new(),
            ids: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl<V: Default> Table<V> {
    /// The id of a text; it comes into the table if it is new.
    pub(crate) fn insert(&mut self, text: &str) -> Id {
        if let Some(id) = self.find(text) {
            return id;
        }
        let entry = (text.into(), V::default());
        let id = if let Some(id) = self.free.pop() {
            self.entries[id as usize] = entry;
            id
        } else {
            self.entries.push(entry);
            // Memory ends long before.
            Id::try_from(self.entries.len() - 1).unwrap_or(Id::MAX)
        };
        let (entries, hasher) = (&self.entries, &self.hasher);
        let rehash = |id: &Id| hasher.hash_one(&*entries[*id as usize].0);
        self.ids.insert_unique(hasher.hash_one(text), id, rehash);
        id
    }

    /// The id of a text.
    pub(crate) fn find(&self, text: &str) -> Option<Id> {
        let same = |id: &Id| &*self.entries[*id as usize].0 == text;
        self.ids.find(self.hasher.hash_one(text), same).copied()
    }

    /// The value of a text.
    pub(crate) fn get(&self, text: &str) -> Option<&V> {
        self.find(text).map(|id| self.value(id))
    }

    /// The text of an id.
    pub(crate) fn text(&self, id: Id) -> &str {
        self.entries.get(id as usize).map_or("", |e| &e.0)
    }

    /// The value of an id that is in the table.
    pub(crate) fn value(&self, id: Id) -> &V {
        &self.entries[id as usize].1
    }

    /// See [`Table::value`].
    pub(crate) fn value_mut(&mut self, id: Id) -> &mut V {
        &mut self.entries[id as usize].1
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// All ids with their texts and values, also of those that were purged (with empty texts).
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Id, &str, &V)> {
        self.entries
            .iter()
            .zip(0..)
            .map(|((text, value), id)| (id, &**text, value))
    }

    /// Takes ids away.
    pub(crate) fn purge(&mut self, ids: impl IntoIterator<Item = Id>) {
        for id in ids {
            let text = &*self.entries[id as usize].0;
            if let Ok(found) = self
                .ids
                .find_entry(self.hasher.hash_one(text), |i| *i == id)
            {
                found.remove();
                self.entries[id as usize] = (Box::default(), V::default());
                self.free.push(id);
            }
        }
    }

    /// Bytes in memory, about, without what values own.
    pub(crate) fn bytes(&self) -> usize {
        let texts: usize = self.entries.iter().map(|e| e.0.len() + 16).sum();
        texts
            + self.entries.capacity() * size_of::<(Box<str>, V)>()
            + self.ids.capacity() * 5
            + self.free.capacity() * 4
    }
}
