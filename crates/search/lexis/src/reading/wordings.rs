//! The wordings of what a query holds: words, sizes, codes, brands, whatever was written in one or in several.

use std::ops::Range;

use super::reader::{Read, Reader};
use super::{Alternative, Concept, Pattern};
use crate::analysis::{self, Shape, Token, compact, fold, units};
use crate::lexicon::NameId;
use crate::words::is_optional;

/// What a synonym counts: less than what was typed, even where its words stand together in a title and those that were
/// typed do not, which makes half as much again.
pub(super) const SYNONYM: f32 = 0.65;
/// What the parts of a word that was written in one count, and the other way round.
pub(super) const PARTS: f32 = 0.9;
/// What a size in another unit counts.
const CONVERTED: f32 = 0.9;
/// What a size that is called so for short counts: 15.6 inches for 15.
const ROUNDED: f32 = 0.75;
/// What a code counts that only begins as typed.
const BEGUN: f32 = 0.5;
/// Pieces in which a code may be written.
const CODE_TOKENS_MAX: usize = 7;
/// Pieces in which a word may be written.
const WORD_TOKENS_MAX: usize = 3;
/// Codes in pieces are at least this long.
const CODE_MIN: usize = 4;
/// A word of more products is common.
const COMMON_MIN: u32 = 20;
/// Letters of a code from which its beginning is enough.
const CODE_BEGIN_MIN: usize = 5;

impl Reader<'_> {
    /// Tokens that belong together.
    pub(super) fn several(
        &self,
        range: Range<usize>,
        synonyms: &[Vec<String>],
        brand: Option<NameId>,
    ) -> Read {
        let tokens = &self.tokens[range.clone()];
        let terms: Vec<String> = tokens.iter().map(|t| t.term.clone()).collect();
        let mut alternatives = vec![alternative(all(terms.clone()), 1.0)];
        let joined = compact(&self.typed(&range));
        if self.lexicon.holds(&joined) {
            alternatives.push(alternative(Pattern::Term(joined), PARTS));
        }
        alternatives.extend(brand.into_iter().flat_map(|brand| self.brand_terms(brand)));
        if !synonyms.is_empty() {
            // Synonyms count more where their words stand together: so does what was typed, or it would count less.
            alternatives.push(alternative(phrase(terms.clone()), 1.0));
        }
        alternatives.extend(
            synonyms
                .iter()
                .map(|to| alternative(phrase(to.clone()), SYNONYM)),
        );
        let wordings = std::iter::once(terms)
            .chain(synonyms.iter().cloned())
            .collect();
        let concept = Concept {
            word: fold(&self.typed(&range)),
            alternatives,
            optional: false,
        };
        Read {
            concept,
            tokens: range,
            wordings,
            brand: brand.is_some(),
            exact: false,
        }
    }

    /// A brand's own name, however it was typed.
    pub(super) fn brand_terms(&self, brand: NameId) -> Vec<Alternative> {
        let name = &self.lexicon.brands.get(brand).shown;
        let terms: Vec<String> = analysis::tokens(name)
            .into_iter()
            .map(|token| token.term)
            .collect();
        [phrase(terms), Pattern::Term(compact(name))]
            .map(|pattern| alternative(pattern, PARTS))
            .into()
    }

    /// Characters of a script without spaces.
    pub(super) fn ideographs(&self, at: usize) -> Option<Read> {
        let is = |t: &&Token| t.shape == Shape::Ideographs;
        let run = self
            .tokens
            .get(at..)?
            .iter()
            .take_while(is)
            .collect::<Vec<_>>();
        let touching = run
            .windows(2)
            .take_while(|pair| pair[0].range.end > pair[1].range.start)
            .count();
        (!run.is_empty()).then(|| self.several(at..at + touching + 1, &[], None))
    }

    /// Words that the catalogue writes in one: `power bank` where it says `powerbank`, `tn 2110` for `tn2110`.
    pub(super) fn joined(&self, at: usize) -> Option<Read> {
        (2..=CODE_TOKENS_MAX).rev().find_map(|count| {
            let range = at..at + count;
            let tokens = self
                .tokens
                .get(range.clone())
                .filter(|_| range.end <= self.whole_end)?;
            if !tokens
                .windows(2)
                .all(|pair| self.are_near(&pair[0], &pair[1]))
            {
                return None;
            }
            let joined = compact(&self.typed(&range));
            let code = self.is_code_of(tokens, &joined);
            let term = analysis::stem(&joined);
            let plain = |t: &Token| {
                !matches!(t.shape, Shape::Measure | Shape::Size) && !is_optional(&t.term)
            };
            let word =
                count <= WORD_TOKENS_MAX && tokens.iter().all(plain) && self.lexicon.holds(&term);
            if !code && !word {
                return None;
            }
            let mut read = self.several(range, &[], None);
            let alternatives = &mut read.concept.alternatives;
            if code {
                alternatives.insert(0, alternative(Pattern::Code(joined), 1.0));
                read.exact = true;
            }
            alternatives.push(alternative(Pattern::Term(term.clone()), PARTS));
            read.wordings.push(vec![term]);
            Some(read)
        })
    }

    /// Whether a blank or less stands between two tokens.
    fn are_near(&self, one: &Token, other: &Token) -> bool {
        let between = self
            .text
            .get(one.range.end..other.range.start)
            .unwrap_or("x");
        between.len() <= 1 && !between.contains(',')
    }

    /// Whether tokens are a known code in pieces. Sizes may be such pieces (`mltd 206 l`), but not of a word that many
    /// products share (`hdmi 2 m`).
    fn is_code_of(&self, tokens: &[Token], joined: &str) -> bool {
        let digits = joined.bytes().any(|b| b.is_ascii_digit());
        if !digits || joined.len() < CODE_MIN || self.lexicon.codes.count(joined) == 0 {
            return false;
        }
        let sizes = tokens
            .iter()
            .any(|t| matches!(t.shape, Shape::Measure | Shape::Size));
        let common =
            |t: &Token| self.lexicon.terms.get(&t.term).map_or(0, |t| t.products) > COMMON_MIN;
        let rare = tokens.iter().any(|t| t.shape == Shape::Word && !common(t));
        !sizes || rare
    }

    /// What one token is called.
    pub(super) fn one(&self, at: usize, synonyms: &[Vec<String>]) -> Read {
        let token = &self.tokens[at];
        let mut alternatives = vec![alternative(Pattern::Term(token.term.clone()), 1.0)];
        let mut exact = false;
        let written = compact(&self.typed(&(at..at + 1)));
        match token.shape {
            Shape::Word => {
                if !self.lexicon.holds(&token.term) {
                    alternatives.extend(
                        self.split(&token.term)
                            .map(|parts| alternative(Pattern::Phrase(parts), PARTS)),
                    );
                    if written.len() >= CODE_BEGIN_MIN && self.lexicon.codes.count(&written) > 0 {
                        alternatives.push(alternative(Pattern::Code(written), 1.0));
                    }
                }
            }
            Shape::Compound => alternatives.push(alternative(phrase(token.parts.clone()), PARTS)),
            Shape::Measure => {
                exact = true;
                alternatives.extend(self.sizes(token));
            }
            Shape::Size => exact = true,
            Shape::Number | Shape::Code => {
                exact = self.is_exact(token, &written);
                alternatives.extend(self.code(token, &written));
            }
            Shape::Ideographs => {}
        }
        alternatives.extend(
            synonyms
                .iter()
                .map(|to| alternative(phrase(to.clone()), SYNONYM)),
        );
        let wordings = std::iter::once(vec![token.term.clone()])
            .chain(synonyms.iter().cloned())
            .collect();
        let word = fold(&self.typed(&(at..at + 1)));
        let concept = Concept {
            word,
            alternatives,
            optional: is_optional(&token.term),
        };
        Read {
            concept,
            tokens: at..at + 1,
            wordings,
            brand: false,
            exact,
        }
    }

    /// The other ways to write the size that a token is.
    fn sizes(&self, token: &Token) -> Vec<Alternative> {
        let mut found = self.sizes_of(&token.term);
        if token.parts.len() > 1 {
            found.push(alternative(Pattern::Phrase(token.parts.clone()), PARTS));
        }
        found
    }

    /// The other ways to write a size.
    pub(super) fn sizes_of(&self, measure: &str) -> Vec<Alternative> {
        let mut found: Vec<Alternative> = units::conversions(measure)
            .into_iter()
            .map(|term| alternative(Pattern::Term(term), CONVERTED))
            .collect();
        // Screens are called by their whole inches.
        if let Some((thousandths, "in")) = units::split(measure)
            && thousandths % 1_000 == 0
        {
            let whole = thousandths / 1_000;
            let near = (1..10).map(|tenth| format!("{whole}.{tenth}in"));
            let known = near.filter(|term| self.lexicon.holds(term));
            found.extend(known.map(|term| alternative(Pattern::Term(term), ROUNDED)));
        }
        found
    }

    /// The other ways to write a model number or a barcode.
    fn code(&self, token: &Token, written: &str) -> Vec<Alternative> {
        let mut found = Vec::new();
        let digits = written.bytes().all(|b| b.is_ascii_digit());
        if written.len() >= 4 && (!digits || written.len() >= CODE_BEGIN_MIN) {
            let spellings = analysis::spellings(written);
            let known = spellings
                .iter()
                .any(|code| self.lexicon.codes.count(code) > 0);
            found.extend(
                spellings
                    .into_iter()
                    .map(|code| alternative(Pattern::Code(code), 1.0)),
            );
            if !known && written.len() >= CODE_BEGIN_MIN {
                found.push(alternative(Pattern::Prefix(written.to_owned()), BEGUN));
            }
        }
        let parts = if token.parts.is_empty() {
            runs(&token.term)
        } else {
            token.parts.clone()
        };
        if token.shape == Shape::Code && (2..=4).contains(&parts.len()) {
            found.push(alternative(Pattern::Phrase(parts), ROUNDED));
        }
        found
    }

    /// Whether it names one product or few, not a kind of them: not `cat6`, `mp3`, `1080p`.
    fn is_exact(&self, token: &Token, written: &str) -> bool {
        let digits = written.bytes().filter(u8::is_ascii_digit).count();
        if token.shape == Shape::Number {
            return digits >= 4;
        }
        let common = self
            .lexicon
            .terms
            .get(&token.term)
            .map_or(0, |t| t.products);
        written.len() >= 4 && common <= COMMON_MIN.max(self.lexicon.products / 200)
    }

    /// Two words that were written in one: `headphoneswireless`.
    fn split(&self, word: &str) -> Option<Vec<String>> {
        let known = |word: &str| {
            self.lexicon
                .terms
                .get(&analysis::stem(word))
                .map_or(0, |t| t.products)
        };
        let places = word
            .char_indices()
            .map(|(at, _)| at)
            .filter(|at| *at >= 2 && word.len() - at >= 2);
        let best = places
            .filter_map(|at| {
                let (one, other) = word.split_at_checked(at)?;
                let follows = self.lexicon.follows(one, other);
                let both = known(one).min(known(other));
                let believed = follows > 0 || (one.len() >= 3 && other.len() >= 3 && both >= 5);
                believed.then(|| {
                    (
                        follows,
                        both,
                        vec![analysis::stem(one), analysis::stem(other)],
                    )
                })
            })
            .max_by_key(|(follows, both, _)| (*follows, *both))?;
        Some(best.2)
    }
}

pub(super) fn alternative(pattern: Pattern, weight: f32) -> Alternative {
    Alternative { pattern, weight }
}

/// One term or several.
pub(super) fn phrase(mut terms: Vec<String>) -> Pattern {
    if terms.len() == 1 {
        Pattern::Term(terms.remove(0))
    } else {
        Pattern::Phrase(terms)
    }
}

/// One term, or several wherever they stand.
fn all(mut terms: Vec<String>) -> Pattern {
    if terms.len() == 1 {
        Pattern::Term(terms.remove(0))
    } else {
        Pattern::All(terms)
    }
}

/// The letters and the digits of a code: `rtx3060`.
fn runs(term: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before = None;
    for c in term.chars() {
        let digit = Some(c.is_ascii_digit());
        match out.last_mut().filter(|_| before == digit) {
            Some(run) => run.push(c),
            None => out.push(c.to_string()),
        }
        before = digit;
    }
    out
}
