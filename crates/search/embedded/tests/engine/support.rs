//! Products, plans and an engine to ask.

use std::path::Path;

use kernel::ProductId;
use search_core::document;
use search_core::entry::Terms;
use search_core::plan::{Filters, Order, Plan, Sort};
use search_core::{Change, Entry, Found, SearchEngine};
use search_embedded::{Embedded, Settings};
use search_lexis::{Alternative, Concept, Pattern};
use search_vectors::{DIMENSIONS, Embedding};
use serde_json::{Value, json};
use uuid::Uuid;

/// A product to be.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) number: u128,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) brand: Option<String>,
    pub(crate) category: Vec<String>,
    pub(crate) price: i64,
    pub(crate) availability: &'static str,
    pub(crate) created_us: i64,
    pub(crate) attributes: Vec<(String, Value)>,
    pub(crate) codes: Vec<String>,
    pub(crate) popularity: f32,
    pub(crate) vector: Option<Embedding>,
}

pub(crate) fn id(number: u128) -> ProductId {
    Uuid::from_u128(number).into()
}

pub(crate) fn product(number: u128, title: &str) -> Product {
    Product {
        number,
        title: title.to_owned(),
        description: String::new(),
        brand: Some("acme".to_owned()),
        category: vec!["home".to_owned(), "lamps".to_owned()],
        price: 1_999,
        availability: "in_stock",
        created_us: 1_000_000,
        attributes: Vec::new(),
        codes: Vec::new(),
        popularity: 0.0,
        vector: None,
    }
}

impl Product {
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn body(&self) -> Value {
        let category = self.category.last().unwrap();
        let attributes: Vec<_> = self
            .attributes
            .iter()
            .map(|(code, value)| {
                let unit = value.is_number().then_some("mm");
                json!({"code": code, "name": code.to_uppercase(), "unit": unit, "value": value, "highlight": null})
            })
            .collect();
        let created = jiff::Timestamp::from_microsecond(self.created_us).unwrap();
        json!({
            "product_id": Uuid::from_u128(self.number), "slug": format!("product-{}", self.number),
            "title": self.title, "description": self.description,
            "brand": self.brand.as_ref().map(|slug| json!({"slug": slug, "name": slug.to_uppercase()})),
            "category": {"slug": category, "name": category, "path": self.category.join("/")},
            "category_names": self.category, "art": "generic", "color": null, "attributes": attributes,
            "skus": self.codes, "variant_titles": [], "price_minor": self.price, "compare_at_minor": null,
            "currency": "USD", "availability": self.availability, "variant_count": 1,
            "default_variant_id": Uuid::from_u128(self.number), "created_at": created.to_string()
        })
    }

    pub(crate) fn change(&self, revision: i64) -> Change {
        let body = self.body().to_string();
        let stems = |text: &str| {
            text.to_lowercase()
                .split_whitespace()
                .map(str::to_owned)
                .collect()
        };
        let entry = Entry {
            revision,
            document: document::read(&body).unwrap(),
            terms: Terms {
                title: stems(&self.title),
                title_plain: stems(&self.title),
                brand: stems(self.brand.as_deref().unwrap_or_default()),
                category: stems(&self.category.join(" ")),
                attributes: Vec::new(),
                description: stems(&self.description),
                codes: self.codes.iter().map(|code| code.to_lowercase()).collect(),
            },
            vector: self.vector.clone(),
            popularity: self.popularity,
            body,
        };
        Change {
            product_id: id(self.number),
            revision,
            entry: Some(Box::new(entry)),
        }
    }
}

pub(crate) fn gone(number: u128, revision: i64) -> Change {
    Change {
        product_id: id(number),
        revision,
        entry: None,
    }
}

pub(crate) fn settings(dir: Option<&Path>) -> Settings {
    Settings {
        dir: dir.map(Path::to_owned),
        memory_bytes: 15_000_000,
        fingerprint: "model-1".to_owned(),
    }
}

pub(crate) fn in_memory() -> Embedded {
    Embedded::open(&settings(None), |_, _| panic!("nothing is there")).unwrap()
}

pub(crate) fn at(dir: &Path) -> Embedded {
    Embedded::open(&settings(Some(dir)), |_, _| {}).unwrap()
}

pub(crate) async fn filled(products: &[Product]) -> Embedded {
    let engine = in_memory();
    put(&engine, products, 1).await;
    engine
}

pub(crate) async fn put(engine: &Embedded, products: &[Product], revision: i64) {
    let changes = products
        .iter()
        .map(|product| product.change(revision))
        .collect();
    engine.apply(changes, revision).await.unwrap();
}

pub(crate) fn concept(patterns: impl IntoIterator<Item = Pattern>) -> Concept {
    let alternatives = patterns.into_iter().map(|pattern| Alternative {
        pattern,
        weight: 1.0,
    });
    Concept {
        word: String::new(),
        alternatives: alternatives.collect(),
        optional: false,
    }
}

pub(crate) fn term(word: &str) -> Concept {
    concept([Pattern::Term(word.to_owned())])
}

/// Products that hold all words.
pub(crate) fn plan(text: &str) -> Plan {
    let concepts: Vec<_> = text.split_whitespace().map(term).collect();
    Plan {
        required: concepts.len(),
        concepts,
        filters: Filters::default(),
        vector: None,
        include: Vec::new(),
        order: Order::Ranked { window: 100 },
        facets: true,
    }
}

pub(crate) fn sorted(text: &str, sort: Sort) -> Plan {
    Plan {
        order: Order::Sorted {
            sort,
            after: None,
            size: 100,
        },
        ..plan(text)
    }
}

pub(crate) async fn ask(engine: &Embedded, plan: &Plan) -> Found {
    engine.search(plan).await.unwrap()
}

/// Numbers of the candidates, the best by words first.
pub(crate) fn ranked(found: &Found) -> Vec<u128> {
    let mut candidates: Vec<_> = found.candidates.iter().collect();
    candidates.sort_by(|a, b| {
        b.lexical
            .unwrap_or(-1.0)
            .total_cmp(&a.lexical.unwrap_or(-1.0))
            .then(a.id.cmp(&b.id))
    });
    candidates
        .into_iter()
        .map(|c| c.id.uuid().as_u128())
        .collect()
}

pub(crate) fn numbers(found: &Found) -> Vec<u128> {
    found
        .candidates
        .iter()
        .map(|c| c.id.uuid().as_u128())
        .collect()
}

/// A vector that leans from one axis to the next.
pub(crate) fn towards(axis: usize, lean: f32) -> Embedding {
    let mut vector = [0.0; DIMENSIONS];
    vector[axis] = 1.0;
    vector[axis + 1] = lean;
    Embedding::from_f32(&vector).unwrap()
}
