//! Asking a query of several engines and modes at once, as staff preview a ranking.

use std::fmt;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::ndcg::RANKS;
use super::{Engine, Mode};
use crate::race::{Request, Shop};

/// One way to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Variant {
    pub(super) engine: Engine,
    pub(super) mode: Mode,
}

/// What one way finds for a query.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) total: u64,
    /// The top ten, the best first.
    pub(super) top: Vec<Hit>,
}

/// A product that was found.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) slug: String,
    pub(super) title: String,
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.engine.name(), self.mode.name())
    }
}

/// The top ten of each variant, in their order.
pub(super) async fn top(shop: &Shop, text: &str, variants: &[Variant]) -> Result<Vec<Found>> {
    let asked: Vec<Value> = variants
        .iter()
        .map(|variant| {
            json!({
                "name": variant.to_string(),
                "engine": variant.engine.name(),
                "mode": variant.mode.name(),
            })
        })
        .collect();
    let body = json!({"q": text, "limit": RANKS, "variants": asked});
    let request = Request::new("POST", "/admin/search/preview").json(&body);
    let answer = shop.as_staff(request).await?.success(text)?;
    let answered = answer["variants"].as_array().context("no `variants`")?;
    ensure!(answered.len() == variants.len(), "{text}: other variants");
    variants
        .iter()
        .zip(answered)
        .map(|(variant, answer)| {
            found(*variant, answer).with_context(|| format!("{text}: {variant}"))
        })
        .collect()
}

fn found(variant: Variant, answer: &Value) -> Result<Found> {
    for (key, wanted) in [
        ("engine", variant.engine.name()),
        ("mode", variant.mode.name()),
    ] {
        let is = answer[key].as_str().unwrap_or_default();
        ensure!(is == wanted, "{is:?} answered in place of {wanted:?}");
    }
    let items = answer["items"].as_array().context("no `items`")?;
    let top = items.iter().take(RANKS).map(|item| {
        let text = |key: &str| item["product"][key].as_str().map(str::to_owned);
        Ok(Hit {
            slug: text("slug").context("a product without a slug")?,
            title: text("title").context("a product without a title")?,
        })
    });
    Ok(Found {
        total: answer["total"].as_u64().context("no `total`")?,
        top: top.collect::<Result<_>>()?,
    })
}
