//! From folded characters to tokens.
use std::ops::Range;

use super::fold::{Folded, folded, is_unspaced};
use super::stem::stem;
use super::{Shape, Token};

/// Longer terms are cut: they are noise.
const TERM_BYTES_MAX: usize = 60;
/// Parts of one token; further ones are a token of their own.
pub(super) const PARTS_MAX: usize = 6;

/// Reads a text from left to right.
pub(super) struct Scanner<'a> {
    pub(super) chars: &'a [Folded],
    pub(super) text: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Scanner<'a> {
    /// `text` is what the characters were folded from.
    pub(super) fn new(text: &'a str, chars: &'a [Folded]) -> Self {
        Self {
            chars,
            text,
            tokens: Vec::with_capacity(chars.len() / 5),
        }
    }

    pub(super) fn run(mut self) -> Vec<Token> {
        let mut at = 0;
        while let Some(c) = self.char(at) {
            at = if is_unspaced(c) {
                self.ideographs(at)
            } else if c.is_ascii_digit() {
                self.number(at)
            } else if is_wordy(c) {
                self.compound(at)
            } else {
                at + 1
            };
        }
        self.tokens
    }

    pub(super) fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|f| f.c)
    }

    /// The end of the characters from `at` on that `is`.
    pub(super) fn while_at(&self, at: usize, is: impl Fn(char) -> bool) -> usize {
        let rest = self.chars.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|f| is(f.c)).count()
    }

    pub(super) fn folded(&self, range: Range<usize>) -> String {
        self.chars
            .get(range)
            .unwrap_or_default()
            .iter()
            .map(|f| f.c)
            .collect()
    }

    pub(super) fn push(
        &mut self,
        range: Range<usize>,
        shape: Shape,
        term: String,
        parts: Vec<String>,
        plain: Vec<String>,
    ) {
        let (Some(first), Some(last)) = (
            self.chars.get(range.start),
            self.chars.get(range.end.saturating_sub(1)),
        ) else {
            return;
        };
        let parts = parts
            .into_iter()
            .filter(|part| *part != term && !part.is_empty())
            .collect();
        self.tokens.push(Token {
            range: first.start..last.end,
            term,
            parts,
            plain,
            shape,
        });
    }

    /// Two neighbouring characters are a term, for no spaces tell where words end.
    fn ideographs(&mut self, at: usize) -> usize {
        let end = self.while_at(at, is_unspaced);
        if end - at == 1 {
            let term = self.folded(at..end);
            self.push(
                at..end,
                Shape::Ideographs,
                term.clone(),
                Vec::new(),
                vec![term],
            );
        }
        for i in at..end.saturating_sub(1) {
            let term = self.folded(i..i + 2);
            self.push(
                i..i + 2,
                Shape::Ideographs,
                term.clone(),
                Vec::new(),
                vec![term],
            );
        }
        end
    }

    /// Where a word goes on behind a sign that joins: `wi-fi`, `tn-2110`, `s/pdif`, `802.11ac`.
    pub(super) fn joined_at(&self, at: usize) -> Option<usize> {
        let sign = self.char(at)?;
        let next = self.char(at + 1)?;
        let joins = matches!(sign, '-' | '/' | '.' | '_' | '&' | '\'' | ',') && goes_on(next);
        let digits = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let comma = sign != ','
            || (digits(Some(next)) && digits(at.checked_sub(1).and_then(|i| self.char(i))));
        (joins && comma).then_some(at + 1)
    }

    /// A word, or several that signs join.
    pub(super) fn compound(&mut self, at: usize) -> usize {
        let run = |from| self.while_at(from, goes_on);
        let first = at..run(at);
        let mut parts = vec![first];
        let mut signs = Vec::new();
        while let Some(next) = self
            .joined_at(parts.last().map_or(at, |p| p.end))
            .filter(|_| parts.len() < PARTS_MAX)
        {
            signs.extend(self.char(next - 1));
            parts.push(next..run(next));
        }
        // `case's`
        if signs.last() == Some(&'\'')
            && parts.last().is_some_and(|p| self.folded(p.clone()) == "s")
        {
            let end = parts.pop().map_or(at, |p| p.end);
            signs.pop();
            let until = self.compound_of(&parts, &signs);
            return if until == parts.last().map_or(at, |p| p.end) {
                end
            } else {
                until
            };
        }
        self.compound_of(&parts, &signs)
    }

    /// Makes tokens of parts; the end of those that it took.
    fn compound_of(&mut self, ranges: &[Range<usize>], signs: &[char]) -> usize {
        let texts: Vec<String> = ranges
            .iter()
            .map(|r| cut(&self.folded(r.clone())).to_owned())
            .collect();
        let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else {
            return self.chars.len();
        };
        let short = texts.iter().any(|t| t.chars().count() == 1);
        let digits = texts.iter().any(|t| t.bytes().any(|b| b.is_ascii_digit()));
        let separate = signs.iter().any(|s| matches!(s, '/' | '.')) && !short && !digits;
        if texts.len() == 1 || separate {
            // `black/white`: the first alone, the rest is read again.
            self.single(first.clone(), &texts[0]);
            return self.after_plus(first.end);
        }
        let joined = cut(&texts.concat()).to_owned();
        let shape = if is_mixed(&joined) || joined.bytes().all(|b| b.is_ascii_digit()) {
            Shape::Code
        } else {
            Shape::Compound
        };
        let parts = texts.iter().map(|t| term_of(t)).collect();
        let mut plain = texts;
        plain.push(joined.clone());
        self.push(first.start..last.end, shape, term_of(&joined), parts, plain);
        self.after_plus(last.end)
    }

    fn single(&mut self, range: Range<usize>, text: &str) {
        let shape = if is_mixed(text) {
            Shape::Code
        } else {
            Shape::Word
        };
        // What begins with a digit is no measure and no size here, and has no plural.
        let term = if text.starts_with(|c: char| c.is_ascii_digit()) {
            text.to_owned()
        } else {
            stem(text)
        };
        self.push(range, shape, term, Vec::new(), vec![text.to_owned()]);
    }

    /// `S20+` is `S20 plus`; `port(s)` is `port`.
    fn after_plus(&mut self, end: usize) -> usize {
        if self.folded(end..end + 3) == "(s)" {
            return end + 3;
        }
        if self.char(end) == Some('+')
            && !self.char(end + 1).is_some_and(|c| is_wordy(c) || c == '+')
        {
            self.push(
                end..end + 1,
                Shape::Word,
                "plus".to_owned(),
                Vec::new(),
                vec!["plus".to_owned()],
            );
            return end + 1;
        }
        end
    }
}

/// The term of a run of letters and digits that signs join to others: what it gives when it stands alone.
fn term_of(text: &str) -> String {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return stem(text);
    }
    let alone = Scanner::new(text, &folded(text)).run();
    let first = alone.into_iter().next();
    first.map_or_else(|| text.to_owned(), |token| token.term)
}

/// Letters and digits in one.
fn is_mixed(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit()) && text.chars().any(char::is_alphabetic)
}

/// Letters, digits and the marks that belong to letters.
pub(super) fn is_wordy(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && unicode_normalization::char::is_combining_mark(c))
}

/// Whether a word goes on with this character: one of a script without spaces begins a word of its own.
pub(super) fn goes_on(c: char) -> bool {
    is_wordy(c) && !is_unspaced(c)
}

/// At most [`TERM_BYTES_MAX`] bytes of a text.
pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TERM_BYTES_MAX)]
}
