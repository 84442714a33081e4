//! What one product says: the same each time it is asked, so that it can be taken back.

use crate::analysis::{self, Shape, Token};
use crate::words::is_preposition;

use super::Subject;

/// Codes that are longer are only known as codes, not as words.
const WORD_CODE_MAX: usize = 6;
/// Numbers that are longer are codes.
const WORD_NUMBER_MAX: usize = 4;
/// Words of a title that are listened to.
const TITLE_TOKENS_MAX: usize = 64;
/// Words of its further texts that are listened to.
const DETAIL_TOKENS_MAX: usize = 2_000;

/// Each text once, in alphabetical order.
#[derive(Debug, Default)]
pub(super) struct Lesson {
    /// Terms of title, brand and categories.
    pub(super) terms: Vec<String>,
    /// Terms that only its further texts hold.
    pub(super) details: Vec<String>,
    /// Terms of the title that say what it is: none of the brand, none behind a preposition.
    pub(super) things: Vec<String>,
    /// Terms of the title behind a preposition: what it is for.
    pub(super) purposes: Vec<String>,
    /// Words of title, brand and categories as written.
    pub(super) words: Vec<String>,
    /// Words of the title that follow each other.
    pub(super) pairs: Vec<(String, String)>,
    /// Codes in every spelling.
    pub(super) codes: Vec<String>,
}

impl Lesson {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mut lesson = Self::default();
        let brand = subject
            .brand
            .map(|(_, name)| analysis::tokens(name))
            .unwrap_or_default();
        let mut title = analysis::tokens(subject.title);
        title.truncate(TITLE_TOKENS_MAX);
        lesson.read_title(subject.title, &title, &brand);
        lesson.read_names(&brand);
        let names = subject.parents.iter().chain([&subject.category]);
        for (_, name) in names {
            lesson.read_names(&analysis::tokens(name));
        }
        for detail in subject.details {
            for token in analysis::tokens(detail)
                .iter()
                .take(DETAIL_TOKENS_MAX)
                .filter(|t| is_word(t))
            {
                lesson.details.extend(terms(token).map(str::to_owned));
            }
        }
        lesson.codes = subject
            .codes
            .iter()
            .flat_map(|code| analysis::spellings(code))
            .collect();
        lesson.codes.extend(analysis::codes(subject.title));
        let Self {
            terms,
            details,
            things,
            purposes,
            words,
            codes,
            ..
        } = &mut lesson;
        for list in [terms, details, things, purposes, words, codes] {
            list.sort_unstable();
            list.dedup();
        }
        lesson.pairs.sort_unstable();
        lesson.pairs.dedup();
        let terms = &lesson.terms;
        lesson
            .details
            .retain(|term| terms.binary_search(term).is_err());
        lesson
    }

    fn read_title(&mut self, text: &str, title: &[Token], brand: &[Token]) {
        let mut before: Option<(&str, usize)> = None;
        let mut thing = true;
        for token in title {
            let near = before
                .take()
                .filter(|(_, end)| text.get(*end..token.range.start) == Some(" "));
            thing &= !is_preposition(&token.term);
            if !is_word(token) {
                continue;
            }
            self.terms.extend(terms(token).map(str::to_owned));
            if !brand.iter().any(|b| b.term == token.term) {
                let list = if thing {
                    &mut self.things
                } else {
                    &mut self.purposes
                };
                list.extend(terms(token).map(str::to_owned));
            }
            let Some(word) = token.plain.last().filter(|_| token.shape != Shape::Measure) else {
                continue;
            };
            self.words.extend(token.plain.iter().cloned());
            if let Some((first, _)) = near {
                self.pairs.push((first.to_owned(), word.clone()));
            }
            before = Some((word, token.range.end));
        }
    }

    fn read_names(&mut self, tokens: &[Token]) {
        for token in tokens.iter().filter(|t| is_word(t)) {
            self.terms.extend(terms(token).map(str::to_owned));
            self.words.extend(token.plain.iter().cloned());
        }
    }
}

/// Terms of a token and its parts.
fn terms(token: &Token) -> impl Iterator<Item = &str> {
    std::iter::once(&token.term)
        .chain(&token.parts)
        .map(String::as_str)
}

/// Whether a token is something that many products may share: no model number, no barcode.
fn is_word(token: &Token) -> bool {
    match token.shape {
        Shape::Code => token.term.len() <= WORD_CODE_MAX,
        Shape::Number => token.term.len() <= WORD_NUMBER_MAX,
        Shape::Size => token.term.len() <= 2 * WORD_CODE_MAX,
        Shape::Word | Shape::Compound | Shape::Measure | Shape::Ideographs => true,
    }
}
