//! Completions while somebody types.

use std::collections::HashSet;

use contract_catalog::CategoryRef;

use super::Engine;
use super::place::{Page, Place};
use crate::domain::names::Names;
use crate::domain::query::Sort;
use crate::domain::results::{SuggestedProduct, Suggestions};
use crate::domain::vocabulary::Vocabulary;
use crate::domain::words;
use crate::error::Error;

/// Suggestions of each kind at most: together they fit a screen without scrolling.
const QUERIES_MAX: usize = 4;
const CATEGORIES_MAX: usize = 2;
const PRODUCTS_MAX: u16 = 4;

impl Engine {
    /// What somebody who typed this far may want.
    ///
    /// # Errors
    /// [`Error::Index`] when the index fails.
    pub fn suggest(&self, text: &str) -> Result<Suggestions, Error> {
        let typed = words::split(text);
        let Some((last, before)) = typed.split_last() else {
            return Ok(Suggestions::default());
        };
        let table = self.table();
        let mut hits = self.hits(&*self.fields.prefix_query(&typed, false), true)?;
        if hits.is_empty() {
            hits = self.hits(&*self.fields.prefix_query(&typed, true), true)?;
        }
        let mut page = Page::new(PRODUCTS_MAX, None);
        for hit in hits {
            if let Some(facts) = table.get(hit.slot) {
                page.offer(Place::of(Sort::Relevance, hit.score, facts), hit.slot);
            }
        }
        let (slots, _) = page.finish();
        let products = slots
            .into_iter()
            .filter_map(|slot| table.get(slot))
            .map(|f| table.shared.summary(f));
        Ok(Suggestions {
            queries: queries(&table.shared.vocabulary, before, last),
            categories: categories(&table.shared.categories, &typed),
            products: products
                .map(|p| SuggestedProduct {
                    id: p.id,
                    slug: p.slug,
                    title: p.title,
                    image: p.image,
                    price: p.price,
                })
                .collect(),
        })
    }
}

/// The typed words with the last one completed, or corrected where nothing begins like it.
fn queries(vocabulary: &Vocabulary, before: &[String], last: &str) -> Vec<String> {
    let mut endings = vocabulary.complete(last, QUERIES_MAX);
    if endings.is_empty() {
        endings.extend(vocabulary.correct(last));
    }
    let mut seen = HashSet::new();
    endings
        .into_iter()
        .map(|ending| {
            before
                .iter()
                .map(String::as_str)
                .chain([ending])
                .collect::<Vec<_>>()
                .join(" ")
        })
        .filter(|query| seen.insert(query.clone()))
        .collect()
}

/// Categories in whose name every typed word begins a word, the fullest first.
fn categories(names: &Names, typed: &[String]) -> Vec<CategoryRef> {
    let begun = |name: &str| {
        let name = words::split(name);
        typed
            .iter()
            .all(|word| name.iter().any(|n| n.starts_with(word.as_str())))
    };
    let mut found: Vec<_> = names
        .all()
        .iter()
        .filter(|c| c.count > 0 && begun(&c.name))
        .collect();
    found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    let found = found.into_iter().take(CATEGORIES_MAX);
    found
        .map(|c| CategoryRef {
            slug: c.slug.clone(),
            name: c.name.clone(),
        })
        .collect()
}
