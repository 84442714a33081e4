//! Which codes the catalogue has: hashes only, for there are several per product.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// The highest count that is kept beside a hash.
const COUNT_MAX: u64 = 0xff;

/// Counts codes: eight bytes each, 56 bits of a hash and the count. Among a thousand million codes hardly two are taken
/// for each other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Codes {
    counts: HashTable<u64>,
    /// By hash, what is counted beyond [`COUNT_MAX`].
    further: HashMap<u64, u32>,
    hasher: DefaultHashBuilder,
}

impl Codes {
    pub(crate) fn add(&mut self, code: &str) {
        let key = self.key(code);
        match self.counts.find_mut(key, |entry| entry >> 8 == key >> 8) {
            Some(entry) if *entry & COUNT_MAX == COUNT_MAX => {
                *self.further.entry(key).or_default() += 1;
            }
            Some(entry) => *entry += 1,
            None => {
                self.counts
                    .insert_unique(key, key | 1, |entry| entry & !COUNT_MAX);
            }
        }
    }

    pub(crate) fn remove(&mut self, code: &str) {
        let key = self.key(code);
        if let Some(further) = self.further.get_mut(&key) {
            *further -= 1;
            if *further == 0 {
                self.further.remove(&key);
            }
            return;
        }
        if let Ok(mut entry) = self.counts.find_entry(key, |entry| entry >> 8 == key >> 8) {
            *entry.get_mut() -= 1;
            if *entry.get() & COUNT_MAX == 0 {
                entry.remove();
            }
        }
    }

    /// How many products hold it.
    pub(crate) fn count(&self, code: &str) -> u32 {
        let key = self.key(code);
        let kept = self
            .counts
            .find(key, |entry| entry >> 8 == key >> 8)
            .map_or(0, |entry| entry & COUNT_MAX);
        let further = self.further.get(&key).copied().unwrap_or(0);
        u32::try_from(kept).unwrap_or(0).saturating_add(further)
    }

    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.counts.capacity() * 8 / 7 * 9
    }

    /// The upper 56 bits of the hash.
    fn key(&self, code: &str) -> u64 {
        self.hasher.hash_one(code) & !COUNT_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_up_and_down() {
        let mut codes = Codes::default();
        for _ in 0..700 {
            codes.add("tn2110");
        }
        codes.add("x");
        assert_eq!(
            (
                codes.count("tn2110"),
                codes.count("x"),
                codes.count("y"),
                codes.len()
            ),
            (700, 1, 0, 2)
        );
        codes.remove("y");
        for left in (0..700).rev() {
            codes.remove("tn2110");
            assert_eq!(codes.count("tn2110"), left);
        }
        codes.remove("tn2110");
        assert_eq!((codes.count("tn2110"), codes.len()), (0, 1));
    }
}
