//! Which kind of product a query names: `laptop` names laptops, not their bags. English puts the thing last.

use std::collections::HashSet;

/// After these words a phrase only says more about its thing: `case for a phone`.
const PREPOSITIONS: [&str; 7] = ["for", "with", "without", "of", "in", "on", "from"];
/// Between these, a name lists several things: `bags and backpacks`.
const CONJUNCTIONS: [&str; 3] = ["and", "or", "&"];

/// A thing with what tells it apart: `camera` `bag`, the thing last. Words are folded and stemmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(Vec<String>);

/// What somebody asks for: the phrase of a query.
#[derive(Debug, Clone)]
pub struct Asked {
    thing: String,
    words: HashSet<String>,
}

/// The things that a category's name lists.
#[derive(Debug, Clone, Default)]
pub struct Kind(Vec<Phrase>);

impl Asked {
    /// Reads a query. `None` where it names no thing.
    pub fn read(words: &[String], stem: impl Fn(&str) -> Vec<String>) -> Option<Self> {
        let until = words
            .iter()
            .position(|word| PREPOSITIONS.contains(&word.as_str()))
            .unwrap_or(words.len());
        let thing = words
            .get(..until)?
            .iter()
            .flat_map(|word| stem(word))
            .next_back()?;
        Some(Self {
            thing,
            words: words.iter().flat_map(|word| stem(word)).collect(),
        })
    }
}

impl Kind {
    /// Reads a category's name. Before a conjunction, a word in the singular is not a thing but part of the next
    /// phrase: `laptop and device batteries`.
    pub fn read(name: &str, stem: impl Fn(&str) -> Vec<String>) -> Self {
        let lower = name.to_lowercase();
        let separated = lower.replace(',', " and ");
        let words: Vec<&str> = separated.split_whitespace().collect();
        let until = words
            .iter()
            .position(|word| PREPOSITIONS.contains(word))
            .unwrap_or(words.len());
        let listed: Vec<&[&str]> = words[..until]
            .split(|word| CONJUNCTIONS.contains(word))
            .filter(|phrase| !phrase.is_empty())
            .collect();
        let last = listed.len().saturating_sub(1);
        let phrases = listed
            .iter()
            .enumerate()
            .filter(|(i, phrase)| *i == last || phrase.last().is_some_and(|w| w.ends_with('s')));
        Self(
            phrases
                .map(|(_, phrase)| Phrase(phrase.iter().flat_map(|word| stem(word)).collect()))
                .collect(),
        )
    }

    /// How clearly a query asks for this kind: 0 not at all, 1 by its whole name.
    pub fn asked(&self, asked: &Asked) -> f32 {
        let shares = self.0.iter().map(|phrase| phrase.asked(asked));
        shares.fold(0.0, f32::max)
    }
}

impl Phrase {
    fn asked(&self, asked: &Asked) -> f32 {
        if self.0.last() != Some(&asked.thing) {
            return 0.0;
        }
        let named = self
            .0
            .iter()
            .filter(|word| asked.words.contains(*word))
            .count();
        share(named, self.0.len())
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a share of few words, which weighs a score"
)]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts the plural off, which is enough here.
    fn stem(word: &str) -> Vec<String> {
        vec![word.strip_suffix('s').unwrap_or(word).to_owned()]
    }

    fn asked(query: &str, category: &str) -> f32 {
        let words: Vec<String> = query.split_whitespace().map(str::to_owned).collect();
        Asked::read(&words, stem).map_or(0.0, |asked| Kind::read(category, stem).asked(&asked))
    }

    #[test]
    fn the_last_word_is_the_thing() {
        for (query, category, wanted) in [
            ("laptop", "Laptops", 1.0),
            ("gaming laptop", "Laptops", 1.0),
            ("laptop", "Laptop bags and backpacks", 0.0),
            ("laptop bag", "Laptop bags and backpacks", 1.0),
            ("backpack", "Laptop bags and backpacks", 1.0),
            ("laptop bag", "Laptops", 0.0),
            ("camera", "Digital cameras", 0.5),
            ("phone case", "Camera bags and cases", 1.0),
            ("laptop", "Laptop and device batteries", 0.0),
            ("case for a laptop", "Laptops", 0.0),
            ("case for a laptop", "Cases", 1.0),
            ("splitter", "Video splitters, switches and extenders", 0.5),
            ("extender", "Video splitters, switches and extenders", 1.0),
            ("", "Laptops", 0.0),
            ("for", "Laptops", 0.0),
            ("laptop", "", 0.0),
        ] {
            assert!(
                (asked(query, category) - wanted).abs() < f32::EPSILON,
                "{query} / {category}"
            );
        }
    }
}
