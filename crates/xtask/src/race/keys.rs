//! One cart and many requests to pay it: one order, one charge, and everybody hears of it.

use std::collections::BTreeSet;

use anyhow::Result;

use super::Race;
use super::report::Report;
use super::settle::settle;
use super::wire::volley;
use crate::count::Count;

const AT_ONCE: usize = 20;
/// What the losers of a race between keys are told in the end.
const TAKEN: [&str; 3] = [
    "409 checkout_completed",
    "409 cart_already_ordered",
    "201 placed",
];

/// 20 keys for one cart, then one key 20 times.
pub(super) async fn run(race: &mut Race<'_>) -> Result<Count> {
    let rounds = if race.short { 5 } else { 100 };
    let mut count = many_keys(race, rounds).await?;
    count += same_key(race, rounds).await?;
    Ok(count)
}

async fn many_keys(race: &Race<'_>, rounds: usize) -> Result<Count> {
    let title = format!("{AT_ONCE} keys for one cart, {rounds} times");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("keys", rounds * AT_ONCE).await?;
    for round in 0..rounds {
        report.update(&format!("round {round}"));
        let buyer = race
            .shop
            .buyer(race.key(&format!("keys{round}")), &[(&goods, 1)])
            .await?;
        let shots: Vec<_> = (0..AT_ONCE)
            .map(|index| {
                let key = format!("{}-{index}", buyer.key);
                (race.shop.wire.client(), buyer.complete_as(&key))
            })
            .collect();
        let settled = settle(volley(shots.clone()).await?, &shots).await?;
        report.add(&settled, &TAKEN);
        let placed = settled.last.count("201");
        report.check(placed == 1, || {
            format!("round {round}: {placed} orders of one cart")
        });
    }
    report.finish(&[&goods]).await
}

async fn same_key(race: &Race<'_>, rounds: usize) -> Result<Count> {
    let title = format!("one key {AT_ONCE} times, {rounds} times");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("key", rounds * AT_ONCE).await?;
    for round in 0..rounds {
        report.update(&format!("round {round}"));
        let buyer = race
            .shop
            .buyer(race.key(&format!("key{round}")), &[(&goods, 1)])
            .await?;
        let shots: Vec<_> = (0..AT_ONCE)
            .map(|_| (race.shop.wire.client(), buyer.complete()))
            .collect();
        let settled = settle(volley(shots.clone()).await?, &shots).await?;
        report.add(&settled, &["201 placed"]);
        let bodies: BTreeSet<String> = settled
            .answers
            .iter()
            .map(|answer| answer.body["order"].to_string())
            .collect();
        report.check(bodies.len() == 1, || {
            format!("round {round}: different answers: {bodies:?}")
        });
    }
    report.finish(&[&goods]).await
}
