//! Where a title holds what was searched.

use std::ops::Range;

use super::{Pattern, Reading};
use crate::analysis::{self, CODE_CHARS_MAX, Shape, compact};

/// Tokens that a code may be written in.
const CODE_TOKENS_MAX: usize = 3;
/// In longer texts nothing is highlighted: no title is.
const BYTES_MAX: usize = 8_192;

/// A place in a title and in what is kept of it: small, as many titles are kept.
type Place = u16;

/// A title that was read once: what of it matches is told without reading it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Title {
    marks: Box<[Mark]>,
    says: Box<[Said]>,
    /// Terms and words, one after the other.
    texts: Box<str>,
    /// The title's letters and digits, as codes are compared.
    compacted: Box<str>,
}

/// What is looked for in titles.
#[derive(Debug)]
pub struct Highlighter<'a> {
    /// Sorted.
    terms: Vec<&'a str>,
    joined: Vec<&'a str>,
    prefixes: Vec<&'a str>,
}

/// A token of a title.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    /// Its place in UTF-16 code units.
    place: Range<Place>,
    /// Its place in the letters and digits.
    compacted: Range<Place>,
    /// Where what it says ends, in [`Title::says`].
    says_end: Place,
    /// Whether it may be a part of a code.
    is_of_code: bool,
}

/// A term or a word of a token, in [`Title::texts`].
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    text: Range<Place>,
    is_term: bool,
}

impl Reading {
    /// The places of a text that match the query, from left to right, in UTF-16 code units (as JavaScript counts): words
    /// in any of their forms and wordings, codes in any spelling, words that begin as typed.
    pub fn highlight(&self, text: &str) -> Vec<Range<usize>> {
        self.highlighter().places(&Title::of(text))
    }

    /// What [`Reading::highlight`] looks for: made once for many titles.
    pub fn highlighter(&self) -> Highlighter<'_> {
        let mut looked = Highlighter {
            terms: Vec::new(),
            joined: Vec::new(),
            prefixes: Vec::new(),
        };
        let important = self.concepts.iter().filter(|c| !c.optional);
        for pattern in important.flat_map(|c| &c.alternatives).map(|a| &a.pattern) {
            match pattern {
                Pattern::Term(text) | Pattern::Code(text) => {
                    looked.terms.push(text);
                    looked.joined.push(text);
                }
                Pattern::Phrase(terms) | Pattern::All(terms) => {
                    looked.terms.extend(terms.iter().map(String::as_str));
                }
                Pattern::Prefix(prefix) => looked.prefixes.push(prefix),
            }
        }
        looked.terms.sort_unstable();
        looked.terms.dedup();
        looked
    }
}

impl Title {
    /// Reads a title.
    pub fn of(text: &str) -> Self {
        if text.len() > BYTES_MAX || !analysis::keeps_places(text) {
            return Self::default();
        }
        let (mut marks, mut says) = (Vec::new(), Vec::new());
        let (mut texts, mut compacted) = (String::new(), String::new());
        let mut places = Places::of(text);
        // Ends of codes, by the places of the bytes they are of.
        let mut codes = Vec::with_capacity(text.len().saturating_add(1));
        for (byte, c) in text.char_indices() {
            codes.resize(byte.saturating_add(1), short(compacted.len()));
            if c.is_ascii_alphanumeric() {
                compacted.push(c.to_ascii_lowercase());
            } else if !c.is_ascii() {
                compacted.push_str(&compact(c.encode_utf8(&mut [0; 4])));
            }
        }
        codes.resize(text.len().saturating_add(1), short(compacted.len()));
        let code = |byte: usize| codes.get(byte).copied().unwrap_or_default();
        for token in analysis::tokens(text) {
            let terms = std::iter::once(&token.term).chain(&token.parts);
            let words = token.plain.iter().map(|word| (word, false));
            for (text, is_term) in terms.map(|term| (term, true)).chain(words) {
                // Most words are their own terms.
                let known = says.last().map(|said: &Said| said.text.clone());
                let known = known.filter(|known| cut(&texts, known) == text);
                let text = known.unwrap_or_else(|| {
                    let start = short(texts.len());
                    texts.push_str(text);
                    start..short(texts.len())
                });
                says.push(Said { text, is_term });
            }
            marks.push(Mark {
                place: places.at(token.range.start)..places.at(token.range.end),
                compacted: code(token.range.start)..code(token.range.end),
                says_end: short(says.len()),
                is_of_code: matches!(token.shape, Shape::Word | Shape::Code | Shape::Number),
            });
        }
        Self {
            marks: marks.into(),
            says: says.into(),
            texts: texts.into(),
            compacted: compacted.into(),
        }
    }
}

impl Highlighter<'_> {
    /// See [`Reading::highlight`]. Stays in this crate, which is compiled for speed; programs are compiled for size.
    #[inline(never)]
    pub fn places(&self, title: &Title) -> Vec<Range<usize>> {
        let mut found: Vec<Range<Place>> = Vec::new();
        let mut begin = 0;
        for mark in &title.marks {
            let end = usize::from(mark.says_end);
            let mut says = title.says.get(begin..end).unwrap_or_default().iter();
            if says.any(|said| self.looks_for(said, cut(&title.texts, &said.text))) {
                found.push(mark.place.clone());
            }
            begin = end;
        }
        for count in 2..=CODE_TOKENS_MAX {
            for part in title.marks.windows(count) {
                if let Some(place) = self.code(part, &title.compacted) {
                    found.push(place);
                }
            }
        }
        merged(found)
    }

    fn looks_for(&self, said: &Said, text: &str) -> bool {
        if said.is_term {
            self.terms.binary_search(&text).is_ok()
        } else {
            self.prefixes.iter().any(|prefix| text.starts_with(prefix))
        }
    }

    /// The place of tokens that are a code together.
    fn code(&self, part: &[Mark], compacted: &str) -> Option<Range<Place>> {
        if self.joined.is_empty() || !part.iter().all(|mark| mark.is_of_code) {
            return None;
        }
        let (first, last) = (part.first()?, part.last()?);
        let whole = cut(compacted, &(first.compacted.start..last.compacted.end));
        // No text of so few bytes has more characters.
        let code = if whole.len() <= CODE_CHARS_MAX {
            whole
        } else {
            let end = whole.char_indices().nth(CODE_CHARS_MAX);
            end.map_or(whole, |(end, _)| cut(whole, &(0..short(end))))
        };
        let is_one = self.joined.contains(&code);
        is_one.then_some(first.place.start..last.place.end)
    }
}

/// From bytes to UTF-16 code units, asked from left to right.
struct Places<'a> {
    text: &'a str,
    bytes: usize,
    units: usize,
}

impl<'a> Places<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            bytes: 0,
            units: 0,
        }
    }

    fn at(&mut self, byte: usize) -> Place {
        if byte < self.bytes {
            *self = Self::of(self.text);
        }
        let part = self.text.get(self.bytes..byte).unwrap_or_default();
        self.units = self.units.saturating_add(part.encode_utf16().count());
        self.bytes = byte;
        short(self.units)
    }
}

/// Ranges that touch become one.
fn merged(mut ranges: Vec<Range<Place>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|r| (r.start, r.end));
    let mut out: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        let range = usize::from(range.start)..usize::from(range.end);
        match out.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => out.push(range),
        }
    }
    out
}

fn cut<'a>(text: &'a str, range: &Range<Place>) -> &'a str {
    text.get(usize::from(range.start)..usize::from(range.end))
        .unwrap_or_default()
}

/// What is kept of [`BYTES_MAX`] bytes is shorter than that.
fn short(place: usize) -> Place {
    Place::try_from(place).unwrap_or(Place::MAX)
}
