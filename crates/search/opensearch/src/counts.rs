//! Facets: counted by the server, chosen by the rules that every engine shares.
//!
//! The first request counts everything but the values of attributes; these are counted by a second one, for the
//! attributes that may matter only.

use search_core::Text;
use search_core::facets::{
    ATTRIBUTE_VALUES_MAX, ATTRIBUTES_COUNTED_MAX, AttributeCounts, Counted, FacetCounts,
    VALUES_MAX, ValueCount, choose, most_frequent, price_ends, to_count, value_name,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::filters::{Clauses, Facet};
use crate::product::Head;
use crate::schema::{self, SEPARATOR, field};

/// Values that each of several shards names, so that the sums over them are right.
const SHARD_VALUES: usize = 2_000;
/// Two heads for each attribute: while one is renamed, both are there.
const HEADS: usize = ATTRIBUTES_COUNTED_MAX * 2;

/// The first request's aggregations, over everything that matches without filters.
pub(crate) fn first(filters: &Clauses<'_>, exponent: u16) -> Value {
    let mut all = Map::new();
    let mut aggregations = Map::new();
    let facets = [
        (
            Facet::Category,
            "category",
            values(field::CATEGORY, VALUES_MAX),
        ),
        (Facet::Brand, "brand", values(field::BRAND_NAME, VALUES_MAX)),
        (
            Facet::Stock,
            "stock",
            json!({"filter": {"term": {field::IN_STOCK: true}}}),
        ),
        (
            Facet::Price,
            "price_min",
            json!({"min": {"field": field::PRICE}}),
        ),
        (
            Facet::Price,
            "price_max",
            json!({"max": {"field": field::PRICE}}),
        ),
        (Facet::Price, "price", ranges(exponent)),
    ];
    for (facet, name, counts) in facets {
        if filters.has(facet) {
            let only = json!({"filter": every(&filters.all_but(facet)), "aggs": {name: counts}});
            aggregations.insert(format!("only_{name}"), only);
        } else {
            all.insert(name.to_owned(), counts);
        }
    }
    for (n, code) in filters.attributes().enumerate() {
        let others = filters.all_but(Facet::Attribute(code));
        let counts = json!({"heads": prefixed(field::HEAD, code, 2), "values": values_of(code)});
        aggregations.insert(
            format!("only_{n}"),
            json!({"filter": every(&others), "aggs": counts}),
        );
    }
    all.insert(
        "heads".to_owned(),
        values(field::HEAD, HEADS + filters.attributes().count()),
    );
    aggregations.insert(
        "all".to_owned(),
        json!({"filter": every(&filters.all()), "aggs": all}),
    );
    Value::Object(aggregations)
}

fn every(clauses: &[&Value]) -> Value {
    if clauses.is_empty() {
        return json!({"match_all": {}});
    }
    json!({"bool": {"filter": clauses}})
}

fn values(field: &str, size: usize) -> Value {
    json!({"terms": {"field": field, "size": size, "shard_size": SHARD_VALUES, "order": [{"_count": "desc"}, {"_key": "asc"}]}})
}

/// Values that begin with a code.
fn prefixed(field: &str, code: &str, size: usize) -> Value {
    let mut counts = values(field, size);
    let mut pattern = String::new();
    for c in code.chars() {
        if !c.is_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    // Not `.*`: the server treats that as a prefix, and fails (2.19) where the prefix comes after all values.
    counts["terms"]["include"] = json!(format!("{pattern}{SEPARATOR}.+"));
    counts
}

fn values_of(code: &str) -> Value {
    prefixed(&schema::slot(code), code, ATTRIBUTE_VALUES_MAX)
}

fn ranges(exponent: u16) -> Value {
    let ends = price_ends(exponent);
    let first = json!({"to": ends.first()});
    let last = json!({"from": ends.last()});
    let between = ends
        .windows(2)
        .map(|pair| json!({"from": pair.first(), "to": pair.last()}));
    let ranges: Vec<_> = std::iter::once(first)
        .chain(between)
        .chain([last])
        .collect();
    json!({"range": {"field": field::PRICE, "ranges": ranges}})
}

/// What the first request counted.
pub(crate) struct First<'a> {
    counts: &'a Value,
    /// Attributes that results have, with how many, those filtered by left out.
    heads: Vec<(Head, u64)>,
    /// Those whose values the second request counts.
    chosen: Vec<String>,
    /// Those filtered by that no result has, by their places: their names are asked for.
    nameless: Vec<(usize, String)>,
}

#[derive(Debug, Default, Deserialize)]
struct Buckets {
    #[serde(default)]
    buckets: Vec<Bucket>,
}

#[derive(Debug, Deserialize)]
struct Bucket {
    #[serde(default)]
    key: String,
    doc_count: u64,
}

impl<'a> First<'a> {
    pub(crate) fn read(counts: &'a Value, filters: &Clauses<'_>) -> Self {
        let results = count(&counts["all"]);
        let mut heads = heads(&counts["all"]["heads"]);
        heads.retain(|(head, _)| !filters.has(Facet::Attribute(&head.code)));
        let coverage = heads
            .iter()
            .map(|(head, count)| (head.code.clone(), *count));
        let chosen = to_count(results, coverage);
        let filtered = filters.attributes().map(str::to_owned).enumerate();
        let nameless =
            filtered.filter(|(n, _)| buckets(&counts[format!("only_{n}")]["heads"]).is_empty());
        Self {
            counts,
            heads,
            chosen,
            nameless: nameless.collect(),
        }
    }

    /// How many results there are.
    pub(crate) fn results(&self) -> u64 {
        count(&self.counts["all"])
    }

    /// The second request's aggregations, if there is anything to count.
    pub(crate) fn more(&self) -> Option<Value> {
        let counts = self.chosen.iter().enumerate();
        let mut counts: Map<_, _> = counts
            .map(|(n, code)| (n.to_string(), values_of(code)))
            .collect();
        for (n, code) in &self.nameless {
            let names = json!({"global": {}, "aggs": {"heads": prefixed(field::HEAD, code, 1)}});
            counts.insert(format!("name_{n}"), names);
        }
        (!counts.is_empty()).then_some(Value::Object(counts))
    }

    /// The facets, with the answer to the second request.
    pub(crate) fn facets(&self, more: Option<&Value>, filters: &Clauses<'_>) -> FacetCounts {
        let place = |facet: Facet<'_>, name: &str| {
            if filters.has(facet) {
                &self.counts[format!("only_{name}")][name]
            } else {
                &self.counts["all"][name]
            }
        };
        let price = |name| place(Facet::Price, name)["value"].as_f64().map(whole);
        let prices = buckets(place(Facet::Price, "price"));
        FacetCounts {
            categories: named(place(Facet::Category, "category")),
            brands: named(place(Facet::Brand, "brand")),
            price: price("price_min").zip(price("price_max")),
            price_counts: prices.into_iter().map(|bucket| bucket.doc_count).collect(),
            in_stock: count(place(Facet::Stock, "stock")),
            attributes: choose(self.attributes(more, filters)),
        }
    }

    fn attributes(&self, more: Option<&Value>, filters: &Clauses<'_>) -> Vec<Counted> {
        let mut all = Vec::new();
        let more = more.unwrap_or(&Value::Null);
        for (n, code) in filters.attributes().enumerate() {
            let own = &self.counts[format!("only_{n}")];
            let known = heads(&more[format!("name_{n}")]["heads"])
                .into_iter()
                .map(|(head, _)| (head, 0));
            let head = heads(&own["heads"])
                .into_iter()
                .chain(known)
                .find(|(head, _)| head.code == code);
            if let Some((head, coverage)) = head {
                all.push(Counted {
                    attribute: attribute(head, coverage, &own["values"]),
                    results: count(own),
                    filtered: true,
                });
            }
        }
        for (n, code) in self.chosen.iter().enumerate() {
            if let Some((head, coverage)) = self.heads.iter().find(|(head, _)| head.code == *code) {
                all.push(Counted {
                    attribute: attribute(head.clone(), *coverage, &more[n.to_string()]),
                    results: self.results(),
                    filtered: false,
                });
            }
        }
        all
    }
}

fn attribute(head: Head, coverage: u64, counts: &Value) -> AttributeCounts {
    let values = buckets(counts).into_iter().filter_map(|bucket| {
        let (_, value) = bucket.key.split_once(SEPARATOR)?;
        Some(ValueCount {
            value: value.into(),
            name: value_name(value, head.unit.as_deref()).into(),
            count: bucket.doc_count,
        })
    });
    let mut values: Vec<_> = values.collect();
    most_frequent(&mut values, ATTRIBUTE_VALUES_MAX);
    AttributeCounts {
        code: head.code.into(),
        name: head.name.into(),
        unit: head.unit.map(Text::from),
        numeric: head.numeric,
        coverage,
        values,
    }
}

/// Attributes with how many have them. One that is called in two ways (while it is renamed) counts as the more frequent.
fn heads(counts: &Value) -> Vec<(Head, u64)> {
    let mut heads: Vec<(Head, u64)> = Vec::new();
    for bucket in buckets(counts) {
        let Some(head) = Head::read(&bucket.key) else {
            continue;
        };
        match heads.iter_mut().find(|(known, _)| known.code == head.code) {
            Some((_, count)) => *count = count.saturating_add(bucket.doc_count),
            None => heads.push((head, bucket.doc_count)),
        }
    }
    heads
}

/// Values whose keys are name and slug; a slug that has two names (while it is renamed) has the more frequent.
fn named(counts: &Value) -> Vec<ValueCount> {
    let mut values: Vec<ValueCount> = Vec::new();
    for bucket in buckets(counts) {
        let Some((name, slug)) = bucket.key.split_once(SEPARATOR) else {
            continue;
        };
        match values.iter_mut().find(|value| value.value == slug) {
            Some(value) => value.count = value.count.saturating_add(bucket.doc_count),
            None => values.push(ValueCount {
                value: slug.into(),
                name: name.into(),
                count: bucket.doc_count,
            }),
        }
    }
    most_frequent(&mut values, VALUES_MAX);
    values
}

fn buckets(counts: &Value) -> Vec<Bucket> {
    Buckets::deserialize(counts).unwrap_or_default().buckets
}

fn count(counts: &Value) -> u64 {
    counts["doc_count"].as_u64().unwrap_or_default()
}

/// The server tells least and greatest values of whole numbers as decimals.
#[expect(clippy::cast_possible_truncation, reason = "prices end far below 2^53")]
fn whole(value: f64) -> i64 {
    value as i64
}

#[cfg(test)]
mod tests {
    use search_core::Filters;

    use super::*;

    #[test]
    fn codes_are_no_patterns() {
        let counts = prefixed("values", "a.*|b", 1);
        assert_eq!(
            counts["terms"]["include"],
            format!("a\\.\\*\\|b{SEPARATOR}.+")
        );
    }

    #[test]
    fn a_facet_counts_without_its_own_filter() {
        let filters = Filters {
            brands: vec!["acme".to_owned()],
            in_stock: true,
            ..Filters::default()
        };
        let clauses = Clauses::of(&filters);
        let counts = first(&clauses, 2);
        let own = counts["only_brand"]["filter"].to_string();
        assert!(
            own.contains(field::IN_STOCK) && !own.contains("acme"),
            "{own}"
        );
        let all = counts["all"]["filter"].to_string();
        assert!(
            all.contains(field::IN_STOCK) && all.contains("acme"),
            "{all}"
        );
        assert!(counts["all"]["aggs"].get("brand").is_none());
    }

    #[test]
    fn an_answer_without_counts_is_no_panic() {
        let filters = Filters::default();
        let clauses = Clauses::of(&filters);
        let first = First::read(&Value::Null, &clauses);
        assert_eq!(first.results(), 0);
        assert!(first.more().is_none());
        assert_eq!(first.facets(None, &clauses), FacetCounts::default());
    }
}
