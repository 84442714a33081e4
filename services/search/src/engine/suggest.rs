//! Completions while somebody types.

use std::collections::HashSet;

use super::{Engine, Table};
use crate::domain::results::{SuggestedProduct, Suggestions};
use crate::domain::words;
use crate::error::Error;

/// Suggestions of each kind at most: together they fit a screen without scrolling.
const QUERIES_MAX: usize = 4;
const CATEGORIES_MAX: usize = 2;
const PRODUCTS_MAX: usize = 4;

impl Engine {
    /// What somebody who typed this far may want.
    ///
    /// # Errors
    /// [`Error::Index`] when the index fails.
    pub fn suggest(&self, text: &str) -> Result<Suggestions, Error> {
        let typed = words::split(text);
        let Some((last, before)) = typed.split_last() else { return Ok(Suggestions::default()) };
        let table = self.table();
        let mut found = self.matches(&*self.fields.prefix_query(&typed, false))?;
        if found.is_empty() {
            found = self.matches(&*self.fields.prefix_query(&typed, true))?;
        }
        found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
        let products = found.iter().filter_map(|(_, key)| table.facts.get(key)).take(PRODUCTS_MAX);
        Ok(Suggestions {
            queries: queries(&table, before, last),
            categories: categories(&table, &typed),
            products: products
                .map(|facts| SuggestedProduct {
                    id: facts.summary.id,
                    slug: facts.summary.slug.clone(),
                    title: facts.summary.title.clone(),
                    image: facts.summary.image.clone(),
                    price: facts.summary.price,
                })
                .collect(),
        })
    }
}

/// The typed words with the last one completed, or corrected where nothing begins like it.
fn queries(table: &Table, before: &[String], last: &str) -> Vec<String> {
    let mut endings = table.vocabulary.complete(last, QUERIES_MAX);
    if endings.is_empty() {
        endings.extend(table.vocabulary.correct(last));
    }
    let mut seen = HashSet::new();
    endings
        .into_iter()
        .map(|ending| before.iter().map(String::as_str).chain([ending]).collect::<Vec<_>>().join(" "))
        .filter(|query| seen.insert(query.clone()))
        .collect()
}

/// Categories in whose name every typed word begins a word, the fullest first.
fn categories(table: &Table, typed: &[String]) -> Vec<contract_catalog::CategoryRef> {
    let named = |name: &str| {
        let name = words::split(name);
        typed.iter().all(|word| name.iter().any(|n| n.starts_with(word.as_str())))
    };
    let mut found: Vec<_> = table.categories.values().filter(|(c, _)| named(&c.name)).collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
    found.into_iter().take(CATEGORIES_MAX).map(|(category, _)| category.clone()).collect()
}
