//! Words of a query.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A query has at most this many words; further ones are left out.
pub const WORDS_MAX: usize = 32;

/// The words of a text: separated by white space, lower case, without accents.
pub fn split(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(fold)
        .filter(|w| !w.is_empty())
        .take(WORDS_MAX)
        .collect()
}

/// Lower case without accents.
pub fn fold(word: &str) -> String {
    word.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Letters and digits only: `TN-2110`, `tn2110` and `TN/2110` are one code.
pub fn compact(word: &str) -> String {
    fold(word).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The parts between other characters: `wi-fi` has two.
pub fn parts(word: &str) -> Vec<&str> {
    word.split(|c: char| !c.is_alphanumeric())
        .filter(|p| !p.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_splits_and_compacts() {
        assert_eq!(
            split("  Écran 27\u{2033}  WI-FI "),
            ["ecran", "27\u{2033}", "wi-fi"]
        );
        assert_eq!(compact("TN-2110/X"), "tn2110x");
        assert_eq!(parts("wi-fi"), ["wi", "fi"]);
        assert!(parts("***").is_empty());
        assert_eq!(split(&"a ".repeat(100)).len(), WORDS_MAX);
    }
}
