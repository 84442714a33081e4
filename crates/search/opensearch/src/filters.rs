//! What every result must have.

use search_core::{Filters, Wanted};
use serde_json::{Value, json};

use crate::product::{number_key, value_key};
use crate::schema::{self, field};

/// Which facet a filter belongs to: that facet counts without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Facet<'a> {
    Category,
    Brand,
    Price,
    Stock,
    /// An attribute, by its code.
    Attribute(&'a str),
}

/// The filters of a plan, one clause for each facet.
#[derive(Debug)]
pub(crate) struct Clauses<'a>(Vec<(Facet<'a>, Value)>);

impl<'a> Clauses<'a> {
    pub(crate) fn of(filters: &'a Filters) -> Self {
        let mut clauses = Vec::new();
        if !filters.categories.is_empty() {
            clauses.push((
                Facet::Category,
                json!({"terms": {field::PATH: filters.categories}}),
            ));
        }
        if !filters.brands.is_empty() {
            clauses.push((
                Facet::Brand,
                json!({"terms": {field::BRAND: filters.brands}}),
            ));
        }
        if filters.price_min.is_some() || filters.price_max.is_some() {
            let range = json!({"gte": filters.price_min, "lte": filters.price_max});
            clauses.push((Facet::Price, json!({"range": {field::PRICE: range}})));
        }
        if filters.in_stock {
            clauses.push((Facet::Stock, json!({"term": {field::IN_STOCK: true}})));
        }
        for (code, wanted) in filters
            .attributes
            .iter()
            .filter(|(_, wanted)| !wanted.is_empty())
        {
            clauses.push((Facet::Attribute(code), attribute(code, wanted)));
        }
        Self(clauses)
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<&Value> {
        self.0.iter().map(|(_, clause)| clause).collect()
    }

    /// All but those of a facet.
    pub(crate) fn all_but(&self, facet: Facet<'_>) -> Vec<&Value> {
        let others = self.0.iter().filter(|(of, _)| *of != facet);
        others.map(|(_, clause)| clause).collect()
    }

    /// Whether a facet is filtered by.
    pub(crate) fn has(&self, facet: Facet<'_>) -> bool {
        self.0.iter().any(|(of, _)| *of == facet)
    }

    /// Codes of the attributes that are filtered by.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(|(facet, _)| match facet {
            Facet::Attribute(code) => Some(*code),
            _ => None,
        })
    }
}

fn attribute(code: &str, wanted: &[Wanted]) -> Value {
    let mut values = Vec::new();
    let mut any = Vec::new();
    for wanted in wanted {
        match wanted {
            Wanted::Value(value) => values.push(value_key(code, value)),
            Wanted::Range { min, max } => any.push(json!({"range": {field::NUMBER: {
                "gte": number_key(code, min.unwrap_or(i64::MIN)),
                "lte": number_key(code, max.unwrap_or(i64::MAX)),
            }}})),
        }
    }
    if !values.is_empty() {
        any.push(json!({"terms": {schema::slot(code): values}}));
    }
    json!({"bool": {"should": any, "minimum_should_match": 1}})
}
