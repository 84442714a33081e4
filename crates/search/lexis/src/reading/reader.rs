//! From a query to what must be found.
use std::ops::Range;

use super::price::{self, Price};
use super::wordings::{PARTS, alternative};
use super::{Alternative, Concept, Pattern, Reading};
use crate::analysis::{self, Shape, Token};
use crate::lexicon::{Lexicon, NameId};
use crate::synonyms::Synonyms;
use crate::words::is_preposition;

/// A query has at most this many words; further ones are left out.
pub(super) const WORDS_MAX: usize = 32;
/// A query has at most this many characters; further ones are left out.
pub(super) const CHARS_MAX: usize = 512;
/// Wordings of a concept at most.
const ALTERNATIVES_MAX: usize = 12;
/// Minor units in a major one, where nobody says otherwise.
const MINOR_UNITS: i64 = 100;

/// A concept with what else was learnt while reading it.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) concept: Concept,
    /// The tokens it was read from.
    pub(super) tokens: Range<usize>,
    /// Its wordings as terms, the typed one first: words only.
    pub(super) wordings: Vec<Vec<String>>,
    /// It is the name of a brand.
    pub(super) brand: bool,
    /// It is a model number, a barcode or an exact size.
    pub(super) exact: bool,
}

/// A query on its way to be understood.
pub(super) struct Reader<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) synonyms: &'a Synonyms,
    /// The text without the words of the price.
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
    pub(super) reads: Vec<Read>,
    /// Words behind the first preposition do not say what is wanted but what for.
    pub(super) thing_end: usize,
    /// The tokens that may belong together: not the last one while it may go on.
    pub(super) whole_end: usize,
}

impl Lexicon {
    /// What somebody means who typed `text`. Texts are read up to 512 characters and 32 words.
    pub fn read(&self, text: &str) -> Reading {
        self.read_as(text, None, false, true)
    }

    /// The same with other synonyms than the lexicon's.
    pub fn read_with(&self, text: &str, synonyms: &Synonyms) -> Reading {
        self.read_as(text, Some(synonyms), false, true)
    }

    /// The same while somebody is still typing: the last word may go on.
    pub fn read_begun(&self, text: &str) -> Reading {
        self.read_as(text, None, !text.ends_with(char::is_whitespace), true)
    }

    fn read_as(
        &self,
        text: &str,
        synonyms: Option<&Synonyms>,
        begun: bool,
        correct: bool,
    ) -> Reading {
        let usual = Synonyms::usual();
        let own = self.synonyms.as_ref().unwrap_or(&usual);
        self.read_by(synonyms.unwrap_or(own), text, begun, correct)
    }

    fn read_by(&self, synonyms: &Synonyms, text: &str, begun: bool, correct: bool) -> Reading {
        let typed = text.trim();
        let typed = typed
            .char_indices()
            .nth(CHARS_MAX)
            .map_or(typed, |(end, _)| typed[..end].trim_end());
        let price = price::read(typed, self.minor_units.unwrap_or(MINOR_UNITS));
        let mut reader = Reader::new(self, synonyms, without(typed, &price), begun);
        reader.read(begun);
        let mut kinds = reader.kinds();
        if !begun {
            reader.measure_bare_numbers(&kinds);
            reader.free_bare_numbers(&kinds);
            reader.offer_substitutes(&mut kinds);
        }
        let mut reading = Reading {
            typed: typed.to_owned(),
            kinds,
            brand: reader.brand_slug(),
            exact: reader.reads.iter().any(|read| read.exact),
            meaning: reader.text.split_whitespace().collect::<Vec<_>>().join(" "),
            telling: reader.telling(),
            price_min: price.min,
            price_max: price.max,
            ..Reading::default()
        };
        if correct {
            reading.correction = reader
                .corrected(typed, &price)
                .map(|better| Box::new(self.read_by(synonyms, &better, begun, false)));
        }
        reading.concepts = reader.reads.into_iter().map(|read| read.concept).collect();
        reading
    }
}

/// A text without the words of its price.
fn without(text: &str, price: &Price) -> String {
    let Some(range) = &price.range else {
        return text.to_owned();
    };
    let (before, after) = (
        text.get(..range.start).unwrap_or(""),
        text.get(range.end..).unwrap_or(""),
    );
    // Blanks instead, so that places stay.
    format!("{before}{}{after}", " ".repeat(range.len()))
}

impl<'a> Reader<'a> {
    fn new(lexicon: &'a Lexicon, synonyms: &'a Synonyms, text: String, begun: bool) -> Self {
        let mut tokens = if begun {
            analysis::tokens_begun(&text)
        } else {
            analysis::tokens(&text)
        };
        tokens.truncate(WORDS_MAX);
        let thing_end = tokens
            .iter()
            .skip(1)
            .position(|t| is_preposition(&t.term))
            .map_or(tokens.len(), |i| i + 1);
        let whole_end = if begun {
            tokens.len().saturating_sub(1)
        } else {
            tokens.len()
        };
        Self {
            lexicon,
            synonyms,
            text,
            tokens,
            reads: Vec::new(),
            thing_end,
            whole_end,
        }
    }

    fn read(&mut self, begun: bool) {
        let mut at = 0;
        while at < self.tokens.len() {
            let read = self.read_at(at);
            at = read.tokens.end.max(at + 1);
            self.reads.push(read);
        }
        if begun && let Some(read) = self.reads.last_mut() {
            begin(read, &self.tokens);
        }
        if self.reads.iter().all(|read| read.concept.optional) {
            // `the who`: nothing else was typed.
            self.reads
                .iter_mut()
                .for_each(|read| read.concept.optional = false);
        }
        for read in &mut self.reads {
            tidy(&mut read.concept.alternatives);
        }
    }

    fn read_at(&self, at: usize) -> Read {
        // While it may go on, the last word stands alone.
        let rest = if at < self.whole_end {
            &self.tokens[at..self.whole_end]
        } else {
            &self.tokens[at..]
        };
        let terms: Vec<&str> = rest.iter().map(|t| t.term.as_str()).collect();
        let synonyms = self.synonyms.begin(&terms);
        let brand = self.lexicon.brand_at(&self.text, rest);
        let count = synonyms.map_or(0, |s| s.0).max(brand.map_or(0, |b| b.1));
        let joined = self.ideographs(at).or_else(|| self.joined(at));
        if let Some(read) = joined.filter(|read| read.tokens.len() > count || count < 2) {
            return read;
        }
        if count > 1 {
            let synonyms = synonyms.filter(|s| s.0 == count).map_or(&[][..], |s| s.1);
            let brand = brand.filter(|b| b.1 == count).map(|b| b.0);
            return self.several(at..at + count, synonyms, brand);
        }
        let mut read = self.one(at, synonyms.map_or(&[], |s| s.1));
        if let Some((brand, _)) = brand {
            read.brand = true;
            read.concept.alternatives.extend(self.brand_terms(brand));
        }
        read
    }

    /// What was typed there.
    pub(super) fn typed(&self, range: &Range<usize>) -> String {
        let (Some(first), Some(last)) =
            (self.tokens.get(range.start), self.tokens.get(range.end - 1))
        else {
            return String::new();
        };
        self.text
            .get(first.range.start..last.range.end)
            .unwrap_or(&first.term)
            .to_owned()
    }

    fn brand_slug(&self) -> Option<String> {
        let named = self
            .reads
            .iter()
            .find(|read| read.brand && read.tokens.start < self.thing_end)?;
        let (brand, _) = self
            .lexicon
            .brand_at(&self.text, &self.tokens[named.tokens.clone()])?;
        Some(self.lexicon.brands.get(brand).slug.clone())
    }

    /// How telling each concept is.
    fn telling(&self) -> Vec<f32> {
        self.reads
            .iter()
            .map(|read| self.lexicon.telling(&read.concept))
            .collect()
    }
}

impl Lexicon {
    /// Whether some product holds a term.
    pub(crate) fn holds(&self, term: &str) -> bool {
        self.terms
            .get(term)
            .is_some_and(|t| t.products + t.details > 0)
    }

    /// Whether the title of some product of a kind says that it is a thing of this name.
    pub(super) fn is_said_of(&self, term: &str, kind: NameId) -> bool {
        let held = self.terms.get(term).map(|t| &t.kinds);
        held.is_some_and(|kinds| kinds.binary_search_by_key(&kind, |k| k.0).is_ok())
    }

    /// In how many titles one word follows another.
    pub(crate) fn follows(&self, word: &str, next: &str) -> u32 {
        let (Some(word), Some(next)) = (self.words.find(word), self.words.find(next)) else {
            return 0;
        };
        let list = &self.words.value(word).next;
        list.binary_search_by_key(&next, |(id, _)| *id)
            .map_or(0, |i| list[i].1)
    }

    /// Inverse document frequency; 0 for what no product is known to hold.
    #[expect(clippy::cast_precision_loss, reason = "a weight")]
    fn telling(&self, concept: &Concept) -> f32 {
        let held = |term: &str| self.terms.get(term).map_or(0, |t| t.products + t.details);
        let count = |pattern: &Pattern| match pattern {
            Pattern::Term(term) => held(term),
            Pattern::Phrase(terms) | Pattern::All(terms) => {
                terms.iter().map(|t| held(t)).min().unwrap_or(0)
            }
            Pattern::Code(code) => self.codes.count(code),
            Pattern::Prefix(_) => 1,
        };
        let products: u64 = concept
            .alternatives
            .iter()
            .map(|a| u64::from(count(&a.pattern)))
            .sum();
        if products == 0 {
            0.0
        } else {
            (1.0 + self.products as f32 / products as f32).ln()
        }
    }
}

/// The last word may go on.
fn begin(read: &mut Read, tokens: &[Token]) {
    let range = read.tokens.clone();
    let Some(token) = range.clone().last().and_then(|i| tokens.get(i)) else {
        return;
    };
    let Some(word) = token
        .plain
        .last()
        .filter(|_| token.shape != Shape::Ideographs)
    else {
        return;
    };
    let prefix = Pattern::Prefix(word.clone());
    if range.len() == 1 {
        read.concept.alternatives.insert(
            1.min(read.concept.alternatives.len()),
            alternative(prefix, PARTS),
        );
    }
    read.concept.optional = false;
}

/// Each wording once, the best weight, not too many.
fn tidy(alternatives: &mut Vec<Alternative>) {
    let mut kept: Vec<Alternative> = Vec::with_capacity(alternatives.len());
    for next in alternatives.drain(..) {
        let empty = matches!(&next.pattern, Pattern::Phrase(terms) | Pattern::All(terms) if terms.is_empty());
        match kept.iter_mut().find(|k| k.pattern == next.pattern) {
            Some(same) => same.weight = same.weight.max(next.weight),
            None if !empty => kept.push(next),
            None => {}
        }
    }
    kept.truncate(ALTERNATIVES_MAX);
    *alternatives = kept;
}
