//! Where a title holds what was searched.

use std::collections::HashSet;
use std::ops::Range;

use super::{Pattern, Reading};
use crate::analysis::{self, Shape, compact};
use crate::lexicon::Lexicon;

/// Tokens that a code may be written in.
const CODE_TOKENS_MAX: usize = 3;

impl Lexicon {
    /// See [`Reading::highlight`].
    pub fn highlight(&self, text: &str, reading: &Reading) -> Vec<Range<usize>> {
        reading.highlight(text)
    }
}

impl Reading {
    /// The places of a text that match the query, from left to right, in UTF-16 code units (as JavaScript counts): words
    /// in any of their forms and wordings, codes in any spelling, words that begin as typed.
    pub fn highlight(&self, text: &str) -> Vec<Range<usize>> {
        if !analysis::keeps_places(text) {
            return Vec::new();
        }
        let wanted = Wanted::of(self);
        let tokens = analysis::tokens(text);
        let mut found: Vec<Range<usize>> = tokens
            .iter()
            .filter(|token| wanted.holds(token))
            .map(|token| token.range.clone())
            .collect();
        for first in 0..tokens.len() {
            for count in 2..=CODE_TOKENS_MAX {
                let Some(part) = tokens.get(first..first + count) else {
                    continue;
                };
                let range = part[0].range.start..part[count - 1].range.end;
                let letters = part
                    .iter()
                    .all(|t| matches!(t.shape, Shape::Word | Shape::Code | Shape::Number));
                if letters
                    && text
                        .get(range.clone())
                        .is_some_and(|t| wanted.joined.contains(&compact(t)))
                {
                    found.push(range);
                }
            }
        }
        in_utf16(text, merged(found))
    }
}

/// What is looked for.
struct Wanted<'a> {
    terms: HashSet<&'a str>,
    joined: HashSet<String>,
    prefixes: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    fn of(reading: &'a Reading) -> Self {
        let mut wanted = Self {
            terms: HashSet::new(),
            joined: HashSet::new(),
            prefixes: Vec::new(),
        };
        let important = reading.concepts.iter().filter(|c| !c.optional);
        for pattern in important.flat_map(|c| &c.alternatives).map(|a| &a.pattern) {
            match pattern {
                Pattern::Term(term) => {
                    wanted.terms.insert(term);
                    wanted.joined.insert(term.clone());
                }
                Pattern::Phrase(terms) | Pattern::All(terms) => {
                    wanted.terms.extend(terms.iter().map(String::as_str));
                }
                Pattern::Code(code) => {
                    wanted.terms.insert(code);
                    wanted.joined.insert(code.clone());
                }
                Pattern::Prefix(prefix) => wanted.prefixes.push(prefix),
            }
        }
        wanted
    }

    fn holds(&self, token: &analysis::Token) -> bool {
        let begins = |word: &String| self.prefixes.iter().any(|prefix| word.starts_with(prefix));
        self.terms.contains(token.term.as_str())
            || token
                .parts
                .iter()
                .any(|part| self.terms.contains(part.as_str()))
            || token.plain.iter().any(begins)
    }
}

/// Ranges that touch become one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|r| (r.start, r.end));
    let mut out: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => out.push(range),
        }
    }
    out
}

fn in_utf16(text: &str, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let (mut bytes, mut units) = (0, 0);
    let mut at = |byte: usize| {
        units += text
            .get(bytes..byte)
            .map_or(0, |part| part.encode_utf16().count());
        bytes = byte;
        units
    };
    ranges.into_iter().map(|r| at(r.start)..at(r.end)).collect()
}
