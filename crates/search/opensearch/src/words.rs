//! From what a query means to what the server is asked: terms only, never a query language.

use search_core::weights;
use search_lexis::{Alternative, Concept, Pattern};
use serde_json::{Value, json};

use crate::schema::field;

/// Concepts of a plan at most; more are left out.
const CONCEPTS_MAX: usize = 32;
/// Stems of a phrase at most.
const STEMS_MAX: usize = 16;
/// Clauses of a query at most; the server's own limit is 1,024.
const CLAUSES_MAX: usize = 900;
/// Weights below count as this: a match must score more than 0.
const WEIGHT_MIN: f32 = 1e-6;

/// Fields in which a term is looked for, with what a match counts.
const WORDS: [(&str, f32); 5] = [
    (field::TITLE, weights::TITLE),
    (field::BRAND_TERMS, weights::BRAND),
    (field::CATEGORY_TERMS, weights::CATEGORY),
    (field::ATTRIBUTE_TERMS, weights::ATTRIBUTES),
    (field::DESCRIPTION, weights::DESCRIPTION),
];
/// Fields in which a prefix is looked for.
const PREFIXES: [(&str, f32); 3] = [
    (field::TITLE_PLAIN, weights::TITLE),
    (field::BRAND_TERMS, weights::BRAND),
    (field::CODES, weights::CODES),
];

/// How many concepts a result must hold: never more than there are.
pub(crate) fn required(concepts: &[Concept], required: usize) -> usize {
    let needed = concepts.iter().take(CONCEPTS_MAX).filter(|c| !c.optional);
    required.min(needed.count())
}

/// The query by words: it scores as [`search_core::weights`] says. Every product matches when nothing is required, and
/// scores 0 where no word is found. `factor` is what the server multiplies BM25 by.
pub(crate) fn query(concepts: &[Concept], required: usize, factor: f32) -> Value {
    let concepts = &concepts[..concepts.len().min(CONCEPTS_MAX)];
    let budget = Budget::of(concepts);
    let (optional, needed): (Vec<_>, Vec<_>) = concepts.iter().partition(|c| c.optional);
    let clauses = |concepts: &[&Concept]| -> Vec<Value> {
        concepts
            .iter()
            .map(|c| concept(c, &budget, factor))
            .collect()
    };
    let (optional, needed) = (clauses(&optional), clauses(&needed));
    let required = required.min(needed.len());
    if required == 0 {
        let everything = json!({"match_all": {"boost": 0.0}});
        let should: Vec<_> = needed.into_iter().chain(optional).collect();
        return json!({"bool": {"must": [everything], "should": should, "minimum_should_match": 0}});
    }
    let words = json!({"bool": {"should": needed, "minimum_should_match": required}});
    if optional.is_empty() {
        return words;
    }
    json!({"bool": {"must": [words], "should": optional}})
}

fn concept(concept: &Concept, budget: &Budget, factor: f32) -> Value {
    let alternatives = budget.of_concept(concept);
    let mut queries: Vec<_> = alternatives
        .into_iter()
        .map(|a| alternative(a, factor))
        .collect();
    match queries.len() {
        0 => nothing(), // an empty list would be an error there, or match everything
        1 => queries.remove(0),
        _ => json!({"dis_max": {"queries": queries, "tie_breaker": 0.0}}),
    }
}

fn nothing() -> Value {
    json!({"match_none": {}})
}

fn alternative(alternative: &Alternative, factor: f32) -> Value {
    let known = if alternative.weight.is_finite() {
        alternative.weight.max(WEIGHT_MIN)
    } else {
        WEIGHT_MIN
    };
    let weight = |boost: f32| boost * known / factor;
    let best = |queries: Vec<Value>| json!({"dis_max": {"queries": queries, "tie_breaker": weights::TIE_BREAKER}});
    let anywhere = |stem: &str| {
        best(
            WORDS
                .iter()
                .map(|(field, boost)| term(field, stem, weight(*boost)))
                .collect(),
        )
    };
    match &alternative.pattern {
        Pattern::Phrase(texts) | Pattern::All(texts) if texts.is_empty() => nothing(),
        Pattern::Prefix(text) if text.is_empty() => nothing(),
        Pattern::Term(stem) => anywhere(stem),
        Pattern::Phrase(stems) => {
            let stems = &stems[..stems.len().min(STEMS_MAX)];
            best(
                WORDS
                    .iter()
                    .map(|(field, boost)| phrase(field, stems, weight(*boost)))
                    .collect(),
            )
        }
        Pattern::All(stems) => {
            let all: Vec<_> = stems.iter().map(|stem| anywhere(stem)).collect();
            json!({"bool": {"must": all}})
        }
        Pattern::Code(code) => term(field::CODES, code, weight(weights::CODES)),
        Pattern::Prefix(prefix) => best(
            PREFIXES
                .iter()
                .map(|(field, boost)| begins(field, prefix, boost * known * weights::PREFIX))
                .collect(),
        ),
    }
}

fn term(field: &str, term: &str, boost: f32) -> Value {
    json!({"term": {field: {"value": term, "boost": boost}}})
}

/// All stems in one field; next to each other in the title counts more.
fn phrase(field: &str, stems: &[String], boost: f32) -> Value {
    let all: Vec<_> = stems.iter().map(|stem| term(field, stem, boost)).collect();
    if field != field::TITLE || stems.len() < 2 {
        return json!({"bool": {"must": all}});
    }
    let adjacent = json!({"match_phrase": {field: {
        "query": stems.join(" "), "boost": boost * weights::ADJACENT,
    }}});
    json!({"bool": {"must": all, "should": [adjacent]}})
}

fn begins(field: &str, prefix: &str, boost: f32) -> Value {
    json!({"constant_score": {"filter": {"prefix": {field: {"value": prefix}}}, "boost": boost}})
}

/// How many alternatives each concept may bring, so that a query never has more clauses than the server takes. Only
/// queries that hold dozens of words with dozens of synonyms each reach it.
struct Budget {
    per_concept: usize,
}

impl Budget {
    fn of(concepts: &[Concept]) -> Self {
        let total: usize = concepts
            .iter()
            .flat_map(|c| &c.alternatives)
            .map(clauses)
            .sum();
        let per_concept = if total <= CLAUSES_MAX {
            usize::MAX
        } else {
            CLAUSES_MAX / concepts.len().max(1)
        };
        Self { per_concept }
    }

    /// The concept's alternatives that fit: the typed one, then in their order.
    fn of_concept<'a>(&self, concept: &'a Concept) -> Vec<&'a Alternative> {
        let mut left = self.per_concept;
        let mut kept = Vec::new();
        for alternative in &concept.alternatives {
            let Some(rest) = left.checked_sub(clauses(alternative)) else {
                break;
            };
            left = rest;
            kept.push(alternative);
        }
        kept
    }
}

/// Clauses that an alternative becomes.
fn clauses(alternative: &Alternative) -> usize {
    match &alternative.pattern {
        Pattern::Term(_) => WORDS.len(),
        Pattern::Phrase(stems) => {
            let stems = stems.len().min(STEMS_MAX);
            WORDS.len().saturating_mul(stems).saturating_add(stems)
        }
        Pattern::All(stems) => WORDS.len().saturating_mul(stems.len()),
        Pattern::Code(_) => 1,
        Pattern::Prefix(_) => PREFIXES.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concept(patterns: usize) -> Concept {
        let alternatives = (0..patterns).map(|n| Alternative {
            pattern: Pattern::Term(format!("t{n}")),
            weight: 1.0,
        });
        Concept {
            word: "t".to_owned(),
            alternatives: alternatives.collect(),
            optional: false,
        }
    }

    fn terms(query: &Value) -> usize {
        query.to_string().matches("\"term\":").count()
    }

    #[test]
    fn a_huge_query_stays_within_the_limit() {
        let concepts: Vec<_> = (0..32).map(|_| concept(40)).collect();
        let query = query(&concepts, 32, 1.0);
        let found = terms(&query);
        assert!((32 * 5..=CLAUSES_MAX).contains(&found), "{found}");
    }

    #[test]
    fn nothing_required_matches_everything() {
        assert_eq!(
            query(&[], 0, 1.0)["bool"]["must"][0]["match_all"]["boost"],
            0.0
        );
        let query = query(&[concept(1)], 0, 1.0);
        assert_eq!(query["bool"]["minimum_should_match"], 0);
        assert_eq!(query["bool"]["must"].as_array().map(Vec::len), Some(1));
    }

    #[test]
    fn hostile_texts_stay_values() {
        let mut hostile = concept(1);
        hostile.alternatives[0].pattern =
            Pattern::Term("\"}},{\"match_all\":{}} _exists_:cost *:*".to_owned());
        let text = query(&[hostile], 1, 1.0).to_string();
        assert_eq!(text.matches("match_all\":").count(), 0, "{text}");
        assert!(serde_json::from_str::<Value>(&text).is_ok());
    }
}
