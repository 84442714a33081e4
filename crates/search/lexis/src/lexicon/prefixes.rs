//! Words in alphabetical order, for those that somebody has begun to type.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::Id;

/// Words of so many products are also kept apart: who has typed one letter means one of them.
const FREQUENT_MIN: u32 = 8;
/// Letters from which all words are looked at.
const ALL_FROM: usize = 2;

/// Finds words by their beginnings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prefixes {
    all: BTreeMap<Box<str>, Id>,
    frequent: BTreeMap<Box<str>, Id>,
}

impl Prefixes {
    /// A word is held by one product more or less than before; `products` is the new number.
    pub(crate) fn changed(&mut self, word: &str, id: Id, products: u32, up: bool) {
        if up && products == 1 {
            self.all.insert(word.into(), id);
        } else if products == 0 {
            self.all.remove(word);
        }
        if up && products == FREQUENT_MIN {
            self.frequent.insert(word.into(), id);
        } else if products < FREQUENT_MIN && !self.frequent.is_empty() {
            self.frequent.remove(word);
        }
    }

    /// Words that begin so. Of one letter, the frequent ones.
    pub(crate) fn begun<'a>(&'a self, begin: &'a str) -> impl Iterator<Item = (&'a str, Id)> {
        let few = begin.chars().nth(ALL_FROM - 1).is_none() && !self.frequent.is_empty();
        let words = if few { &self.frequent } else { &self.all };
        let from = words.range::<str, _>((Bound::Included(begin), Bound::Unbounded));
        from.take_while(move |(word, _)| word.starts_with(begin))
            .map(|(word, id)| (&**word, *id))
    }

    /// Whether some word begins so.
    pub(crate) fn has(&self, begin: &str) -> bool {
        let mut from = self
            .all
            .range::<str, _>((Bound::Included(begin), Bound::Unbounded));
        from.next().is_some_and(|(word, _)| word.starts_with(begin))
    }

    pub(crate) fn bytes(&self) -> usize {
        self.all
            .iter()
            .chain(&self.frequent)
            .map(|(word, _)| word.len() + 40)
            .sum()
    }
}
