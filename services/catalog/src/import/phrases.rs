//! Finds many words and phrases in a text in one pass.
//!
//! Text is lower-cased and split at everything that is no letter or digit, so "Wi-Fi" is the two words `wi fi`.

use std::collections::HashMap;

/// A text cut into lower-case words.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|ch: char| !ch.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Index of phrases; each phrase is known by its number.
#[derive(Debug, Default)]
pub(super) struct PhraseTable {
    phrases: Vec<Phrase>,
    numbers: HashMap<String, usize>,
    by_first_word: HashMap<String, Vec<usize>>,
    by_stem: HashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Phrase {
    words: Vec<String>,
    /// The last word may go on: `cartridge*`.
    open: bool,
}

/// Shortest stem a single-word prefix may have.
const STEM: usize = 3;

impl PhraseTable {
    /// Adds a phrase such as `toner cartridge*` and gives its number.
    pub(super) fn add(&mut self, phrase: &str) -> Result<usize, String> {
        let (body, open) = phrase
            .strip_suffix('*')
            .map_or((phrase, false), |body| (body, true));
        let words = words(body);
        let Some(first) = words.first() else {
            return Err(format!("`{phrase}` holds no word"));
        };
        let key = format!("{}{}", words.join(" "), if open { "*" } else { "" });
        if let Some(number) = self.numbers.get(&key) {
            return Ok(*number);
        }
        let number = self.phrases.len();
        if open && words.len() == 1 {
            let Some(stem) = first.get(..STEM) else {
                return Err(format!(
                    "`{phrase}` is too short for a prefix: {STEM} letters at least"
                ));
            };
            self.by_stem
                .entry(stem.to_owned())
                .or_default()
                .push(number);
        } else {
            self.by_first_word
                .entry(first.clone())
                .or_default()
                .push(number);
        }
        self.phrases.push(Phrase { words, open });
        self.numbers.insert(key, number);
        Ok(number)
    }

    /// Which phrases occur in the words; indexed by phrase number.
    pub(super) fn find(&self, text: &[String]) -> Vec<bool> {
        let mut found = vec![false; self.phrases.len()];
        self.find_into(text, &mut found);
        found
    }

    /// Like [`Self::find`], adding to what was found elsewhere.
    pub(super) fn find_into(&self, text: &[String], found: &mut [bool]) {
        for (at, word) in text.iter().enumerate() {
            let stem = word.get(..STEM).and_then(|stem| self.by_stem.get(stem));
            for number in self
                .by_first_word
                .get(word)
                .into_iter()
                .chain(stem)
                .flatten()
            {
                if !found[*number] && self.phrases[*number].matches(&text[at..]) {
                    found[*number] = true;
                }
            }
        }
    }
}

impl Phrase {
    fn matches(&self, text: &[String]) -> bool {
        let last = self.words.len() - 1;
        text.len() > last
            && self
                .words
                .iter()
                .zip(text)
                .enumerate()
                .all(|(at, (want, have))| {
                    if self.open && at == last {
                        have.starts_with(want.as_str())
                    } else {
                        have == want
                    }
                })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_match_whole_words_and_prefixes() {
        let mut table = PhraseTable::default();
        let toner = table.add("toner cartridge*").unwrap();
        let ups = table.add("UPS").unwrap();
        let cable = table.add("cab*").unwrap();
        assert_eq!(table.add("ups").unwrap(), ups);
        let found = table.find(&words("Xerox Toner-Cartridges, black, groups, cables"));
        assert!(found[toner] && found[cable] && !found[ups]);
        assert!(table.find(&words("Smart-UPS 1500"))[ups]);
        assert!(!table.find(&words("toner"))[toner]);
    }

    #[test]
    fn useless_phrases_are_refused() {
        let mut table = PhraseTable::default();
        assert!(table.add(" - ").is_err());
        assert!(table.add("a*").is_err());
    }
}
