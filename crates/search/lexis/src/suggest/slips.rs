//! What was typed, without slips.

use super::{Begun, logarithm};
use crate::analysis;
use crate::lexicon::Lexicon;

/// Words with a slip in their beginning are looked for from this length on.
const SLIP_FROM: usize = 4;
/// Words of one beginning with a slip that are compared.
const SLIP_WORDS_MAX: usize = 64;
impl Lexicon {
    /// The text with its whole words corrected and its last one begun without a slip.
    pub(super) fn without_slips(&self, begun: &Begun) -> Option<Begun> {
        let others: Vec<&str> = begun.head.iter().map(String::as_str).collect();
        let mut head = Vec::with_capacity(begun.head.len());
        for word in &begun.head {
            let better = self.correct(word, &analysis::stem(word), &others);
            head.push(better.unwrap_or_else(|| word.clone()));
        }
        let last = if self.prefixes.has(&begun.last) {
            None
        } else {
            self.begin_without_slip(&begun.last)
        };
        let last = last.unwrap_or_else(|| begun.last.clone());
        let better = Begun { head, last };
        (better.text() != begun.text()).then_some(better)
    }

    /// The beginning of a frequent word that is one letter away from what was typed.
    fn begin_without_slip(&self, typed: &str) -> Option<String> {
        let letters: Vec<char> = typed.chars().collect();
        if letters.len() < SLIP_FROM
            || letters.len() > 20
            || !letters.iter().all(char::is_ascii_lowercase)
        {
            return None;
        }
        let products = |begin: &str| -> u32 {
            let words = self.prefixes.begun(begin).take(SLIP_WORDS_MAX);
            words
                .map(|(_, id)| self.words.value(id).products)
                .max()
                .unwrap_or(0)
        };
        let best = slips(&letters)
            .into_iter()
            .filter(|begin| self.prefixes.has(begin))
            .map(|begin| {
                let slip = f32::from(
                    u16::try_from(crate::spelling::effort(typed, &begin)).unwrap_or(u16::MAX),
                );
                (slip / 10.0 - 0.25 * logarithm(products(&begin)), begin)
            });
        best.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)))
            .map(|(_, begin)| begin)
    }
}

/// All texts that are one letter away.
fn slips(letters: &[char]) -> Vec<String> {
    let mut out = Vec::with_capacity(letters.len() * 54);
    for at in 0..=letters.len() {
        let (before, after) = letters.split_at(at);
        let join = |middle: Option<char>, rest: &[char]| {
            before
                .iter()
                .copied()
                .chain(middle)
                .chain(rest.iter().copied())
                .collect::<String>()
        };
        if let Some((first, rest)) = after.split_first() {
            out.push(join(None, rest));
            if let Some((second, rest)) = rest.split_first() {
                out.push(before.iter().chain([second, first]).chain(rest).collect());
            }
            out.extend(('a'..='z').map(|c| join(Some(c), rest)));
        }
        out.extend(('a'..='z').map(|c| join(Some(c), after)));
    }
    out
}
