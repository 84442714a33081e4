//! The things that the names of categories list: `Camera bags and cases` are camera bags and camera cases.

use std::collections::HashMap;

use super::NameId;
use crate::analysis;
use crate::words::is_preposition;

/// Between these, a name lists several things.
const CONJUNCTIONS: [&str; 3] = ["and", "or", "&"];
/// Things that go with other things: who asks for those does not mean these.
const COMPANIONS: [&str; 40] = [
    "accessory",
    "adapter",
    "antenna",
    "arm",
    "bag",
    "battery",
    "cable",
    "cabinet",
    "cap",
    "case",
    "charger",
    "converter",
    "cover",
    "dock",
    "drum",
    "enclosure",
    "extender",
    "filter",
    "finisher",
    "hood",
    "injector",
    "kit",
    "lamp",
    "license",
    "lock",
    "module",
    "mount",
    "part",
    "protector",
    "rack",
    "remote",
    "ribbon",
    "sleeve",
    "splitter",
    "stand",
    "station",
    "strap",
    "support",
    "tray",
    "warranty",
];

/// A thing with what tells it apart: `digital` `camera`, the thing last. Terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    /// The words of its own.
    pub(crate) words: Vec<String>,
    /// Words before the first thing of the list, which may belong to this one too.
    pub(crate) shared: Vec<String>,
    /// The list begins with it.
    pub(crate) first: bool,
}

/// The things of all categories.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kinds {
    phrases: HashMap<NameId, Vec<Phrase>>,
    /// Words of the names as written, with their stems.
    name_words: HashMap<NameId, Vec<(String, String)>>,
    /// The things of the names as they are written, in lower case.
    shown: HashMap<NameId, Vec<String>>,
    /// Products that are in a category itself, not in one below.
    products: HashMap<NameId, u32>,
    /// Categories by their things.
    by_thing: HashMap<String, Vec<NameId>>,
}

impl Kinds {
    /// Takes a category's name in, instead of the one that it had before.
    pub(crate) fn name(&mut self, category: NameId, name: &str) {
        if let Some(before) = self.phrases.remove(&category) {
            for thing in before.iter().filter_map(|p| p.words.last()) {
                if let Some(categories) = self.by_thing.get_mut(thing) {
                    categories.retain(|c| *c != category);
                }
            }
        }
        let phrases = phrases(name);
        for thing in phrases.iter().filter_map(|p| p.words.last()) {
            let categories = self.by_thing.entry(thing.clone()).or_default();
            if !categories.contains(&category) {
                categories.push(category);
            }
        }
        self.phrases.insert(category, phrases);
        let words = analysis::words(name)
            .into_iter()
            .map(|word| (analysis::stem(&word), word));
        self.name_words
            .insert(category, words.map(|(stem, word)| (word, stem)).collect());
        self.shown.insert(category, listed(&analysis::fold(name)));
    }

    /// One product more or less is in a category itself.
    pub(crate) fn count(&mut self, category: NameId, up: bool) {
        let products = self.products.entry(category).or_default();
        *products = if up {
            products.saturating_add(1)
        } else {
            products.saturating_sub(1)
        };
    }

    /// How many products are in a category itself.
    pub(crate) fn products(&self, category: NameId) -> u32 {
        self.products.get(&category).copied().unwrap_or(0)
    }

    /// Words of a category's name as written, with their stems.
    pub(crate) fn name_words(&self, category: NameId) -> &[(String, String)] {
        self.name_words.get(&category).map_or(&[], Vec::as_slice)
    }

    /// The things that a category's name lists, in lower case: `camera bags`, `cases`.
    pub(crate) fn shown(&self, category: NameId) -> impl Iterator<Item = &str> {
        self.shown
            .get(&category)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// The things that a category lists.
    pub(crate) fn phrases(&self, category: NameId) -> &[Phrase] {
        self.phrases.get(&category).map_or(&[], Vec::as_slice)
    }

    /// Categories that list a thing.
    pub(crate) fn of_thing(&self, thing: &str) -> &[NameId] {
        self.by_thing.get(thing).map_or(&[], Vec::as_slice)
    }

    /// Whether a category's things go with those that its name says before them: `phone cases`, not `batteries`.
    pub(crate) fn are_companions(&self, category: NameId) -> bool {
        let companion = |p: &Phrase| {
            p.words.len() > 1 && p.words.last().is_some_and(|thing| is_companion(thing))
        };
        self.phrases(category).iter().any(companion)
    }
}

/// Whether a thing goes with other things.
pub(crate) fn is_companion(thing: &str) -> bool {
    COMPANIONS.contains(&thing)
}

/// The things of a list, as written: `phone cases` and `tablet cases` of `phone and tablet cases`.
fn listed(lower: &str) -> Vec<String> {
    let separated = lower.replace(',', " and ");
    let words: Vec<&str> = separated.split_whitespace().take(32).collect();
    let phrases: Vec<&[&str]> = words
        .split(|word| CONJUNCTIONS.contains(word))
        .filter(|phrase| !phrase.is_empty())
        .collect();
    let Some(last) = phrases.last().and_then(|phrase| phrase.last()) else {
        return Vec::new();
    };
    let shown = |(i, phrase): (usize, &&[&str])| {
        let several = phrase
            .last()
            .is_some_and(|word| analysis::stem(word) != *word);
        let alone = several || i + 1 == phrases.len() || analysis::stem(last) == *last;
        if alone {
            phrase.join(" ")
        } else {
            format!("{} {last}", phrase.join(" "))
        }
    };
    phrases.iter().enumerate().map(shown).collect()
}

/// Reads a category's name.
fn phrases(name: &str) -> Vec<Phrase> {
    let lower = analysis::fold(name).replace(',', " and ");
    let words: Vec<&str> = lower
        .split_whitespace()
        .take_while(|word| !is_preposition(word))
        .take(32)
        .collect();
    let listed: Vec<&[&str]> = words
        .split(|word| CONJUNCTIONS.contains(word))
        .filter(|phrase| !phrase.is_empty())
        .collect();
    let terms = |words: &[&str]| -> Vec<String> {
        words
            .iter()
            .flat_map(|word| analysis::tokens(word))
            .map(|token| token.term)
            .collect()
    };
    let Some(last) = listed.last() else {
        return Vec::new();
    };
    // The words before the thing that stands first: `camera` of `Camera bags and cases`.
    let shared = match listed.first() {
        Some([before @ .., _]) if listed.len() > 1 => terms(before),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for (i, phrase) in listed.iter().enumerate() {
        let is_last = i + 1 == listed.len();
        let several = phrase
            .last()
            .is_some_and(|word| analysis::stem(word) != *word);
        let mut words = terms(phrase);
        if !is_last && !several && last.len() > 1 {
            // `Phone` of `Phone and tablet cases` is no thing but says more about the last.
            words.extend(terms(&last[last.len() - 1..]));
        }
        let shared = if i == 0 {
            Vec::new()
        } else {
            shared
                .iter()
                .filter(|w| !words.contains(w))
                .cloned()
                .collect()
        };
        if !words.is_empty() {
            found.push(Phrase {
                first: found.is_empty(),
                words,
                shared,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_list_things() {
        for (name, wanted) in [
            ("Laptops", "laptop"),
            ("Digital cameras", "digital camera"),
            ("Camera bags and cases", "camera bag | case (camera)"),
            ("Phone and tablet cases", "phone case | tablet case"),
            (
                "Laptop and device batteries",
                "laptop battery | device battery",
            ),
            (
                "Keyboards, mice and accessories",
                "keyboard | mouse | accessory",
            ),
            (
                "Lens filters, hoods and caps",
                "lens filter | hood (lens) | cap (lens)",
            ),
            (
                "Batteries and battery chargers",
                "battery | battery charger",
            ),
            (
                "TV mounts, monitor arms and stands",
                "tv mount | monitor arm (tv) | stand (tv)",
            ),
            ("Cases for phones", "case"),
            ("Tablets & e-readers", "tablet | ereader"),
            ("Hi-fi", "hifi"),
            ("Memory", "memory"),
            ("", ""),
            ("and, or", ""),
        ] {
            let found: Vec<String> = phrases(name)
                .iter()
                .map(|p| match p.shared.as_slice() {
                    [] => p.words.join(" "),
                    shared => format!("{} ({})", p.words.join(" "), shared.join(" ")),
                })
                .collect();
            assert_eq!(found.join(" | "), wanted, "{name}");
        }
    }

    #[test]
    fn only_one_thing_begins_a_list() {
        for (name, wanted) in [
            ("", &[][..]),
            ("Laptops", &[true]),
            ("Pens, tablets and presenters", &[true, false, false]),
            ("Phone and tablet cases", &[true, false]),
        ] {
            let first: Vec<bool> = phrases(name).iter().map(|p| p.first).collect();
            assert_eq!(first, wanted, "{name}");
        }
    }

    #[test]
    fn things_are_shown_as_written() {
        for (name, wanted) in [
            ("Phone and tablet cases", "phone cases|tablet cases"),
            ("Camera bags and cases", "camera bags|cases"),
            ("Ink, toner and paper", "ink|toner|paper"),
            (
                "TV mounts, monitor arms and stands",
                "tv mounts|monitor arms|stands",
            ),
            ("Laptops", "laptops"),
            ("", ""),
        ] {
            assert_eq!(listed(&analysis::fold(name)).join("|"), wanted, "{name}");
        }
    }

    #[test]
    fn a_new_name_replaces_the_old_one() {
        let mut kinds = Kinds::default();
        kinds.name(3, "Laptops");
        kinds.name(3, "Notebook bags");
        assert!(kinds.of_thing("laptop").is_empty());
        assert_eq!(kinds.of_thing("bag"), [3]);
        assert!(kinds.are_companions(3) && !kinds.are_companions(4));
    }
}
