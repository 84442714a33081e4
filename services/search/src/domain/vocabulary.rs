//! The words of the catalogue, with how many products hold them: completes and corrects what is typed.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::words;

/// Words shorter than this are neither completed to nor corrected.
const LENGTH_MIN: usize = 3;
/// A correction is a word of at least this many products.
const COUNT_MIN: u32 = 2;

/// Counts words.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    counts: BTreeMap<String, u32>,
}

impl Vocabulary {
    /// Counts the words of a text, `times` each.
    pub fn add(&mut self, text: &str, times: u32) {
        for word in plain_words(text).filter(|_| times > 0) {
            let count = self.counts.entry(word).or_default();
            *count = count.saturating_add(times);
        }
    }

    /// Takes back what [`Vocabulary::add`] counted for the same text.
    pub fn remove(&mut self, text: &str, times: u32) {
        for word in plain_words(text) {
            if let Some(count) = self.counts.get_mut(&word) {
                *count = count.saturating_sub(times);
                if *count == 0 {
                    self.counts.remove(&word);
                }
            }
        }
    }

    /// The most frequent words that begin with `prefix`, itself included.
    pub fn complete(&self, prefix: &str, limit: usize) -> Vec<&str> {
        let range = (Bound::Included(prefix.to_owned()), Bound::Unbounded);
        let mut found: Vec<_> = self
            .counts
            .range::<String, _>(range)
            .take_while(|(word, _)| word.starts_with(prefix))
            .collect();
        found.sort_by(|a, b| {
            b.1.cmp(a.1)
                .then_with(|| a.0.len().cmp(&b.0.len()))
                .then_with(|| a.0.cmp(b.0))
        });
        found
            .into_iter()
            .take(limit)
            .map(|(word, _)| word.as_str())
            .collect()
    }

    /// The word that was probably meant: the nearest known one, the most frequent among equals. `None` for words that
    /// are known, hold digits, or are too short to tell.
    pub fn correct(&self, word: &str) -> Option<&str> {
        let length = word.chars().count();
        if length < LENGTH_MIN + 1
            || word.chars().any(|c| !c.is_alphabetic())
            || self.counts.contains_key(word)
        {
            return None;
        }
        let distance_max = if length < 8 { 1 } else { 2 };
        let near = |candidate: &str| candidate.chars().count().abs_diff(length) <= distance_max;
        self.counts
            .iter()
            .filter(|(candidate, count)| **count >= COUNT_MIN && near(candidate))
            .map(|(candidate, count)| (strsim::osa_distance(word, candidate), count, candidate))
            .filter(|(distance, _, _)| *distance <= distance_max)
            .min_by(|a, b| {
                a.0.cmp(&b.0)
                    .then_with(|| b.1.cmp(a.1))
                    .then_with(|| a.2.cmp(b.2))
            })
            .map(|(_, _, candidate)| candidate.as_str())
    }
}

/// Words of letters only: numbers are neither completed nor corrected.
fn plain_words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= LENGTH_MIN && word.chars().all(char::is_alphabetic))
        .map(words::fold)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let mut v = Vocabulary::default();
        for title in [
            "Laptop 15",
            "Laptop stand",
            "Lamp",
            "Headphones",
            "Headphones case",
            "Lapel microphone",
        ] {
            v.add(title, 1);
        }
        v
    }

    #[test]
    fn completes_with_the_most_frequent_first() {
        let v = vocabulary();
        assert_eq!(v.complete("lap", 5), ["laptop", "lapel"]);
        assert_eq!(v.complete("lap", 1), ["laptop"]);
        assert!(v.complete("zzz", 5).is_empty());
    }

    #[test]
    fn corrects_only_what_is_unknown_and_near_to_a_frequent_word() {
        let v = vocabulary();
        assert_eq!(v.correct("latpop"), Some("laptop"));
        assert_eq!(v.correct("headhpones"), Some("headphones"));
        for word in ["laptop", "lamq", "tn2110", "lap", "xylophone", ""] {
            assert_eq!(v.correct(word), None, "{word}");
        }
    }

    #[test]
    fn forgets_what_is_taken_back() {
        let mut v = vocabulary();
        v.remove("Lapel microphone", 1);
        assert_eq!(v.complete("lap", 5), ["laptop"]);
    }
}
