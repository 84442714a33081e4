//! Shoppers who look around and buy while something happens; every failure is kept.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::join_all;
use reqwest::Client;

use super::shop::{Shop, client};
use crate::e2e::shopper::{End, Shopper};

/// Everybody comes from one address (Docker's), so that the rate limits of one shopper hold for all together.
/// Requests per second stay below them.
const LOOKING: [(&str, Duration); 6] = [
    ("/", Duration::from_millis(500)),
    ("/api/v1/products?limit=24", Duration::from_millis(150)),
    ("/api/v1/categories", Duration::from_millis(250)),
    ("/api/v1/search?q=laptop", Duration::from_millis(300)),
    ("/api/v1/search/suggest?q=lap", Duration::from_millis(300)),
    ("/.well-known/jwks.json", Duration::from_millis(500)),
];
/// How many buy at the same time, and the pause after each purchase.
const BUYERS: u8 = 2;
const BUYERS_PAUSE: Duration = Duration::from_millis(1500);
/// Failures that are told.
const TOLD: usize = 5;

/// What the shoppers met.
#[derive(Debug, Default)]
pub(super) struct Load {
    ended: AtomicBool,
    looks: AtomicU64,
    purchases: AtomicU64,
    slowest_ms: AtomicU64,
    failures: Mutex<Vec<String>>,
}

impl Load {
    /// Lets shoppers come and go until `work` is done; its result, and what they met. `patient` buyers try again what was
    /// cut off, with the same key, as the pages do; others count it as a failure.
    pub(super) async fn during<T>(
        shop: &Shop,
        name: &str,
        patient: bool,
        work: impl Future<Output = Result<T>>,
    ) -> Result<(T, Self)> {
        let goods = shop.put_on_sale(name).await?;
        let load = Self::default();
        let client = client()?;
        let looking = LOOKING.map(|(path, pause)| load.look(&client, shop, path, pause));
        let buying = (1..=BUYERS).map(|index| load.buy(shop, index, &goods.variant_id, patient));
        let (done, _, bought) = tokio::join!(
            async {
                let done = work.await;
                load.ended.store(true, Ordering::Relaxed);
                done
            },
            join_all(looking),
            join_all(buying)
        );
        let done = done?;
        bought.into_iter().collect::<Result<()>>()?;
        Ok((done, load))
    }

    async fn look(&self, client: &Client, shop: &Shop, path: &str, pause: Duration) {
        let url = format!("{}{path}", shop.origin);
        while !self.ended.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let failure = match client.get(&url).send().await {
                Ok(answer) if answer.status().is_success() => {
                    answer.bytes().await.err().map(|error| error.to_string())
                }
                Ok(answer) => {
                    let status = answer.status();
                    let body = answer.text().await.unwrap_or_default();
                    Some(format!("{status} {body}"))
                }
                Err(error) => Some(error.to_string()),
            };
            if let Some(failure) = failure {
                self.failed(format!("GET {path}: {failure}"));
            }
            self.looks.fetch_add(1, Ordering::Relaxed);
            let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.slowest_ms.fetch_max(took, Ordering::Relaxed);
            tokio::time::sleep(pause).await;
        }
    }

    async fn buy(&self, shop: &Shop, index: u8, variant: &str, patient: bool) -> Result<()> {
        let shopper = Shopper::new(&shop.origin, index, patient)?;
        while !self.ended.load(Ordering::Relaxed) {
            let outcome = match shopper.buy(variant).await {
                Ok(End::Placed {
                    order_id, token, ..
                }) => shopper.see(&order_id, &token).await.map(drop),
                Ok(End::OutOfStock { .. }) => Err(anyhow::anyhow!("sold out")),
                Err(error) => Err(error),
            };
            if let Err(error) = outcome {
                self.failed(format!("purchase: {error:#}"));
            }
            self.purchases.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(BUYERS_PAUSE).await;
        }
        Ok(())
    }

    fn failed(&self, what: String) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.push(what);
    }

    /// What they met in one line; an error when anything failed.
    pub(super) fn judge(&self) -> Result<String> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let (looks, purchases) = (
            self.looks.load(Ordering::Relaxed),
            self.purchases.load(Ordering::Relaxed),
        );
        let first: Vec<&str> = failures.iter().take(TOLD).map(String::as_str).collect();
        anyhow::ensure!(
            failures.is_empty(),
            "{} of {looks} requests and {purchases} purchases failed:\n    {}",
            failures.len(),
            first.join("\n    ")
        );
        Ok(format!(
            "{looks} requests and {purchases} purchases, none failed, slowest request {} ms",
            self.slowest_ms.load(Ordering::Relaxed)
        ))
    }
}
