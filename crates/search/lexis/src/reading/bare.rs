//! Numbers without a unit: `tv 55` means 55 inches, for that is how televisions are told apart, and `iphone 7` the seventh,
//! which a shop may not have.

use super::kinds::LIKELY;
use super::reader::Reader;
use super::{Alternative, Pattern};
use crate::analysis::Shape;
use crate::lexicon::NameId;

/// Units that people leave out.
const LEFT_OUT: [&str; 12] = [
    "in", "gb", "tb", "w", "mah", "port", "mp", "va", "lm", "m", "ft", "l",
];
/// A kind that is less sure does not say what is measured.
const KIND_MIN: f32 = 0.5;
/// Products of the kinds that have the number with its unit, at least.
const PRODUCTS_MIN: u32 = 2;
/// Digits of a number that tells generations apart, at most.
const GENERATION_DIGITS_MAX: usize = 2;

impl Reader<'_> {
    /// Gives numbers the unit that most products of the named kinds have them in.
    pub(super) fn measure_bare_numbers(&mut self, kinds: &[(String, f32)]) {
        let sure: Vec<NameId> = kinds
            .iter()
            .filter(|(_, weight)| *weight >= KIND_MIN)
            .filter_map(|(slug, _)| self.lexicon.categories.find(slug))
            .collect();
        for at in 0..self.reads.len() {
            let range = self.reads[at].tokens.clone();
            let number = match self.tokens.get(range) {
                Some([token]) if token.shape == Shape::Number => token.term.clone(),
                _ => continue,
            };
            if self.is_said_so(at, &number) {
                continue;
            }
            if let Some(measure) = self.measured(&number, &sure) {
                let others = self.sizes_of(&measure);
                let read = &mut self.reads[at];
                read.concept.alternatives = vec![Alternative {
                    pattern: Pattern::Term(measure),
                    weight: 1.0,
                }];
                read.concept.alternatives.extend(others);
                read.exact = true;
            }
        }
    }

    /// Lets numbers go that tell nothing apart here: `iphone 7` where no title says `iPhone 7`. Wherever else such products
    /// have a 7, it is chance, and other phones are nearer to what is meant. It must stand right behind a thing that is
    /// called by other names, too, and of which the kind is likely.
    pub(super) fn free_bare_numbers(&mut self, kinds: &[(String, f32)]) {
        if kinds.first().is_none_or(|(_, weight)| *weight < LIKELY) {
            return;
        }
        for at in 1..self.reads.len() {
            let is_number = match self.tokens.get(self.reads[at].tokens.clone()) {
                Some([token]) => {
                    token.shape == Shape::Number && token.term.len() <= GENERATION_DIGITS_MAX
                }
                _ => false,
            };
            let read = &self.reads[at];
            // What was measured is no bare number any more.
            if !is_number || read.exact || self.reads[at - 1].wordings.len() < 2 {
                continue;
            }
            let number = self.tokens[read.tokens.start].term.clone();
            if !self.is_said_so(at, &number) {
                self.reads[at].concept.optional = true;
            }
        }
    }

    /// Whether titles say the number behind the word before it, as in `iPhone 8`: then it is a name.
    fn is_said_so(&self, at: usize, number: &str) -> bool {
        let before = at.checked_sub(1).map(|before| &self.reads[before].tokens);
        let before = before.and_then(|range| self.tokens.get(range.end.checked_sub(1)?));
        let word = before.and_then(|token| token.plain.last());
        word.is_some_and(|word| self.lexicon.follows(word, number) > 0)
    }

    /// The measure that a number usually stands for in these kinds.
    fn measured(&self, number: &str, kinds: &[NameId]) -> Option<String> {
        LEFT_OUT
            .iter()
            .map(|unit| format!("{number}{unit}"))
            .filter_map(|measure| {
                let held = self.lexicon.terms.get(&measure)?.kinds.iter();
                let products: u32 = held
                    .filter(|(category, _)| kinds.contains(category))
                    .map(|(_, products)| *products)
                    .sum();
                (products >= PRODUCTS_MIN).then_some((products, measure))
            })
            .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)))
            .map(|(_, measure)| measure)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::shop;

    #[test]
    fn a_number_that_tells_something_apart_must_be_found() {
        let shop = shop();
        for query in [
            // A title says it.
            "iphone 11",
            "iphone 7",
            // Nothing else is called so, or no kind is named.
            "windows 10",
            "router 3",
            "quality 7",
            // A size, a code, a number before the thing.
            "tv 55",
            "laptop 16",
            "rtx 2060",
            "laptop 1234",
            "7 iphone",
            "7",
        ] {
            let reading = shop.read(query);
            assert!(reading.concepts.iter().all(|c| !c.optional), "{query}");
        }
    }

    #[test]
    fn a_generation_that_the_shop_lacks_only_orders() {
        let shop = shop();
        for query in ["iphone 12", "iPhone 6 64gb", "macbook 13"] {
            let reading = shop.read(query);
            let optional: Vec<bool> = reading.concepts.iter().map(|c| c.optional).collect();
            assert_eq!(optional[..2], [false, true], "{query}: {reading:?}");
        }
    }
}
