//! What filters, sorts and shows a product, small enough to keep all of them in memory.

use contract_catalog::{Availability, Brand, CategoryRef, Highlight, Media, ProductSummary};
use kernel::{Money, ProductId, VariantId};

use super::document::Document;
use super::names::{NameId, Names};
use super::vocabulary::Vocabulary;

/// Specifications on a card.
const HIGHLIGHTS_MAX: usize = 4;

/// The facts of a product. Names that it shares with others are in [`Shared`].
#[derive(Debug)]
pub struct Facts {
    /// The product.
    pub id: ProductId,
    /// The change that wrote them; the same number on every instance.
    pub revision: i64,
    /// Its brand, where it has one.
    pub brand: Option<NameId>,
    /// Its category.
    pub category: NameId,
    /// The categories above that one.
    pub parents: Box<[NameId]>,
    /// Its price.
    pub price: Money,
    /// How much is left.
    pub availability: Availability,
    /// When it came into the catalogue, in microseconds since 1970.
    pub created_us: i64,
    slug: Box<str>,
    title: Box<str>,
    compare_at: Option<Money>,
    art: NameId,
    color: Option<Box<str>>,
    highlights: Box<[(NameId, Box<str>)]>,
    variant_count: i32,
    default_variant_id: VariantId,
}

/// Names and words that products share.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    /// Brands.
    pub brands: Names,
    /// Categories.
    pub categories: Names,
    /// Words of titles, brands and categories.
    pub vocabulary: Vocabulary,
    /// Names of specifications and kinds of art.
    labels: Names,
}

impl Shared {
    /// Takes a product in, as a change wrote it.
    pub fn hold(&mut self, revision: i64, document: &Document) -> Facts {
        self.vocabulary.add(&document.title, 1);
        let vocabulary = &mut self.vocabulary;
        let brand = document
            .brand
            .as_ref()
            .map(|b| hold(&mut self.brands, vocabulary, &b.slug, &b.name));
        let mut category =
            |c: &CategoryRef| hold(&mut self.categories, vocabulary, &c.slug, &c.name);
        let labels = &mut self.labels;
        let chosen = document
            .specifications
            .iter()
            .filter(|s| s.highlight.is_some())
            .take(HIGHLIGHTS_MAX);
        Facts {
            id: document.id,
            revision,
            brand,
            category: category(&document.category),
            parents: document.parents.iter().map(category).collect(),
            price: document.price,
            availability: document.availability,
            created_us: document.created_at.as_microsecond(),
            slug: document.slug.as_str().into(),
            title: document.title.as_str().into(),
            compare_at: document.compare_at,
            art: labels.hold(&document.art, &document.art).0,
            color: document.color.as_deref().map(Into::into),
            highlights: chosen
                .map(|s| (labels.hold(&s.name, &s.name).0, s.shown().into()))
                .collect(),
            variant_count: document.variant_count,
            default_variant_id: document.default_variant_id,
        }
    }

    /// Takes a product back.
    pub fn release(&mut self, facts: &Facts) {
        self.vocabulary.remove(&facts.title, 1);
        if let Some(brand) = facts.brand {
            self.vocabulary.remove(&self.brands.get(brand).name, 1);
            self.brands.release(brand);
        }
        for &category in facts.parents.iter().chain([&facts.category]) {
            self.vocabulary
                .remove(&self.categories.get(category).name, 1);
            self.categories.release(category);
        }
    }

    /// A product as lists show it.
    pub fn summary(&self, facts: &Facts) -> ProductSummary {
        let category = self.categories.get(facts.category);
        let brand = facts.brand.map(|id| self.brands.get(id));
        let highlights = facts.highlights.iter();
        ProductSummary {
            id: facts.id,
            slug: facts.slug.to_string(),
            title: facts.title.to_string(),
            brand: brand.map(|b| Brand {
                slug: b.slug.clone(),
                name: b.name.clone(),
            }),
            category: CategoryRef {
                slug: category.slug.clone(),
                name: category.name.clone(),
            },
            price: facts.price,
            compare_at: facts.compare_at,
            availability: facts.availability,
            image: Media::art(
                &self.labels.get(facts.art).name,
                facts.id,
                facts.color.as_deref(),
                &facts.title,
            ),
            highlights: highlights
                .map(|(label, value)| Highlight {
                    name: self.labels.get(*label).name.clone(),
                    value: value.to_string(),
                })
                .collect(),
            variant_count: facts.variant_count,
            default_variant_id: facts.default_variant_id,
        }
    }
}

/// Holds a name and its words; a name that changed changes for all who hold it.
fn hold(names: &mut Names, vocabulary: &mut Vocabulary, slug: &str, name: &str) -> NameId {
    let (id, before) = names.hold(slug, name);
    if let Some(before) = before {
        let others = names.get(id).count.saturating_sub(1);
        vocabulary.remove(&before, others);
        vocabulary.add(name, others);
    }
    vocabulary.add(name, 1);
    id
}
