//! Names that many products share, each kept once.

use std::collections::HashMap;

use search_core::Text;

/// A name's place in its [`Names`]. Stays the same as long as the names live.
pub(crate) type NameId = u32;

/// Stable names in addresses with the names shown. Those that nobody has any more stay: there are few of them.
#[derive(Debug, Default)]
pub(crate) struct Names {
    entries: Vec<Name>,
    ids: HashMap<Text, NameId>,
}

/// A name in use.
#[derive(Debug)]
pub(crate) struct Name {
    /// Stable name in addresses.
    pub(crate) slug: Text,
    /// Name as shown: the one heard last holds for all.
    pub(crate) name: Text,
}

impl Names {
    /// The place of a name.
    pub(crate) fn put(&mut self, slug: &str, name: &str) -> NameId {
        if let Some(&id) = self.ids.get(slug) {
            let entry = &mut self.entries[id as usize];
            if *entry.name != *name {
                entry.name = name.into();
            }
            return id;
        }
        let id = next(self.entries.len());
        let slug = Text::from(slug);
        self.ids.insert(slug.clone(), id);
        self.entries.push(Name {
            slug,
            name: name.into(),
        });
        id
    }

    /// A name that was put.
    pub(crate) fn get(&self, id: NameId) -> &Name {
        &self.entries[id as usize]
    }

    /// The place of the name with this slug.
    pub(crate) fn find(&self, slug: &str) -> Option<NameId> {
        self.ids.get(slug).copied()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// The place that is free when so many are taken. No catalogue has four thousand million brands.
pub(crate) fn next(taken: usize) -> u32 {
    u32::try_from(taken).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_each_name_once_and_the_last_spelling() {
        let mut names = Names::default();
        assert_eq!(names.find("acme"), None);
        let acme = names.put("acme", "ACME");
        assert_eq!(names.put("acme", "Acme"), acme);
        assert_eq!((&*names.get(acme).name, names.len()), ("Acme", 1));
        assert_eq!(names.find("acme"), Some(acme));
    }
}
