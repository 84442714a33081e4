//! From the concepts of a plan to a query on the index, scored as `search_core::weights` says.

use search_core::weights;
use search_lexis::{Alternative, Concept, Pattern};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query,
    TermSetQuery,
};
use tantivy::schema::Field;
use tantivy::{Score, Searcher, Term};

use crate::best::Best;
use crate::prefix;
use crate::schema::Fields;
use crate::stem::Stem;
use crate::terms::{Part, Terms};

/// Concepts of a plan at most; more are left out.
const CONCEPTS_MAX: usize = 32;
/// Wordings of a concept at most.
const ALTERNATIVES_MAX: usize = 32;
/// Stems of a phrase at most.
const STEMS_MAX: usize = 16;
/// tantivy's BM25 holds the constant factor k1 + 1, which the definition leaves out.
const BM25_FACTOR: Score = 2.2;

/// Makes queries.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    /// The fields to look in.
    pub(crate) fields: &'a Fields,
    /// The index to look in.
    pub(crate) searcher: &'a Searcher,
    /// Where its stems are...
    pub(crate) stems: &'a Terms,
    /// ...and its codes.
    pub(crate) codes: &'a Terms,
}

/// Whether a product must hold something to match.
pub(crate) fn must_hold(concepts: &[Concept], required: usize) -> bool {
    let mut known = concepts.iter().take(CONCEPTS_MAX);
    required > 0 && known.any(|concept| !concept.optional)
}

impl Words<'_> {
    /// What holds enough of the concepts; `None` when that is every product, with the same score or `scored` by nobody.
    pub(crate) fn query(
        &self,
        concepts: &[Concept],
        required: usize,
        scored: bool,
    ) -> tantivy::Result<Option<Box<dyn Query>>> {
        let mut needed = Vec::new();
        let mut optional = Vec::new();
        for concept in concepts.iter().take(CONCEPTS_MAX) {
            let query = self.concept(concept)?;
            let list = if concept.optional {
                &mut optional
            } else {
                &mut needed
            };
            list.push(query);
        }
        let required = required.min(needed.len());
        if required == 0 && (!scored || (needed.is_empty() && optional.is_empty())) {
            return Ok(None);
        }
        let all = required == needed.len();
        let occur = if all { Occur::Must } else { Occur::Should };
        let mut clauses: Vec<_> = needed.into_iter().map(|query| (occur, query)).collect();
        if required == 0 {
            let everything = ConstScoreQuery::new(Box::new(AllQuery), 0.0);
            clauses.push((Occur::Must, Box::new(everything)));
        } else if !all {
            let enough = BooleanQuery::with_minimum_required_clauses(clauses, required);
            clauses = vec![(Occur::Must, Box::new(enough))];
        }
        clauses.extend(optional.into_iter().map(|query| (Occur::Should, query)));
        Ok(Some(match clauses.len() {
            1 => clauses.remove(0).1,
            _ => Box::new(BooleanQuery::with_minimum_required_clauses(clauses, 0)),
        }))
    }

    /// What holds a concept, in its best wording.
    fn concept(&self, concept: &Concept) -> tantivy::Result<Box<dyn Query>> {
        let wordings = concept.alternatives.iter().take(ALTERNATIVES_MAX);
        let queries = wordings.map(|wording| self.alternative(wording));
        Ok(best(queries.collect::<tantivy::Result<_>>()?, 0.0))
    }

    /// What holds a wording, in its best field.
    fn alternative(&self, wording: &Alternative) -> tantivy::Result<Box<dyn Query>> {
        let weight = if wording.weight.is_finite() {
            wording.weight.max(0.0)
        } else {
            0.0
        };
        let fields = match &wording.pattern {
            Pattern::Term(stem) => return self.term(stem, weight),
            Pattern::Phrase(stems) => self.phrase(&stems[..stems.len().min(STEMS_MAX)], weight)?,
            Pattern::Code(code) => {
                let parts = self.codes.find(self.searcher, code)?;
                return Ok(held(&parts, |_| weights::CODES, weight));
            }
            Pattern::Prefix(begun) => self.prefix(begun, weight)?,
            Pattern::All(stems) => {
                let stems = stems.iter().take(STEMS_MAX);
                let stems = stems.map(|stem| self.term(stem, weight));
                return Ok(all(stems.collect::<tantivy::Result<_>>()?));
            }
        };
        Ok(best(fields, weights::TIE_BREAKER))
    }

    /// A stem, in its best field.
    fn term(&self, stem: &str, weight: Score) -> tantivy::Result<Box<dyn Query>> {
        let parts = self.stems.find(self.searcher, stem)?;
        let boost = |field| self.fields.weight(field);
        Ok(held(&parts, boost, weight))
    }

    /// All stems in one field; next to each other in the title counts more. Fields that lack one of them are left out.
    fn phrase(&self, stems: &[String], weight: Score) -> tantivy::Result<Vec<Box<dyn Query>>> {
        let mut fields: Vec<Box<dyn Query>> = Vec::new();
        let held = stems
            .iter()
            .map(|stem| self.stems.find(self.searcher, stem));
        let held = held.collect::<tantivy::Result<Vec<_>>>()?;
        for field in self.fields.stemmed() {
            let parts = held.iter().map(|parts| in_field(parts, field).cloned());
            let Some(parts) = parts.collect::<Option<Vec<Part>>>() else {
                continue;
            };
            if parts.is_empty() {
                continue;
            }
            let stem = |part| -> Box<dyn Query> { Box::new(Stem::new(vec![part])) };
            let mut query = all(parts.into_iter().map(stem).collect());
            if field == self.fields.title && stems.len() > 1 {
                let terms = stems.iter().map(|stem| Term::from_field_text(field, stem));
                let adjacent = boosted(
                    Box::new(PhraseQuery::new(terms.collect())),
                    weights::ADJACENT,
                );
                query = Box::new(BooleanQuery::new(vec![
                    (Occur::Must, query),
                    (Occur::Should, adjacent),
                ]));
            }
            let boost = self.fields.weight(field) * weight / BM25_FACTOR;
            fields.push(boosted(query, boost));
        }
        Ok(fields)
    }

    /// Words and codes that begin so; nothing begins nothing.
    fn prefix(&self, begun: &str, weight: Score) -> tantivy::Result<Vec<Box<dyn Query>>> {
        let mut fields: Vec<Box<dyn Query>> = Vec::new();
        if begun.is_empty() {
            return Ok(fields);
        }
        for (field, boost) in [
            (self.fields.title_plain, weights::TITLE),
            (self.fields.brand, weights::BRAND),
            (self.fields.codes, weights::CODES),
        ] {
            let terms = prefix::expand(self.searcher, field, begun)?;
            if !terms.is_empty() {
                let any = Box::new(TermSetQuery::new(terms));
                fields.push(Box::new(ConstScoreQuery::new(
                    any,
                    boost * weight * weights::PREFIX,
                )));
            }
        }
        Ok(fields)
    }
}

/// A term in the best of the fields that hold it, each with its boost.
fn held(parts: &[Part], boost: impl Fn(Field) -> Score, weight: Score) -> Box<dyn Query> {
    if parts.is_empty() {
        return Box::new(EmptyQuery);
    }
    let boosted = |part: &Part| part.boosted(boost(part.field) * weight / BM25_FACTOR);
    Box::new(Stem::new(parts.iter().map(boosted).collect()))
}

/// A term in one of the fields that hold it.
fn in_field(parts: &[Part], field: Field) -> Option<&Part> {
    parts.iter().find(|part| part.field == field)
}

/// The best of some queries, the others for `tie_breaker` of their scores. Nothing matches none of them.
fn best(mut queries: Vec<Box<dyn Query>>, tie_breaker: Score) -> Box<dyn Query> {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(Best::new(queries, tie_breaker)),
    }
}

/// What all queries match, their scores added. No queries match nothing.
fn all(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::intersection(queries)),
    }
}

fn boosted(query: Box<dyn Query>, boost: Score) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}
