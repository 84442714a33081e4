//! Words that are near to a misspelt one.
//!
//! Every word is filed under what remains of its beginning when letters are left out; so is what was typed. Words that
//! meet there are compared (the method of `SymSpell`). Entries are eight bytes, in one sorted list and a small set of
//! recent ones.

mod distance;

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hasher as _};

use hashbrown::DefaultHashBuilder;

pub(crate) use distance::{edits, effort};

use crate::lexicon::Id;

/// Shorter words are not corrected to.
const LENGTH_MIN: usize = 3;
/// Longer words are neither corrected nor corrected to.
const LENGTH_MAX: usize = 24;
/// Letters of a word that are filed.
const BEGIN: usize = 7;
/// Words from this length on are filed with two letters left out.
const TWO_FROM: usize = 7;
/// Recent entries are merged when they are more than this and an eighth of all.
const RECENT_MIN: usize = 4_096;

/// Finds words by what remains of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spelling {
    filed: Vec<(u32, Id)>,
    recent: BTreeSet<(u32, Id)>,
    hasher: DefaultHashBuilder,
}

impl Spelling {
    /// Files a word, if it is one of letters.
    pub(crate) fn insert(&mut self, word: &str, id: Id) {
        let Some(letters) = letters(word) else { return };
        let left_out = if letters.len() >= TWO_FROM { 2 } else { 1 };
        for key in self.keys(&letters, left_out) {
            self.recent.insert((key, id));
        }
        if self.recent.len() > RECENT_MIN.max(self.filed.len() / 8) {
            self.filed.extend(std::mem::take(&mut self.recent));
            self.filed.sort_unstable();
            self.filed.dedup();
            self.filed.shrink_to_fit();
        }
    }

    /// Takes words out. The ids are sorted.
    pub(crate) fn remove(&mut self, ids: &[Id]) {
        let stays = |entry: &(u32, Id)| ids.binary_search(&entry.1).is_err();
        self.filed.retain(stays);
        self.recent.retain(stays);
    }

    /// Ids of words that may be near: a few of them are not, some that are two edits away are missing.
    pub(crate) fn near(&self, word: &str) -> Vec<Id> {
        let Some(letters) = letters(word) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for key in self.keys(&letters, edits_max(letters.len())) {
            let from = self.filed.partition_point(|entry| entry.0 < key);
            let filed = self.filed.get(from..).unwrap_or_default();
            found.extend(
                filed
                    .iter()
                    .take_while(|entry| entry.0 == key)
                    .map(|entry| entry.1),
            );
            found.extend(
                self.recent
                    .range((key, 0)..=(key, Id::MAX))
                    .map(|entry| entry.1),
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Bytes in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        self.filed.capacity() * size_of::<(u32, Id)>() + self.recent.len() * 12
    }

    /// What remains of the beginning of a word with up to `left_out` letters left out, hashed.
    fn keys(&self, letters: &[char], left_out: usize) -> Vec<u32> {
        let begin = letters.get(..BEGIN).unwrap_or(letters);
        let mut keys = vec![self.key(begin, usize::MAX, usize::MAX)];
        for i in 0..begin.len() {
            keys.push(self.key(begin, i, usize::MAX));
            if left_out > 1 {
                keys.extend((i + 1..begin.len()).map(|j| self.key(begin, i, j)));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn key(&self, letters: &[char], i: usize, j: usize) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        for (at, &letter) in letters.iter().enumerate() {
            if at != i && at != j {
                hasher.write_u32(u32::from(letter));
            }
        }
        // The upper half of the hash: 32 bits are enough, for what is found is compared.
        u32::try_from(hasher.finish() >> 32).unwrap_or(0)
    }
}

/// How many edits are forgiven in a word of so many letters.
pub(crate) fn edits_max(length: usize) -> usize {
    match length {
        0..LENGTH_MIN => 0,
        LENGTH_MIN..7 => 1,
        _ => 2,
    }
}

/// The letters of a word that takes part: letters only, neither short nor long.
fn letters(word: &str) -> Option<Vec<char>> {
    let fits = word.len() <= 4 * LENGTH_MAX && word.chars().all(char::is_alphabetic);
    let letters: Vec<char> = if fits {
        word.chars().collect()
    } else {
        Vec::new()
    };
    (LENGTH_MIN..=LENGTH_MAX)
        .contains(&letters.len())
        .then_some(letters)
}

#[cfg(test)]
mod tests;
