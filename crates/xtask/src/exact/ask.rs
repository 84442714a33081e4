//! Asking the cases as shoppers do, and judging what comes first.

use std::fmt;

use anyhow::{Context, Result};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::Value;

use super::case::{Case, First};
use crate::catalogue::encoded;
use crate::race::{Request, Shop};

/// Queries on their way at the same time.
const AT_ONCE: usize = 4;

/// A case and what came first.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) case: &'a Case,
    /// What came first, in a few words.
    found: String,
    right: bool,
}

impl Judged<'_> {
    pub(super) fn is_right(&self) -> bool {
        self.right
    }
}

impl fmt::Display for Judged<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Case { kind, query, first } = self.case;
        write!(
            f,
            "{kind}: {query:?} wants {first}, first is {}",
            self.found
        )
    }
}

/// Asks every case; in the order of the cases.
pub(super) async fn all<'a>(shop: &Shop, cases: &'a [Case]) -> Result<Vec<Judged<'a>>> {
    let asked = cases.iter().map(|case| async move {
        let judged = ask(shop, case).await;
        judged.with_context(|| format!("{}: {:?}", case.kind, case.query))
    });
    stream::iter(asked).buffered(AT_ONCE).try_collect().await
}

async fn ask<'a>(shop: &Shop, case: &'a Case) -> Result<Judged<'a>> {
    let path = format!("/search?q={}&limit=1", encoded(&case.query));
    let results = get(shop, path).await?;
    let Some(hit) = results["items"].get(0) else {
        return Ok(Judged {
            case,
            found: "nothing".to_owned(),
            right: false,
        });
    };
    let is =
        |pointer: &str, wanted: &str| hit.pointer(pointer).and_then(Value::as_str) == Some(wanted);
    let right = match &case.first {
        First::Product(slug) => is("/slug", slug),
        First::Kind { category, brand } => {
            let brand = brand.as_ref();
            is("/category/slug", category) && brand.is_none_or(|brand| is("/brand/slug", brand))
        }
        First::Value {
            category,
            code,
            value,
        } => is("/category/slug", category) && has(shop, hit, code, value).await?,
    };
    let text = |pointer: &str| {
        hit.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let found = match &case.first {
        First::Product(_) => text("/slug").to_owned(),
        _ => format!("{:?} in {}", text("/title"), text("/category/slug")),
    };
    Ok(Judged { case, found, right })
}

/// Whether a product has that value of an attribute, as its own page says.
async fn has(shop: &Shop, hit: &Value, code: &str, value: &str) -> Result<bool> {
    let slug = hit["slug"].as_str().context("a result without a slug")?;
    let product = get(shop, format!("/products/{slug}")).await?;
    let attributes = product["attributes"].as_array().context("no attributes")?;
    let wanted: f64 = value.parse().context("a size that is no number")?;
    Ok(attributes.iter().any(|attribute| {
        let number = attribute["value"].as_f64();
        attribute["code"] == code && number.is_some_and(|number| number.total_cmp(&wanted).is_eq())
    }))
}

async fn get(shop: &Shop, path: String) -> Result<Value> {
    let request = Request::new("GET", path);
    shop.wire.client().send(&request).await?.success("answer")
}
