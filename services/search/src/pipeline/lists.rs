//! Short lists: suggestions, products like another one, wanted by many, looked at before.

use std::sync::Arc;

use common::Problem;
use contract_catalog::ProductSummary;
use kernel::ProductId;
use search_core::{Card, Filters, Nearest, Order, Plan, Sort, ranking};
use search_lexis::{Concept, Reading};

use super::Pipeline;
use crate::domain::results::{ProductList, SuggestedProduct, Suggestions};
use crate::error::Error;

/// Suggestions of each kind at most: together they fit a screen without scrolling.
const QUERIES_MAX: usize = 5;
const CATEGORIES_MAX: usize = 3;
const PRODUCTS_MAX: usize = 4;
/// Candidates from which the suggested products are chosen.
const SUGGESTED_WINDOW: usize = 40;
/// Candidates from which similar products are chosen: the nearest of the shop, of which some are of another category,
/// and some cannot be had.
const SIMILAR_WINDOW: usize = 500;

impl Pipeline {
    /// What somebody who typed this far may want.
    ///
    /// # Errors
    /// [`Error::Engine`] when no engine answers.
    pub async fn suggest(&self, text: &str) -> Result<Suggestions, Error> {
        let (queries, categories, begun, completed) = self.knowledge.ask(|lexicon| {
            let queries = lexicon.complete(text, QUERIES_MAX);
            let completed = queries.first().map(|query| lexicon.read(query));
            (
                queries,
                lexicon.categories(text, CATEGORIES_MAX),
                lexicon.read_begun(text),
                completed,
            )
        });
        // What holds the word as typed so far, in the order of the word that is probably meant: "lapt" shows laptops, not
        // their sleeves.
        let mut products = self.suggested(&begun, completed.as_ref()).await?;
        if let Some(completed) = completed.filter(|_| products.is_empty()) {
            products = self.suggested(&completed, None).await?;
        }
        Ok(Suggestions {
            queries,
            categories: categories
                .into_iter()
                .map(|(slug, name)| contract_catalog::CategoryRef { slug, name })
                .collect(),
            products: summaries(&products)?
                .into_iter()
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

    /// The first products of a reading, ranked by another one where there is one.
    async fn suggested(
        &self,
        reading: &Reading,
        ranked_by: Option<&Reading>,
    ) -> Result<Vec<Arc<Card>>, Error> {
        if reading.concepts.is_empty() {
            return Ok(Vec::new());
        }
        let plan = Plan {
            required: required(&reading.concepts),
            concepts: reading.concepts.clone(),
            filters: Filters::default(),
            vector: None,
            include: Vec::new(),
            order: Order::Ranked {
                window: SUGGESTED_WINDOW,
            },
            facets: false,
        };
        let mut answer = self.ask(None, &plan).await?;
        let candidates = std::mem::take(&mut answer.found.candidates);
        let ranked = ranking::first(ranked_by.unwrap_or(reading), candidates, PRODUCTS_MAX);
        let ids: Vec<ProductId> = ranked.iter().map(|r| r.candidate.id).collect();
        self.cards(None, &mut answer, &ids).await
    }

    /// Products like another one: of its category, by meaning where there are vectors, else by the words of its title.
    ///
    /// # Errors
    /// [`Error::NoProduct`] when it is not on sale, [`Error::Engine`] when no engine answers.
    pub async fn similar(&self, id: ProductId, limit: usize) -> Result<ProductList, Error> {
        let engine = self.engines.embedded();
        let cards = summaries(&engine.cards(&[id]).await?)?;
        let like = cards.first().ok_or(Error::NoProduct)?;
        let vector = engine.vector(id).await?;
        let reading = self.knowledge.ask(|lexicon| lexicon.read(&like.title));
        // With a vector the nearest of the category; without, whatever shares a word of the title.
        let concepts = if vector.is_some() {
            Vec::new()
        } else {
            reading.concepts
        };
        let plan = Plan {
            required: concepts.len().min(1),
            concepts,
            filters: Filters {
                categories: vec![like.category.slug.clone()],
                ..Filters::default()
            },
            vector: vector.map(|vector| Nearest {
                vector,
                count: SIMILAR_WINDOW,
                similarity_min: 0.0,
            }),
            include: Vec::new(),
            order: Order::Ranked {
                window: SIMILAR_WINDOW,
            },
            facets: false,
        };
        let mut candidates = engine.search(&plan).await?.candidates;
        candidates.retain(|c| c.id != id);
        let likeness = |c: &search_core::Candidate| c.cosine.or(c.lexical).unwrap_or(0.0);
        candidates.sort_by(|a, b| {
            let by_stock = b.features.in_stock.cmp(&a.features.in_stock);
            by_stock
                .then_with(|| likeness(b).total_cmp(&likeness(a)))
                .then_with(|| a.id.cmp(&b.id))
        });
        candidates.truncate(limit);
        let ids: Vec<ProductId> = candidates.iter().map(|c| c.id).collect();
        self.by_ids(&ids).await
    }

    /// What shoppers want most, of what can be had.
    ///
    /// # Errors
    /// [`Error::Engine`] when no engine answers.
    pub async fn popular(
        &self,
        category: Option<String>,
        limit: usize,
    ) -> Result<ProductList, Error> {
        let plan = Plan {
            concepts: Vec::new(),
            required: 0,
            filters: Filters {
                categories: category.into_iter().collect(),
                in_stock: true,
                ..Filters::default()
            },
            vector: None,
            include: Vec::new(),
            order: Order::Sorted {
                sort: Sort::Popular,
                after: None,
                size: limit,
            },
            facets: false,
        };
        let found = self.engines.embedded().search(&plan).await?;
        let ids: Vec<ProductId> = found.candidates.iter().map(|c| c.id).collect();
        self.by_ids(&ids).await
    }

    /// These products as lists show them; those that are not on sale are left out.
    ///
    /// # Errors
    /// [`Error::Engine`] when no engine answers.
    pub async fn by_ids(&self, ids: &[ProductId]) -> Result<ProductList, Error> {
        let cards = self.engines.embedded().cards(ids).await?;
        Ok(ProductList {
            items: summaries(&cards)?,
        })
    }
}

/// The products of cards.
fn summaries(cards: &[Arc<Card>]) -> Result<Vec<ProductSummary>, Error> {
    let summaries = cards.iter().map(|card| card.summary());
    let summaries: Result<_, _> = summaries.collect();
    Ok(summaries.map_err(Problem::internal)?)
}

fn required(concepts: &[Concept]) -> usize {
    concepts.iter().filter(|c| !c.optional).count()
}
