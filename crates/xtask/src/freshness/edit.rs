//! What staff change: titles and prices of products with one variant.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::catalogue;
use crate::race::shop::{patient, text};
use crate::race::{Request, Shop};

/// Products that are changed.
const PRODUCTS: usize = 40;
/// Added to titles.
const MARK: &str = " · edition ";

/// The products that are changed.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) products: Vec<Mutex<Product>>,
}

/// A product and how staff see it now.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) id: String,
    variant_id: String,
    /// By which it is searched for.
    pub(super) sku: String,
    first_title: String,
    etag: String,
    pub(super) looks: Looks,
    changes: u32,
}

/// What shoppers see of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Looks {
    pub(super) title: String,
    /// In minor units.
    pub(super) price: i64,
}

impl Looks {
    /// Of a product in a list.
    pub(super) fn of(item: &Value) -> Option<Self> {
        Some(Self {
            title: item["title"].as_str()?.to_owned(),
            price: item["price"]["amount"].as_i64()?,
        })
    }
}

impl Shelf {
    /// Takes products with a single variant that has a stock keeping unit.
    pub(super) async fn of(shop: &Shop) -> Result<Self> {
        let mut products = Vec::new();
        for document in catalogue::documents(shop).await? {
            let request = Request::new("GET", format!("/products/{}", document.slug));
            let public = patient(shop.wire.client(), &request)
                .await?
                .success("product")?;
            let (Some([_]), Some(id)) = (
                public["variants"].as_array().map(Vec::as_slice),
                public["id"].as_str(),
            ) else {
                continue;
            };
            if let Some(product) = Product::read(shop, id).await? {
                products.push(Mutex::new(product));
            }
            if products.len() == PRODUCTS {
                break;
            }
        }
        ensure!(!products.is_empty(), "there is no product to change");
        Ok(Self { products })
    }
}

impl Product {
    async fn read(shop: &Shop, id: &str) -> Result<Option<Self>> {
        let request = Request::new("GET", format!("/admin/products/{id}"));
        let request = shop.signed_in(request).await?;
        let answer = patient(shop.wire.client(), &request).await?;
        let etag = answer.headers.get("etag").cloned().context("no ETag")?;
        let product = answer.success("product")?;
        let variant = &product["variants"][0];
        let (Some(sku), Some(looks)) = (variant["sku"].as_str(), Looks::of(&product)) else {
            return Ok(None);
        };
        Ok(Some(Self {
            id: id.to_owned(),
            variant_id: text(variant, "id")?,
            sku: sku.to_owned(),
            first_title: looks.title.clone(),
            etag,
            looks,
            changes: 0,
        }))
    }

    /// Changes the title or the price, by turns; returns once that is acknowledged.
    pub(super) async fn change(&mut self, shop: &Shop) -> Result<()> {
        self.changes += 1;
        let mut looks = self.looks.clone();
        let request = if self.changes.is_multiple_of(2) {
            looks.title = format!("{}{MARK}{}", self.first_title, self.changes);
            let path = format!("/admin/products/{}", self.id);
            Request::new("PATCH", path).json(&json!({"title": looks.title}))
        } else {
            looks.price += 1;
            let path = format!("/admin/variants/{}/prices/USD", self.variant_id);
            Request::new("PUT", path).json(&json!({"amount": looks.price}))
        };
        let request = shop
            .signed_in(request.header("If-Match", &self.etag))
            .await?;
        let answer = shop.wire.client().send(&request).await?;
        let etag = answer.headers.get("etag").cloned();
        let changed = answer.success("a change")?;
        self.etag = etag.context("a change without an ETag")?;
        ensure!(
            Looks::of(&changed) == Some(looks.clone()),
            "the change is not in its own answer: {looks:?}"
        );
        self.looks = looks;
        Ok(())
    }
}
