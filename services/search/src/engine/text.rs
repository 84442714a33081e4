//! From the words of a query to a query on the index.

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::schema::{Fields, analyzer};
use crate::domain::words;

/// How much the second-best field of a word adds to its best.
const TIE_BREAKER: f32 = 0.1;

/// How many of the words a result must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// All of them.
    All,
    /// At least one.
    Any,
}

impl Fields {
    /// Products that hold the words, in any field each.
    pub(super) fn words_query(&self, words: &[String], matching: Match) -> Box<dyn Query> {
        if words.is_empty() {
            return Box::new(AllQuery);
        }
        let occur = match matching {
            Match::All => Occur::Must,
            Match::Any => Occur::Should,
        };
        Box::new(BooleanQuery::new(
            words.iter().map(|w| (occur, self.word(w))).collect(),
        ))
    }

    /// Products whose titles hold the words, the last of which may go on. `typos` forgives one in every longer word.
    pub(super) fn prefix_query(&self, words: &[String], typos: bool) -> Box<dyn Query> {
        let Some((last, whole)) = words.split_last() else {
            return Box::new(AllQuery);
        };
        let distance = |word: &str| {
            u8::from(typos && word.chars().count() > 3 && word.chars().all(char::is_alphabetic))
        };
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for word in whole {
            let mut either = vec![self.word(word)];
            if distance(word) > 0 {
                let term = Term::from_field_text(self.title_plain, word);
                either.push(Box::new(FuzzyTermQuery::new(term, distance(word), true)));
            }
            clauses.push((
                Occur::Must,
                Box::new(DisjunctionMaxQuery::with_tie_breaker(either, TIE_BREAKER)),
            ));
        }
        let begun = |field, text: &str| {
            let term = Term::from_field_text(field, text);
            Box::new(FuzzyTermQuery::new_prefix(term, distance(text), true)) as Box<dyn Query>
        };
        let mut either: Vec<Box<dyn Query>> = Vec::new();
        // `wi-f` is two words by now, of which the second goes on.
        if let Some((begun_part, before)) = words::parts(last).split_last() {
            let mut parts: Vec<_> = before.iter().map(|p| (Occur::Must, self.word(p))).collect();
            parts.push((Occur::Must, begun(self.title_plain, begun_part)));
            either.push(Box::new(BooleanQuery::new(parts)));
            either.push(begun(self.brand, begun_part));
        }
        let code = words::compact(last);
        if !code.is_empty() {
            let term = Term::from_field_text(self.code, &code);
            either.push(Box::new(FuzzyTermQuery::new_prefix(term, 0, false)));
        }
        clauses.push((
            Occur::Must,
            Box::new(DisjunctionMaxQuery::with_tie_breaker(either, TIE_BREAKER)),
        ));
        Box::new(BooleanQuery::new(clauses))
    }

    /// Products that hold a word, best field first.
    fn word(&self, word: &str) -> Box<dyn Query> {
        let mut fields: Vec<Box<dyn Query>> = Vec::new();
        let code = words::compact(word);
        if !code.is_empty() {
            fields.push(boosted(term(self.code, &code), 4.0));
        }
        for (field, stemmed, boost) in [
            (self.title, true, 4.0),
            (self.brand, false, 3.0),
            (self.category, true, 3.0),
            (self.attributes, true, 1.0),
            (self.description, true, 0.5),
        ] {
            let terms = analyzed(word, stemmed);
            let all: Vec<_> = terms
                .iter()
                .map(|t| (Occur::Must, term(field, t)))
                .collect();
            match all.len() {
                0 => {}
                1 => fields.push(boosted(term(field, &terms[0]), boost)),
                _ => fields.push(boosted(Box::new(BooleanQuery::new(all)), boost)),
            }
        }
        Box::new(DisjunctionMaxQuery::with_tie_breaker(fields, TIE_BREAKER))
    }
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::WithFreqs,
    ))
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}

/// The stems of a text's words.
pub(super) fn stems(text: &str) -> Vec<String> {
    analyzed(text, true)
}

fn analyzed(word: &str, stemmed: bool) -> Vec<String> {
    let mut analyzer = analyzer(stemmed);
    let mut stream = analyzer.token_stream(word);
    let mut terms = Vec::new();
    while let Some(token) = stream.next() {
        terms.push(token.text.clone());
    }
    terms
}
