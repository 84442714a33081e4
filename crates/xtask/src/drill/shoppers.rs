//! Shoppers who buy all the time, and what they were told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::join_all;
use serde_json::Value;

use crate::race::shop::text;
use crate::race::{Goods, Shop};

/// After an attempt that came to nothing.
const PAUSE: Duration = Duration::from_millis(100);

/// A purchase that was acknowledged.
#[derive(Debug, Clone)]
pub(super) struct Bought {
    pub(super) order_id: String,
    pub(super) number: String,
    pub(super) at: Instant,
}

/// Shoppers, until they are told to stop.
#[derive(Debug)]
pub(super) struct Shoppers<'a> {
    shop: &'a Shop,
    goods: &'a Goods,
    prefix: String,
    next: AtomicU32,
    stop: AtomicBool,
    bought: Mutex<Vec<Bought>>,
    /// Attempts that failed, by what was answered; before paying, and when paying.
    turned_away: Mutex<BTreeMap<String, usize>>,
    refused: Mutex<BTreeMap<String, usize>>,
}

impl<'a> Shoppers<'a> {
    /// Shoppers of one product.
    pub(super) fn of(shop: &'a Shop, goods: &'a Goods) -> Self {
        Self {
            shop,
            goods,
            prefix: format!("drill-{:08x}", rand::random::<u32>()),
            next: AtomicU32::new(0),
            stop: AtomicBool::new(false),
            bought: Mutex::default(),
            turned_away: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// That many buy, one after another each, while `work` goes on; it ends when the last has its answer.
    pub(super) async fn during<T>(
        &self,
        count: usize,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let buying = join_all((0..count).map(|_| self.buy_on()));
        let working = async {
            let outcome = work.await;
            self.stop.store(true, Ordering::Relaxed);
            outcome
        };
        let (outcome, _) = tokio::join!(working, buying);
        outcome
    }

    /// What was acknowledged so far, in order.
    pub(super) fn bought(&self) -> Vec<Bought> {
        lock(&self.bought).clone()
    }

    /// What was answered instead of an order, once a shopper paid.
    pub(super) fn refused(&self) -> BTreeMap<String, usize> {
        lock(&self.refused).clone()
    }

    /// What was answered to shoppers on their way there.
    pub(super) fn turned_away(&self) -> BTreeMap<String, usize> {
        lock(&self.turned_away).clone()
    }

    /// The longest time without an acknowledged order after a moment; none when there was no order any more.
    pub(super) fn pause_after(&self, moment: Instant) -> Option<Duration> {
        let mut times: Vec<Instant> = lock(&self.bought).iter().map(|one| one.at).collect();
        times.retain(|at| *at > moment);
        times.sort_unstable();
        let before = std::iter::once(moment).chain(times.iter().copied());
        let pauses = times.iter().zip(before).map(|(at, before)| *at - before);
        pauses.max()
    }

    async fn buy_on(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let key = format!("{}-{number}", self.prefix);
            let buyer = match self.shop.buyer(key, &[(self.goods, 1)]).await {
                Ok(buyer) => buyer,
                Err(error) => {
                    note(&self.turned_away, &error);
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            match buyer.pay().await.and_then(|order| of(&order)) {
                Ok(bought) => lock(&self.bought).push(bought),
                Err(error) => note(&self.refused, &error),
            }
        }
    }
}

fn of(order: &Value) -> Result<Bought> {
    Ok(Bought {
        order_id: text(order, "id")?,
        number: text(order, "number")?,
        at: Instant::now(),
    })
}

/// Counts a failure by what was asked for and the status: the rest of an answer differs each time.
fn note(tally: &Mutex<BTreeMap<String, usize>>, error: &anyhow::Error) {
    let said = format!("{error:#}");
    let parts: Vec<&str> = said.split(':').take(2).map(str::trim).collect();
    *lock(tally).entry(parts.join(": ")).or_default() += 1;
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
