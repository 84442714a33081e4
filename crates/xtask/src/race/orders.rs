//! Staff who do two things to one order at once: money goes back once, and nothing is both shipped
//! and cancelled.

use std::collections::BTreeSet;

use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};

use super::Race;
use super::report::Report;
use super::settle::{Settled, settle};
use super::staff::Order;
use super::wire::volley;
use crate::count::Count;

const AT_ONCE: usize = 20;
/// Rounds that run side by side.
const SIDE_BY_SIDE: usize = 8;
/// What the losers of a race about an order are told.
const LOST: [&str; 2] = ["409", "412"];

/// 20 refunds of one order under 20 keys, then under one key.
pub(super) async fn refunds(race: &mut Race<'_>) -> Result<Count> {
    let rounds = if race.short { 2 } else { 50 };
    let mut count = refund_keys(race, rounds, false).await?;
    count += refund_keys(race, rounds, true).await?;
    Ok(count)
}

async fn refund_keys(race: &Race<'_>, rounds: usize, one_key: bool) -> Result<Count> {
    let keys = if one_key { "one key" } else { "as many keys" };
    let title = format!("{AT_ONCE} refunds of one order under {keys}, {rounds} times");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("refund", rounds).await?;
    for round in 0..rounds {
        report.update(&format!("round {round}"));
        let key = race.key(&format!("refund{round}-{one_key}"));
        let order = race.shop.order(key.clone(), &goods).await?;
        let mut shots = Vec::new();
        for index in 0..AT_ONCE {
            let key = if one_key {
                key.clone()
            } else {
                format!("{key}-{index}")
            };
            let request = race.shop.signed_in(order.refund(&key)).await?;
            shots.push((race.shop.wire.client(), request));
        }
        let settled = settle(volley(shots.clone()).await?, &shots).await?;
        report.add(&settled, &["20", LOST[0], LOST[1]]);
        let accepted = settled.last.count("20");
        if one_key {
            let ids: BTreeSet<String> = settled
                .answers
                .iter()
                .map(|answer| answer.body["refunds"][0]["id"].to_string())
                .collect();
            report.check(accepted == AT_ONCE && ids.len() == 1, || {
                format!("round {round}: one key, {accepted} accepted, refunds {ids:?}")
            });
        } else {
            report.check(accepted == 1, || {
                format!("round {round}: {accepted} refunds of one order")
            });
        }
        // Once more with the version of now: there is nothing left to give back.
        let key = format!("{key}-again");
        let again = race.shop.insist(&order.id, |now| now.refund(&key)).await?;
        report.check(matches!(again.status, 409 | 422), || {
            format!("round {round}: a second refund: {}", again.outcome())
        });
    }
    report.finish(&[&goods]).await
}

/// One cancels while the other ships.
pub(super) async fn cancel_against_ship(race: &mut Race<'_>) -> Result<Count> {
    let rounds = if race.short { 20 } else { 1000 };
    let title = format!("cancel against ship, {rounds} times");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("ship", rounds).await?;
    let shared = &*race;
    let rounds: Vec<(Settled, Vec<String>)> = stream::iter(0..rounds)
        .map(|round| {
            let goods = &goods;
            async move {
                let key = shared.key(&format!("ship{round}"));
                cancel_or_ship(shared, &key, goods).await
            }
        })
        .buffer_unordered(SIDE_BY_SIDE)
        .try_collect()
        .await?;
    let (mut cancelled, mut shipped) = (0, 0);
    for (settled, wrong) in rounds {
        report.add(&settled, &["20", LOST[0], LOST[1]]);
        let ship = settled.answers[0].status < 300;
        let cancel = settled.answers[1].status < 300;
        shipped += usize::from(ship);
        cancelled += usize::from(cancel);
        report.check(ship != cancel, || {
            format!(
                "ship {}, cancel {}",
                settled.answers[0].outcome(),
                settled.answers[1].outcome()
            )
        });
        for wrong in wrong {
            report.check(false, || wrong);
        }
    }
    report.fact(format!("{shipped} shipped, {cancelled} cancelled"));
    report.finish(&[&goods]).await
}

async fn cancel_or_ship(
    race: &Race<'_>,
    key: &str,
    goods: &super::shop::Goods,
) -> Result<(Settled, Vec<String>)> {
    let order = race.shop.order(key.to_owned(), goods).await?;
    let ship = race
        .shop
        .signed_in(order.ship(&format!("{key}-ship")))
        .await?;
    let cancel = race
        .shop
        .signed_in(order.cancel(&format!("{key}-cancel")))
        .await?;
    let shots = vec![
        (race.shop.wire.client(), ship),
        (race.shop.wire.client(), cancel),
    ];
    let settled = settle(volley(shots.clone()).await?, &shots).await?;
    let mut wrong = Vec::new();
    // The loser tries again with the version of now: the state itself must forbid it.
    let shipped = settled.answers[0].status < 300;
    let key = format!("{key}-again");
    let other = |now: &Order| {
        if shipped {
            now.cancel(&key)
        } else {
            now.ship(&key)
        }
    };
    let again = race.shop.insist(&order.id, other).await?;
    if !matches!(again.status, 409 | 422) {
        wrong.push(format!("the loser was let through: {}", again.outcome()));
    }
    Ok((settled, wrong))
}
