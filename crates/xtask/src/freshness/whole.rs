//! Every product in every instance of search, beside the catalogue.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Run;
use super::edit::Looks;
use crate::catalogue::{self, encoded};
use crate::race::shop::patient;
use crate::race::{Report, Request, quiet};
use crate::state::SearchEngine;

/// How long search may take to show all that happened while it was killed.
const CONVERGE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(250);
/// Differences that are told.
const SHOWN_MAX: usize = 5;

/// Products by slug.
type Shown = BTreeMap<String, Looks>;

/// Waits for quiet, then reads all products through the gateway and from the second instance and compares them with the
/// catalogue's.
pub(super) async fn compare(run: &Run<'_>, report: &mut Report<'_>) -> Result<()> {
    report.update("comparing everything");
    quiet(run.shop).await?;
    let begun = Instant::now();
    let wanted = wanted(run).await?;
    loop {
        let wrong = differences(run, &wanted).await?;
        if wrong.is_empty() {
            report.fact(format!(
                "{} products as in the catalogue at both instances, {} ms after quiet",
                wanted.len(),
                begun.elapsed().as_millis()
            ));
            return Ok(());
        }
        if begun.elapsed() > CONVERGE {
            for difference in wrong.into_iter().take(SHOWN_MAX) {
                report.check(false, || difference);
            }
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn differences(run: &Run<'_>, wanted: &Shown) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let behind = catalogue::progress(run.shop).await?.behind;
    if behind != Some(0) {
        wrong.push(format!("search says that it is {behind:?} changes behind"));
    }
    let gateway = shown(async |path| {
        let answer = patient(run.shop.wire.client(), &Request::new("GET", path)).await?;
        let page = answer.success("a page of results")?;
        Ok((run.engine == SearchEngine::Embedded || page["degraded"] == false).then_some(page))
    });
    let second = shown(async |path| run.second.get(&path).await.map(Some));
    for (name, shown) in [
        ("gateway", gateway.await),
        ("second instance", second.await),
    ] {
        let shown = match shown {
            Ok(Some(shown)) => shown,
            Ok(None) => {
                wrong.push(format!("{name}: the other engine answers"));
                continue;
            }
            // An instance that was killed a moment ago refuses until it has caught up.
            Err(error) => {
                wrong.push(format!("{name}: {error:#}"));
                continue;
            }
        };
        for (slug, looks) in wanted {
            if shown.get(slug) != Some(looks) {
                wrong.push(format!(
                    "{name}: {slug} is {:?}, not {looks:?}",
                    shown.get(slug)
                ));
            }
        }
        let unknown = shown.keys().filter(|slug| !wanted.contains_key(*slug));
        wrong.extend(unknown.map(|slug| format!("{name}: {slug} is not on sale")));
    }
    Ok(wrong)
}

/// What the catalogue has on sale.
async fn wanted(run: &Run<'_>) -> Result<Shown> {
    let mut admin = run.shop.target.connect().await?;
    let on_sale = "select slug, title, price_minor from catalog.product
                    where status = 'active' and price_minor is not null";
    let rows: Vec<(String, String, i64)> = sqlx::query_as(on_sale).fetch_all(&mut admin).await?;
    let looks = rows
        .into_iter()
        .map(|(slug, title, price)| (slug, Looks { title, price }));
    Ok(looks.collect())
}

/// All pages of everything, the newest first; `None` if a page came from the wrong engine.
async fn shown(get: impl AsyncFn(String) -> Result<Option<Value>>) -> Result<Option<Shown>> {
    let mut all = Shown::new();
    let mut cursor = None::<String>;
    loop {
        let more = cursor.map(|cursor| format!("&cursor={}", encoded(&cursor)));
        let path = format!("/search?sort=newest&limit=100{}", more.unwrap_or_default());
        let Some(page) = get(path).await? else {
            return Ok(None);
        };
        for item in page["items"].as_array().context("no `items`")? {
            let slug = item["slug"].as_str().context("a result without a slug")?;
            let looks = Looks::of(item).context("a result without title and price")?;
            all.insert(slug.to_owned(), looks);
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return Ok(Some(all));
        }
    }
}
