//! From the acknowledgement of a change to the first answer that shows it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use futures::future::try_join_all;
use tokio::sync::Mutex;

use super::edit::{Looks, Product};
use super::{Run, whole};
use crate::catalogue::encoded;
use crate::count::Count;
use crate::race::{Report, Request};

/// Members of staff who change products at the same time.
const STAFF: usize = 4;
/// Between two looks; the figures are as fine as this.
const PAUSE: Duration = Duration::from_millis(40);
/// What 99 of 100 changes must need at most, at the gateway and at the second instance.
const GOAL_P99: Duration = Duration::from_secs(2);
/// A change that is not seen for so long never will be.
const LOST: Duration = Duration::from_secs(30);
/// Searches for other things meanwhile.
const QUERIES: [&str; 8] = [
    "laptop",
    "usb c cable",
    "27 inch monitor",
    "wireless mouse",
    "printer",
    "hdmi",
    "camera bag",
    "ssd 1tb",
];
const QUERY_EVERY: Duration = Duration::from_millis(100);

/// The two places where a change is waited for.
const PLACES: [&str; 2] = ["gateway", "second instance"];

/// That many changes, each timed.
pub(super) async fn run(run: &mut Run<'_>, changes: usize) -> Result<Count> {
    let title = format!("{changes} changes on their way into the results");
    let mut report = Report::begin(run.shop, title, run.ui);
    let taken: Mutex<Vec<[Duration; 2]>> = Mutex::default();
    let next = AtomicUsize::new(0);
    let staff = (0..STAFF).map(|_| async {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= changes {
                return anyhow::Ok(());
            }
            let products = &run.shelf.products;
            let mut product = products[number % products.len()].lock().await;
            product.change(run.shop).await?;
            let seen = visible(run, &product).await?;
            taken.lock().await.push(seen);
        }
    });
    tokio::select! {
        done = try_join_all(staff) => { done?; }
        failed = background(run) => { failed?; }
    }
    let taken = taken.into_inner();
    for (place, name) in PLACES.into_iter().enumerate() {
        let mut lags: Vec<Duration> = taken.iter().map(|lags| lags[place]).collect();
        lags.sort_unstable();
        let at = |permille: usize| lags[(lags.len() * permille / 1000).min(lags.len() - 1)];
        let p99 = at(990);
        report.fact(format!(
            "seen at the {name} after: p50 {} ms, p99 {} ms, at most {} ms",
            at(500).as_millis(),
            p99.as_millis(),
            at(1000).as_millis()
        ));
        if run.timed {
            report.check(p99 <= GOAL_P99, || {
                format!(
                    "{name}: p99 is {} ms, the goal {} ms",
                    p99.as_millis(),
                    GOAL_P99.as_millis()
                )
            });
        }
    }
    whole::compare(run, &mut report).await?;
    report.finish(&[]).await
}

/// Waits until both places show a product as it is now; how long each took.
async fn visible(run: &Run<'_>, product: &Product) -> Result<[Duration; 2]> {
    let begun = Instant::now();
    let path = format!("/search?q={}&limit=5", encoded(&product.sku));
    let request = Request::new("GET", path.clone());
    let gateway = until(begun, product, async || {
        let answer = run.shop.wire.client().send(&request).await?;
        Ok(looks(&answer.success("a search")?, &product.id))
    });
    let second = until(begun, product, async || {
        Ok(looks(&run.second.get(&path).await?, &product.id))
    });
    let (gateway, second) = tokio::try_join!(gateway, second)?;
    Ok([gateway, second])
}

async fn until(
    begun: Instant,
    product: &Product,
    look: impl AsyncFn() -> Result<Option<Looks>>,
) -> Result<Duration> {
    loop {
        let seen = look().await?;
        if seen.as_ref() == Some(&product.looks) {
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > LOST {
            bail!("{} is still {seen:?}, not {:?}", product.sku, product.looks);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// How a product looks among results, if it is there.
fn looks(results: &serde_json::Value, id: &str) -> Option<Looks> {
    let items = results["items"].as_array();
    let item = items.into_iter().flatten().find(|item| item["id"] == id);
    item.and_then(Looks::of)
}

/// Shoppers who search for other things, without end.
async fn background(run: &Run<'_>) -> Result<()> {
    for query in QUERIES.into_iter().cycle() {
        let request = Request::new("GET", format!("/search?q={}", encoded(query)));
        run.shop.wire.client().send(&request).await?;
        tokio::time::sleep(QUERY_EVERY).await;
    }
    Ok(())
}
