//! Words that mean the same, as people write them down.
//!
//! ```text
//! # equivalents: each finds what the others name
//! laptop, notebook
//! # one way: the left finds what the right names, never the reverse
//! ps4 => playstation 4
//! ```

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use crate::analysis;

/// The usual synonyms of the trade, as lines.
pub const USUAL: &str = include_str!("../data/synonyms.txt");
/// Lines of one text at most.
const LINES_MAX: usize = 20_000;
/// Wordings of one line at most.
const WORDINGS_MAX: usize = 32;
/// Terms of a wording at most.
const TERMS_MAX: usize = 8;

static USUAL_READ: LazyLock<Synonyms> = LazyLock::new(|| {
    // The file is part of the product and a test reads it; a broken line of it is left out.
    Synonyms::read(USUAL).0
});

/// What each wording may be said for, as terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonyms {
    /// By the terms of the wording, with blanks between them.
    rules: HashMap<String, Vec<Vec<String>>>,
    /// Terms of the longest wording that has synonyms.
    longest: usize,
}

/// Why a line was refused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SynonymError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: SynonymFault,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SynonymFault {
    /// One wording alone means nothing.
    Alone,
    /// Nothing stands between two commas, or beside the arrow.
    Empty,
    /// More than one arrow.
    Arrows,
    /// Too many wordings in one line.
    TooMany,
    /// A wording has too many words.
    TooLong,
    /// Too many lines.
    TooManyLines,
}

impl Synonyms {
    /// No synonyms at all.
    pub fn none() -> Self {
        Self {
            rules: HashMap::new(),
            longest: 0,
        }
    }

    /// Reads lines.
    ///
    /// # Errors
    /// All lines that are wrong.
    pub fn parse(text: &str) -> Result<Self, Vec<SynonymError>> {
        let (synonyms, errors) = Self::read(text);
        if errors.is_empty() {
            Ok(synonyms)
        } else {
            Err(errors)
        }
    }

    /// These and others: what both say about a wording is put together, the others' first.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        let mut all = others.clone();
        for (from, to) in &self.rules {
            let from: Vec<String> = from.split(' ').map(str::to_owned).collect();
            for to in to {
                all.add(&from, to);
            }
        }
        all
    }

    /// How many wordings have synonyms.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The longest wording with synonyms that the terms begin with: how many terms it has, and what else it may be
    /// called.
    pub(crate) fn begin(&self, terms: &[&str]) -> Option<(usize, &[Vec<String>])> {
        let mut key = String::new();
        let mut found = None;
        for (term, count) in terms.iter().zip(1..=self.longest) {
            if count > 1 {
                key.push(' ');
            }
            key.push_str(term);
            found = self
                .rules
                .get(&key)
                .map(|to| (count, to.as_slice()))
                .or(found);
        }
        found
    }

    /// Whether a term alone has synonyms.
    pub(crate) fn knows(&self, term: &str) -> bool {
        self.rules.contains_key(term)
    }

    fn read(text: &str) -> (Self, Vec<SynonymError>) {
        let mut synonyms = Self::none();
        let mut errors = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let result = if number > LINES_MAX {
                Err(SynonymFault::TooManyLines)
            } else {
                synonyms.read_line(line)
            };
            errors.extend(result.err().map(|reason| SynonymError {
                line: number,
                reason,
            }));
            if number > LINES_MAX {
                break;
            }
        }
        (synonyms, errors)
    }

    fn read_line(&mut self, line: &str) -> Result<(), SynonymFault> {
        let line = line
            .split_once('#')
            .map_or(line, |(before, _)| before)
            .trim();
        if line.is_empty() {
            return Ok(());
        }
        let mut sides = line.split("=>");
        let (left, right) = (sides.next().unwrap_or(""), sides.next());
        if sides.next().is_some() {
            return Err(SynonymFault::Arrows);
        }
        let left = wordings(left)?;
        match right {
            Some(right) => {
                let right = wordings(right)?;
                for from in &left {
                    for to in &right {
                        self.add(from, to);
                    }
                }
            }
            None if left.len() < 2 => return Err(SynonymFault::Alone),
            None => {
                for from in &left {
                    for to in &left {
                        self.add(from, to);
                    }
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, from: &[String], to: &[String]) {
        if from == to {
            return;
        }
        self.longest = self.longest.max(from.len());
        let known = self.rules.entry(from.join(" ")).or_default();
        if !known.iter().any(|k| k == to) {
            known.push(to.to_vec());
        }
    }
}

impl Default for Synonyms {
    /// The usual synonyms of the trade.
    fn default() -> Self {
        USUAL_READ.clone()
    }
}

impl Synonyms {
    /// The usual synonyms of the trade, shared.
    pub fn usual() -> Arc<Self> {
        static SHARED: LazyLock<Arc<Synonyms>> = LazyLock::new(|| Arc::new(Synonyms::default()));
        Arc::clone(&SHARED)
    }
}

impl fmt::Display for SynonymError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl fmt::Display for SynonymFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alone => write!(
                f,
                "it needs at least two wordings, with commas or \"=>\" between them"
            ),
            Self::Empty => write!(f, "a wording is missing beside a comma or \"=>\""),
            Self::Arrows => write!(f, "\"=>\" may stand in it once"),
            Self::TooMany => write!(f, "it has more than {WORDINGS_MAX} wordings"),
            Self::TooLong => write!(f, "a wording has more than {TERMS_MAX} words"),
            Self::TooManyLines => write!(f, "there are more than {LINES_MAX} lines"),
        }
    }
}

/// The wordings between the commas, as terms.
fn wordings(side: &str) -> Result<Vec<Vec<String>>, SynonymFault> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for wording in side.split(',') {
        let terms: Vec<String> = analysis::tokens(wording)
            .into_iter()
            .map(|token| token.term)
            .collect();
        if terms.is_empty() {
            return Err(SynonymFault::Empty);
        }
        if terms.len() > TERMS_MAX {
            return Err(SynonymFault::TooLong);
        }
        found.push(terms);
    }
    if found.len() > WORDINGS_MAX {
        Err(SynonymFault::TooMany)
    } else {
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(synonyms: &Synonyms, from: &str) -> Vec<String> {
        let terms: Vec<String> = analysis::tokens(from).into_iter().map(|t| t.term).collect();
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        let found = synonyms
            .begin(&terms)
            .filter(|(count, _)| *count == terms.len());
        found
            .map(|(_, to)| to.iter().map(|t| t.join(" ")).collect())
            .unwrap_or_default()
    }

    #[test]
    fn refuses_lines_that_mean_nothing_and_says_why() {
        for (text, line, reason) in [
            ("laptop", 1, SynonymFault::Alone),
            ("# fine\nlaptop, , notebook", 2, SynonymFault::Empty),
            ("a => b => c", 1, SynonymFault::Arrows),
            ("=> b", 1, SynonymFault::Empty),
            ("a =>", 1, SynonymFault::Empty),
            ("a, ...", 1, SynonymFault::Empty),
            ("a, 1 2 3 4 5 6 7 8 9", 1, SynonymFault::TooLong),
            (&"a,".repeat(40), 1, SynonymFault::Empty),
            (&format!("{}b", "a,".repeat(40)), 1, SynonymFault::TooMany),
        ] {
            let errors = Synonyms::parse(text).unwrap_err();
            assert_eq!(errors, [SynonymError { line, reason }], "{text}");
            assert!(errors[0].to_string().starts_with(&format!("line {line}: ")));
        }
        assert_eq!(Synonyms::parse("a\nb\nc, d").unwrap_err().len(), 2);
    }

    #[test]
    fn equivalents_go_both_ways_and_arrows_one() {
        let s = Synonyms::parse(
            "Laptops, note-book, portable PC # a comment\nPS4 => PlayStation 4\nps4 => console",
        )
        .unwrap();
        assert_eq!(to(&s, "laptop"), ["notebook", "portable pc"]);
        assert_eq!(to(&s, "portable pc"), ["laptop", "notebook"]);
        assert_eq!(to(&s, "ps4"), ["playstation 4", "console"]);
        assert!(to(&s, "playstation 4").is_empty());
        assert!(to(&s, "portable").is_empty());
    }

    #[test]
    fn the_longest_wording_wins() {
        let s = Synonyms::parse("flat screen tv => lcd tv\nflat => level").unwrap();
        assert_eq!(
            s.begin(&["flat", "screen", "tv", "55"]).map(|f| f.0),
            Some(3)
        );
        assert_eq!(s.begin(&["flat", "screen"]).map(|f| f.0), Some(1));
        assert_eq!(s.begin(&[]), None);
    }

    #[test]
    fn a_shop_adds_to_the_usual_ones() {
        let shop = Synonyms::parse("laptop, klapprechner\nlaptop => lappy").unwrap();
        let all = Synonyms::default().with(&shop);
        let found = to(&all, "laptop");
        assert_eq!(found[..2], ["klapprechner", "lappy"]);
        assert!(found.len() > 2 && to(&all, "klapprechner") == ["laptop"]);
        assert_eq!(Synonyms::none().with(&shop), shop);
    }

    #[test]
    fn the_usual_ones_can_be_read() {
        assert_eq!(Synonyms::parse(USUAL).map(|s| s.len() > 20), Ok(true));
    }
}
