//! One variant asked for twice: in a cart it is one line, and demand is summed wherever stock is held.

use anyhow::{Context, Result};
use futures::future::{join_all, try_join_all};
use serde_json::Value;
use sqlx::postgres::PgDatabaseError;

use super::Race;
use super::history::{uuid, uuid_of};
use super::report::Report;
use super::settle::settle;
use super::stock::buy;
use super::target::Target;
use super::wire::volley;
use crate::count::Count;

const AT_ONCE: usize = 20;
const STOCK: usize = 10;

/// The same variant added by parallel requests, carts that share the stock by the handful, then one variant
/// named twice where stock is held.
pub(super) async fn run(race: &mut Race<'_>) -> Result<Count> {
    let rounds = if race.short { 3 } else { 50 };
    let mut count = one_line(race, rounds).await?;
    count += handfuls(race, rounds).await?;
    count += summed(race).await?;
    Ok(count)
}

/// 20 parallel additions of one variant to one cart: one line, and never more pieces than there are.
async fn one_line(race: &Race<'_>, rounds: usize) -> Result<Count> {
    let title = format!("one variant added {AT_ONCE} times to one cart, {rounds} times");
    let mut report = Report::begin(race.shop, title, race.ui);
    let mut all = Vec::new();
    for round in 0..rounds {
        report.update(&format!("round {round}"));
        let goods = race.shop.put_on_sale("lines", STOCK).await?;
        let mut buyer = race.shop.guest(race.key(&format!("lines{round}"))).await?;
        let shots: Vec<_> = (0..AT_ONCE)
            .map(|_| (race.shop.wire.client(), buyer.addition(&goods, 1)))
            .collect();
        let settled = settle(volley(shots.clone()).await?, &shots).await?;
        report.add(&settled, &["200", "409 insufficient_stock"]);
        let cart = buyer.request("GET", format!("/carts/{}", buyer.cart_id));
        let cart = buyer.client.send(&cart).await?.success("the cart")?;
        let lines: Vec<_> = cart["lines"].as_array().into_iter().flatten().collect();
        let pieces: i64 = lines
            .iter()
            .filter_map(|line| line["quantity"].as_i64())
            .sum();
        let added = i64::try_from(settled.last.count("200"))?;
        let supply = i64::try_from(STOCK)?;
        report.check(
            lines.len() == 1 && pieces == added && added == supply,
            || {
                format!(
                    "round {round}: {added} additions made {} lines with {pieces} pieces",
                    lines.len()
                )
            },
        );
        buyer.check_out().await?;
        let bought = buy(std::slice::from_ref(&buyer)).await?;
        report.add(&bought, &["201 placed"]);
        all.push(goods);
    }
    report.finish(&all.iter().collect::<Vec<_>>()).await
}

/// Carts with three pieces each of two variants in opposite order: no deadlock, and of each variant as
/// many handfuls as fit.
async fn handfuls(race: &Race<'_>, rounds: usize) -> Result<Count> {
    let title = format!("{AT_ONCE} carts of 3 + 3 pieces, {STOCK} of each, {rounds} times");
    let mut report = Report::begin(race.shop, title, race.ui);
    let mut all = Vec::new();
    for round in 0..rounds {
        report.update(&format!("round {round}"));
        let left = race.shop.put_on_sale("left", STOCK).await?;
        let right = race.shop.put_on_sale("right", STOCK).await?;
        let buyers = (0..AT_ONCE).map(async |index| {
            let key = race.key(&format!("hands{round}-{index}"));
            let pieces = if index % 2 == 0 {
                [(&left, 3), (&right, 3)]
            } else {
                [(&right, 3), (&left, 3)]
            };
            race.shop.buyer(key, &pieces).await
        });
        let settled = buy(&try_join_all(buyers).await?).await?;
        report.add(&settled, &["201 placed", "409 out_of_stock"]);
        let placed = settled.last.count("201 placed");
        report.check(placed == STOCK / 3, || {
            format!("round {round}: {placed} carts of 3 from {STOCK} pieces")
        });
        all.extend([left, right]);
    }
    report.finish(&all.iter().collect::<Vec<_>>()).await
}

/// A cart cannot name a variant twice, but whoever holds stock through the contract can: 2 + 3 pieces of
/// one variant are 5, so that 20 parallel holds on 10 pieces end in two.
async fn summed(race: &Race<'_>) -> Result<Count> {
    let title = format!("{AT_ONCE} holds of 2 + 3 pieces of one variant, {STOCK} in stock");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("summed", STOCK).await?;
    let variant = uuid(&goods.variant_id).context("the variant's id")?;
    let holds = (0..AT_ONCE).map(|_| hold(&race.shop.target, &variant));
    let mut held = Vec::new();
    let mut refused = 0;
    for hold in join_all(holds).await {
        match hold? {
            Ok(holder) => held.push(holder),
            Err(detail) => {
                refused += 1;
                let detail: Value = serde_json::from_str(&detail)?;
                let asked: i64 = detail
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|item| item["requested"].as_i64())
                    .sum();
                report.check(asked == 5, || format!("refused with {detail}"));
            }
        }
    }
    report.check(held.len() == STOCK / 5, || {
        format!("{} holds of 5 on {STOCK} pieces", held.len())
    });
    report.fact(format!(
        "{} held, {refused} told that 5 are too many",
        held.len()
    ));
    let mut connection = race.shop.target.connect().await?;
    for holder in held {
        let release = sqlx::query("select catalog.release_stock_v1($1::uuid)").bind(holder);
        release.execute(&mut connection).await?;
    }
    report.finish(&[&goods]).await
}

/// Holds 2 and 3 pieces of a variant as checkout does. The holder, or what was too many.
async fn hold(target: &Target, variant: &str) -> Result<Result<String, String>> {
    let holder = uuid_of(rand::random());
    let mut connection = target.connect().await?;
    sqlx::query("set role techmart_checkout")
        .execute(&mut connection)
        .await?;
    let statement = "select catalog.reserve_stock_v1($1::uuid, array[$2::uuid, $2::uuid], array[2, 3], now() + interval '5 min', now())";
    let outcome = sqlx::query(statement)
        .bind(&holder)
        .bind(variant)
        .execute(&mut connection)
        .await;
    let Err(error) = outcome else {
        return Ok(Ok(holder));
    };
    let refusal = error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
        .filter(|error| error.code() == "TM001");
    match refusal.and_then(PgDatabaseError::detail) {
        Some(detail) => Ok(Err(detail.to_owned())),
        None => Err(error.into()),
    }
}
