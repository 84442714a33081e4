//! Names that many products share, each kept once.

use std::collections::HashMap;

/// A name's place in its [`Names`]. Stays the same as long as the names live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameId(u32);

/// A name in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub name: String,
    /// How many hold it.
    pub count: u32,
}

/// Names by their slugs. Those that nobody holds any more stay, for there are few of them.
#[derive(Debug, Clone, Default)]
pub struct Names {
    entries: Vec<Name>,
    ids: HashMap<String, NameId>,
}

impl NameId {
    /// Its place, counted from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Names {
    /// Holds a name once more. Answers how it was called before, if it was called otherwise.
    pub fn hold(&mut self, slug: &str, name: &str) -> (NameId, Option<String>) {
        let Some(&id) = self.ids.get(slug) else {
            // No catalogue has four thousand million brands.
            let id = NameId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
            self.entries.push(Name {
                slug: slug.to_owned(),
                name: name.to_owned(),
                count: 1,
            });
            self.ids.insert(slug.to_owned(), id);
            return (id, None);
        };
        let entry = &mut self.entries[id.index()];
        let before =
            (entry.name != name).then(|| std::mem::replace(&mut entry.name, name.to_owned()));
        entry.count = entry.count.saturating_add(1);
        (id, before)
    }

    /// Holds a name once less.
    pub fn release(&mut self, id: NameId) {
        let entry = &mut self.entries[id.index()];
        entry.count = entry.count.saturating_sub(1);
    }

    /// A name that was held at some time.
    pub fn get(&self, id: NameId) -> &Name {
        &self.entries[id.index()]
    }

    /// The name with this slug.
    pub fn find(&self, slug: &str) -> Option<NameId> {
        self.ids.get(slug).copied()
    }

    /// All names by their places.
    pub fn all(&self) -> &[Name] {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_each_name_once_and_tells_of_another_name() {
        let mut names = Names::default();
        let (acme, before) = names.hold("acme", "ACME");
        assert_eq!(before, None);
        assert_eq!(names.hold("acme", "Acme"), (acme, Some("ACME".to_owned())));
        assert_eq!(names.hold("acme", "Acme"), (acme, None));
        assert_eq!((names.get(acme).count, names.all().len()), (3, 1));
        names.release(acme);
        assert_eq!(
            (names.get(acme).count, names.find("acme"), names.find("x")),
            (2, Some(acme), None)
        );
    }
}
