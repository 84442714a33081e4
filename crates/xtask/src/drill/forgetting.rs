//! A product that is put on sale in a time that will be lost: search has taken it in, and must forget it afterwards.

use std::time::Instant;

use anyhow::{Context, Result};
use sqlx::PgConnection;

use super::evidence::{Findings, shown};
use super::servers::{self, PATIENCE};
use crate::race::shop::patient;
use crate::race::{Goods, Request, Shop};
use crate::stack::Stack;
use crate::tool;

const NAME: &str = "lost";
/// What `put_on_sale(NAME, …)` calls its product.
const TITLE: &str = "Race lost";

/// What the lost time held for search.
#[derive(Debug)]
pub(super) struct LostTime {
    product: Goods,
    /// The number of search's last change in it.
    last_change: i64,
}

impl LostTime {
    /// Puts the product on sale and waits until search finds it.
    pub(super) async fn begin(shop: &Shop, database: &mut PgConnection) -> Result<Self> {
        let product = shop.put_on_sale(NAME, 1).await?;
        servers::until("found", async || found(shop, &product).await).await?;
        let last_change = last_change(database).await?;
        Ok(Self {
            product,
            last_change,
        })
    }

    /// What changed until now is lost, too.
    pub(super) async fn lasts(&mut self, database: &mut PgConnection) -> Result<()> {
        self.last_change = last_change(database).await?;
        Ok(())
    }

    /// In the database that lost it, search's changes get the numbers again that indices have passed already: by these
    /// alone an index would not notice that it knows another past.
    pub(super) async fn overtake(&self, stack: &Stack, database: &mut PgConnection) -> Result<()> {
        while last_change(database).await? <= self.last_change {
            let env = stack.settings().service("search")?;
            tool::capture(&stack.instance, "search", &["reindex"], env).await?;
        }
        Ok(())
    }

    /// Search finds nothing that is not in the database.
    pub(super) async fn is_forgotten(&self, shop: &Shop, findings: &mut Findings) {
        let begun = Instant::now();
        let gone =
            servers::until("forgotten", async || Ok(!found(shop, &self.product).await?)).await;
        findings.check(
            "search forgets a product of the lost time",
            gone.is_ok(),
            || {
                let (sku, patience) = (&self.product.sku, PATIENCE.as_secs());
                format!("{sku} is still found after {patience} s")
            },
        );
        findings.fact(format!(
            "search: gone {} after the first look for it",
            shown(begun.elapsed())
        ));
    }
}

/// Whether a search for the code finds the product.
async fn found(shop: &Shop, product: &Goods) -> Result<bool> {
    let request = Request::new("GET", format!("/search?q={}&limit=24", product.sku));
    let answer = patient(shop.wire.client(), &request)
        .await?
        .success("search")?;
    let items = answer["items"].as_array().context("no items")?;
    Ok(items.iter().any(|item| item["title"] == TITLE))
}

async fn last_change(database: &mut PgConnection) -> Result<i64> {
    let query = "select coalesce(max(change_seq), 0) from search.document";
    Ok(sqlx::query_scalar(query).fetch_one(database).await?)
}
