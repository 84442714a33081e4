//! From texts to terms. Documents and queries go through the same functions, so that they meet.
//!
//! | text | terms |
//! | --- | --- |
//! | `Laptops`, `Écran` | `laptop`, `ecran`: folded, without plurals |
//! | `55"`, `55 inches`, `55-inch` | `55in` and its number `55`; likewise every unit |
//! | `wi-fi`, `Wi Fi` | `wifi`, `wi`, `fi`; `USB Type-C`, `usb-c`: `usbc` and the parts |
//! | `TN-2110`, `tn/2110` | `tn2110`, `tn`, `2110` |
//! | `1920 x 1080`, `10x15cm` | `1920x1080`, `1920`, `1080`; `10x15`, `15cm`, ... |
//! | `手机壳` | `手机`, `机壳`: scripts without spaces by pairs of characters |
//!
//! A term analysed again begins with itself.

mod codes;
mod fold;
mod merge;
mod number;
mod scan;
mod stem;
pub(crate) mod units;

use std::ops::Range;

pub(crate) use codes::CODE_CHARS_MAX;
pub use codes::{codes, compact, spellings};
pub use fold::fold;
pub use stem::stem;

/// Changes whenever a text may give other terms than before: an index of another version holds terms that queries no
/// longer ask for.
pub const VERSION: u32 = 2;

/// What a part of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One run of letters.
    Word,
    /// Letters only, joined by signs: `wi-fi`.
    Compound,
    /// A number without a unit.
    Number,
    /// A number with its unit: `55in`.
    Measure,
    /// Numbers with crosses between them: `1920x1080`.
    Size,
    /// Letters and digits in one, or digits with signs: `tn-2110`, `ps4`, `980-00123`.
    Code,
    /// Two characters of a script without spaces.
    Ideographs,
}

/// A part of a text that gives one term, and further ones for its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Its term.
    pub term: String,
    /// Terms of its parts, other than `term`: found as well, but less exactly.
    pub parts: Vec<String>,
    /// Its words as written, folded; the whole last.
    pub plain: Vec<String>,
    /// What it is.
    pub shape: Shape,
}

/// The tokens of a text, from left to right.
pub fn tokens(text: &str) -> Vec<Token> {
    let text = fold::compose(text);
    merge::merge(scan::Scanner::new(&text, &fold::folded(&text)).run())
}

/// The same while somebody is typing: the last word is not put together with those before it, for it may go on.
pub(crate) fn tokens_begun(text: &str) -> Vec<Token> {
    let text = fold::compose(text);
    let mut tokens = scan::Scanner::new(&text, &fold::folded(&text)).run();
    let last = tokens.pop();
    merge::merge(tokens).into_iter().chain(last).collect()
}

/// The terms of a text, in its order: each token's own, then those of its parts.
pub fn stems(text: &str) -> Vec<String> {
    tokens(text)
        .into_iter()
        .flat_map(|token| std::iter::once(token.term).chain(token.parts))
        .collect()
}

/// The words of a text as they are written, folded: what somebody typed begins one of them.
pub fn words(text: &str) -> Vec<String> {
    tokens(text)
        .into_iter()
        .flat_map(|token| token.plain)
        .collect()
}

/// Whether the ranges of [`tokens`] are places in this very text: not where syllables were written in pieces.
pub(crate) fn keeps_places(text: &str) -> bool {
    matches!(fold::compose(text), std::borrow::Cow::Borrowed(_))
}

#[cfg(test)]
mod tests;
