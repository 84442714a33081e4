//! Brands and categories: names by their slugs.

use std::collections::HashMap;

/// A name's place in its [`Names`]; stays the same as long as the names live.
pub(crate) type NameId = u32;

/// A name in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// Stable name in addresses.
    pub(crate) slug: String,
    /// Name as shown, as it was last told.
    pub(crate) shown: String,
    /// How many hold it.
    pub(crate) count: u32,
}

/// Names by their slugs. Those that nobody holds any more stay, for there are few of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    entries: Vec<Name>,
    ids: HashMap<String, NameId>,
}

impl Names {
    /// Holds a name once more. Answers whether it is new or is called otherwise than before.
    pub(crate) fn hold(&mut self, slug: &str, name: &str) -> (NameId, bool) {
        let Some(&id) = self.ids.get(slug) else {
            // No catalogue has four thousand million brands.
            let id = NameId::try_from(self.entries.len()).unwrap_or(NameId::MAX);
            self.entries.push(Name {
                slug: slug.to_owned(),
                shown: name.to_owned(),
                count: 1,
            });
            self.ids.insert(slug.to_owned(), id);
            return (id, true);
        };
        let entry = &mut self.entries[id as usize];
        entry.count = entry.count.saturating_add(1);
        let changed = entry.shown != name || entry.count == 1;
        if entry.shown != name {
            name.clone_into(&mut entry.shown);
        }
        (id, changed)
    }

    /// Holds a name once less. `None` when nobody told of it.
    pub(crate) fn release(&mut self, slug: &str) -> Option<NameId> {
        let id = self.ids.get(slug).copied()?;
        let entry = &mut self.entries[id as usize];
        entry.count = entry.count.saturating_sub(1);
        Some(id)
    }

    /// A name that was held at some time.
    pub(crate) fn get(&self, id: NameId) -> &Name {
        &self.entries[id as usize]
    }

    /// The place of a slug.
    pub(crate) fn find(&self, slug: &str) -> Option<NameId> {
        self.ids.get(slug).copied()
    }

    /// All names by their places.
    pub(crate) fn all(&self) -> &[Name] {
        &self.entries
    }
}
