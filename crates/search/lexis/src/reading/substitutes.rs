//! What the shop has in place of what it has not: smartphones for `iphone`, where no smartphone is called so.

use super::kinds::{LIKELY, SURE};
use super::reader::{Read, Reader};
use super::wordings::{alternative, phrase};
use crate::lexicon::NameId;

/// What a substitute counts: less than any synonym.
const SUBSTITUTE: f32 = 0.5;

impl Reader<'_> {
    /// Lets products of the likeliest kind stand for what a synonym says is a thing of this kind (`iphone`: an Apple
    /// smartphone), if no title of the kind says it: then the kind is as good as named. Where the shop has the thing
    /// itself, nothing stands for it.
    pub(super) fn offer_substitutes(&mut self, kinds: &mut [(String, f32)]) {
        let Some((slug, weight)) = kinds.first_mut().filter(|(_, weight)| *weight >= LIKELY) else {
            return;
        };
        let Some(kind) = self.lexicon.categories.find(slug) else {
            return;
        };
        for at in 0..self.reads.len() {
            let read = &self.reads[at];
            if read.tokens.start >= self.thing_end || read.concept.optional || read.brand {
                continue;
            }
            let Some(words) = self.substitute(read, kind) else {
                continue;
            };
            *weight = weight.max(SURE);
            let pattern = phrase(words);
            let alternatives = &mut self.reads[at].concept.alternatives;
            if alternatives.iter().all(|a| a.pattern != pattern) {
                alternatives.push(alternative(pattern, SUBSTITUTE));
            }
        }
    }

    /// What a kind calls the thing that a synonym narrows down: `smartphone` for `apple smartphone`.
    fn substitute(&self, read: &Read, kind: NameId) -> Option<Vec<String>> {
        let said = |words: &Vec<String>| words.iter().all(|w| self.lexicon.is_said_of(w, kind));
        if read.wordings.iter().any(said) {
            return None;
        }
        let narrower = read.wordings.iter().skip(1).filter(|words| words.len() > 1);
        let things = self.lexicon.kinds.phrases(kind);
        narrower.filter_map(|words| words.last()).find_map(|thing| {
            let listed = things.iter().find(|p| p.words.last() == Some(thing))?;
            Some(listed.words.clone())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::reading::wordings::SYNONYM;
    use crate::reading::{Alternative, Reading};
    use crate::testing::shop;
    use crate::{KIND_SURE, Pattern};

    fn stands_in(reading: &Reading, concept: usize, word: &str) -> Option<f32> {
        let is = |a: &&Alternative| a.pattern == Pattern::Term(word.to_owned());
        let found = reading.concepts[concept].alternatives.iter().find(is);
        found.map(|a| a.weight)
    }

    #[test]
    fn nothing_stands_for_what_the_shop_has_or_what_is_only_its_purpose() {
        let shop = shop();
        for (query, at, word) in [
            ("iphone", 0, "smartphone"),
            ("iphone 11", 0, "smartphone"),
            ("thinkpad", 0, "laptop"),
            // By another name the shop has it.
            ("earphones", 0, "headphone"),
            ("bag for macbook", 2, "laptop"),
            ("macbook bag", 0, "laptop"),
            // It names no kind of this shop.
            ("playstation", 0, "console"),
            // The whole thing is meant, nothing narrower.
            ("notebook", 0, "smartphone"),
            ("tn2110", 0, "toner"),
        ] {
            assert_eq!(
                stands_in(&shop.read(query), at, word),
                None,
                "{word} for {query}"
            );
        }
    }

    #[test]
    fn the_kind_stands_for_what_the_shop_lacks_and_counts_less_than_a_synonym() {
        let shop = shop();
        for query in ["macbook", "MacBooks", "black macbook"] {
            let reading = shop.read(query);
            let weight = stands_in(&reading, reading.concepts.len() - 1, "laptop");
            assert!(weight.is_some_and(|w| w < SYNONYM), "{query}: {reading:?}");
            let kind = reading.kinds.first();
            assert!(kind.is_some_and(|k| k.0 == "laptops" && k.1 >= KIND_SURE));
        }
    }
}
