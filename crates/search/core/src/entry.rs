//! What engines index of a product: terms made once, here, so that every engine finds and ranks alike.

use search_lexis::{Subject, analysis};
use search_vectors::Embedding;

use crate::document::{Document, Specification};

/// A product as engines index it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number among all changes of all products; rises, so it serves as external version.
    pub revision: i64,
    /// The product.
    pub document: Document,
    /// The document as stored, JSON: engines keep it to answer with.
    pub body: String,
    /// Its words.
    pub terms: Terms,
    /// The vector of its text, once it is computed.
    pub vector: Option<Embedding>,
    /// How much shoppers want it, 0 (unknown) to 1: from views, clicks, carts and orders.
    pub popularity: f32,
}

/// Terms by field, as `search_lexis::analysis` makes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Stems of the title and of the variants' titles.
    pub title: Vec<String>,
    /// Words of the title as written, folded: for prefixes.
    pub title_plain: Vec<String>,
    /// Stems of the brand's name.
    pub brand: Vec<String>,
    /// Stems of the names of its category and those above.
    pub category: Vec<String>,
    /// Stems of its specifications.
    pub attributes: Vec<String>,
    /// Stems of its description.
    pub description: Vec<String>,
    /// Compacted codes: SKUs, barcodes, model numbers in every spelling.
    pub codes: Vec<String>,
}

/// Attributes whose values are numbers of models: found like codes.
const MODEL_ATTRIBUTES: [&str; 5] = ["model", "model_number", "mpn", "part_number", "sku"];

impl Entry {
    /// A product with its terms.
    pub fn of(
        revision: i64,
        document: Document,
        body: String,
        vector: Option<Embedding>,
        popularity: f32,
    ) -> Self {
        let terms = Terms::of(&document);
        Self {
            revision,
            document,
            body,
            terms,
            vector,
            popularity,
        }
    }

    /// The text that is embedded.
    pub fn meaning(document: &Document) -> String {
        format!("{}. {}", document.title, document.description)
    }
}

impl Terms {
    /// The terms of a product.
    pub fn of(document: &Document) -> Self {
        let variants = document.variant_titles.iter();
        let titles: Vec<&str> = std::iter::once(document.title.as_str())
            .chain(variants.map(String::as_str))
            .collect();
        let category = document.parents.iter().chain([&document.category]);
        let specifications: Vec<String> = document
            .specifications
            .iter()
            .filter_map(Specification::words)
            .collect();
        let brand = document.brand.as_ref().map(|b| b.name.as_str());
        let models = document
            .specifications
            .iter()
            .filter(|s| is_model(s))
            .filter_map(Specification::words);
        let mut codes: Vec<String> = document
            .codes
            .iter()
            .flat_map(|code| analysis::spellings(code))
            .collect();
        codes.extend(titles.iter().flat_map(|title| analysis::codes(title)));
        codes.extend(models.flat_map(|model| analysis::codes(&model)));
        codes.sort_unstable();
        codes.dedup();
        Self {
            title: titles
                .iter()
                .flat_map(|title| analysis::stems(title))
                .collect(),
            title_plain: titles
                .iter()
                .flat_map(|title| analysis::words(title))
                .collect(),
            brand: brand.map(brand_terms).unwrap_or_default(),
            category: category.flat_map(|c| analysis::stems(&c.name)).collect(),
            attributes: specifications
                .iter()
                .flat_map(|s| analysis::stems(s))
                .collect(),
            description: analysis::stems(&document.description),
            codes,
        }
    }
}

/// What a product teaches about words. [`Lexicon::forget`] must be given what [`Lexicon::learn`] was.
///
/// [`Lexicon::learn`]: search_lexis::Lexicon::learn
/// [`Lexicon::forget`]: search_lexis::Lexicon::forget
pub fn teach<T>(document: &Document, lesson: impl FnOnce(&Subject<'_>) -> T) -> T {
    let parents: Vec<(&str, &str)> = document
        .parents
        .iter()
        .map(|c| (c.slug.as_str(), c.name.as_str()))
        .collect();
    let codes: Vec<&str> = document.codes.iter().map(String::as_str).collect();
    let specifications: Vec<String> = document
        .specifications
        .iter()
        .filter_map(Specification::words)
        .collect();
    let texts = document
        .variant_titles
        .iter()
        .chain(&specifications)
        .map(String::as_str);
    let details: Vec<&str> = texts.chain([document.description.as_str()]).collect();
    lesson(&Subject {
        title: &document.title,
        brand: document
            .brand
            .as_ref()
            .map(|b| (b.slug.as_str(), b.name.as_str())),
        category: (&document.category.slug, &document.category.name),
        parents: &parents,
        codes: &codes,
        details: &details,
    })
}

/// Stems of a brand's name, and its words in one: `tp link` and `tplink`.
fn brand_terms(name: &str) -> Vec<String> {
    let mut terms = analysis::stems(name);
    let whole = analysis::compact(name);
    if !whole.is_empty() && !terms.contains(&whole) {
        terms.push(whole);
    }
    terms
}

fn is_model(specification: &Specification) -> bool {
    let name = analysis::fold(&specification.name).replace(' ', "_");
    MODEL_ATTRIBUTES.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use search_lexis::Lexicon;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::document;

    fn product() -> Document {
        let body = json!({
            "product_id": Uuid::from_u128(1), "slug": "tl-wr841n", "title": "TP-LINK TL-WR841N Wi-Fi router 300 Mbit/s",
            "description": "Routers for homes.", "brand": {"slug": "tp-link", "name": "TP Link"},
            "category": {"slug": "routers", "name": "Routers and modems", "path": "networking/routers"},
            "category_names": ["Networking", "Routers and modems"], "art": "router", "color": null,
            "attributes": [
                {"code": "model", "name": "Model", "kind": "text", "unit": null, "value": "WR-841/N v9", "highlight": null},
                {"code": "weight", "name": "Weight", "kind": "number", "unit": "g", "value": 200.0, "highlight": null},
                {"code": "vpn", "name": "VPN support", "kind": "boolean", "unit": null, "value": true, "highlight": null},
                {"code": "lte", "name": "LTE modem", "kind": "boolean", "unit": null, "value": false, "highlight": null}],
            "skus": ["0845973051242", "TL-WR841N-EU"], "variant_titles": ["White, 2 m"], "price_minor": 1_999,
            "compare_at_minor": null, "currency": "USD", "availability": "in_stock", "variant_count": 1,
            "default_variant_id": Uuid::from_u128(2), "created_at": "2026-01-02T03:04:05.678+00:00"
        });
        document::read(&body.to_string()).unwrap()
    }

    #[test]
    fn a_product_is_found_by_what_is_said_about_it() {
        let terms = Terms::of(&product());
        for (field, wanted) in [
            (
                &terms.title,
                &[
                    "tplink", "tlwr841n", "wifi", "router", "300mbps", "300", "white", "2m",
                ][..],
            ),
            (
                &terms.title_plain,
                &["link", "tplink", "wifi", "router", "tlwr841n"],
            ),
            (&terms.brand, &["tp", "link", "tplink"]),
            (&terms.category, &["networking", "router", "modem"]),
            (&terms.attributes, &["200g", "vpn", "support"]),
            (&terms.description, &["router", "home"]),
            (
                &terms.codes,
                &[
                    "845973051242",
                    "0845973051242",
                    "tlwr841neu",
                    "tlwr841n",
                    "wr841n",
                ],
            ),
        ] {
            for term in wanted {
                assert!(field.iter().any(|f| f == term), "{term} in {field:?}");
            }
        }
        assert!(
            !terms.attributes.iter().any(|term| term == "lte"),
            "it has none"
        );
    }

    #[test]
    fn what_is_taught_can_be_taken_back() {
        let (product, mut lexicon) = (product(), Lexicon::default());
        let empty = lexicon.size();
        teach(&product, |subject| lexicon.learn(subject));
        assert!(lexicon.size().terms > empty.terms && lexicon.size().products == 1);
        teach(&product, |subject| lexicon.forget(subject));
        let left = lexicon.size();
        assert_eq!(
            (left.products, left.terms, left.words, left.codes),
            (0, 0, 0, 0)
        );
    }
}
