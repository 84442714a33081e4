//! Numbers without a unit: `tv 55` means 55 inches, for that is how televisions are told apart.

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
