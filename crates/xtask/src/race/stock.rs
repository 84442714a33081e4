//! Everybody wants the last pieces: exactly as many orders as there are pieces.

use anyhow::{Result, ensure};
use rand::RngExt;

use super::Race;
use super::judge;
use super::report::Report;
use super::settle::{Settled, settle};
use super::shop::{Buyer, Shop};
use super::wire::{Request, volley};
use crate::count::Count;

/// What may come of a purchase of something scarce.
const ENDS: [&str; 2] = ["201 placed", "409 out_of_stock"];

/// Each stock in turn, then the largest race again with cards that are declined.
pub(super) async fn run(race: &mut Race<'_>) -> Result<Count> {
    let (buyers, stocks): (usize, &[usize]) = if race.short {
        (200, &[10])
    } else {
        (500, &[1, 10, 100])
    };
    let mut count = Count::default();
    for &stock in stocks {
        count += sold_out(race, buyers, stock).await?;
    }
    count += declined(race, buyers / 2, 10).await?;
    Ok(count)
}

async fn sold_out(race: &Race<'_>, buyers: usize, stock: usize) -> Result<Count> {
    let title = format!("{buyers} buyers, {stock} in stock");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("stock", stock).await?;
    let prefix = race.key(&format!("stock{stock}"));
    let all = race.shop.buyers(buyers, &prefix, &goods).await?;
    report.update("released");
    let settled = buy(&all).await?;
    report.add(&settled, &ENDS);
    let sold = settled.last.count("201 placed");
    report.check(sold == stock, || {
        format!("{sold} orders for {stock} in stock")
    });
    check_orders(race.shop, &mut report, &settled).await?;
    let (left, _) = judge::stock(race.shop, &goods.sku).await?;
    report.fact(format!(
        "stock: {} on hand, {} sold, {} held",
        left.on_hand, left.allocated, left.reserved
    ));
    report.finish(&[&goods]).await
}

/// A part of the cards is declined: what they held must be for sale again.
async fn declined(race: &mut Race<'_>, buyers: usize, stock: usize) -> Result<Count> {
    let title = format!("{buyers} buyers, every other card declined, {stock} in stock");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("declined", stock).await?;
    let prefix = race.key("declined");
    let mut all = race.shop.buyers(buyers, &prefix, &goods).await?;
    for buyer in &mut all {
        if race.random.random_bool(0.5) {
            buyer.card = "pm_card_visa_chargeDeclined";
        }
    }
    let settled = buy(&all).await?;
    report.add(
        &settled,
        &["201 placed", "409 out_of_stock", "402 payment_declined"],
    );
    let sold = settled.last.count("201 placed");
    report.check(sold <= stock, || {
        format!("{sold} orders for {stock} in stock")
    });
    judge::quiet(race.shop).await?;
    let rest = stock.saturating_sub(sold);
    if rest > 0 {
        let late = race
            .shop
            .buyers(rest, &format!("{prefix}-late"), &goods)
            .await?;
        let after = buy(&late).await?;
        report.add(&after, &["201 placed"]);
    }
    let one_more = race.shop.guest(format!("{prefix}-more")).await?;
    let refusal = one_more.client.send(&one_more.addition(&goods, 1)).await?;
    report.check(refusal.outcome() == "409 out_of_stock", || {
        format!("one more could be had: {}", refusal.outcome())
    });
    report.fact(format!(
        "{rest} pieces of declined cards were bought by others afterwards"
    ));
    report.finish(&[&goods]).await
}

/// All of them pay at the same moment.
pub(super) async fn buy(buyers: &[Buyer<'_>]) -> Result<Settled> {
    let shots: Vec<(_, Request)> = buyers
        .iter()
        .map(|buyer| (buyer.client, buyer.complete()))
        .collect();
    settle(volley(shots.clone()).await?, &shots).await
}

/// Every acknowledged order is there, under its own number.
pub(super) async fn check_orders(
    shop: &Shop,
    report: &mut Report<'_>,
    settled: &Settled,
) -> Result<()> {
    let mut numbers = std::collections::BTreeSet::new();
    let placed = settled.answers.iter().filter(|answer| answer.status == 201);
    let mut orders = 0;
    let reader = shop.wire.client();
    for answer in placed {
        let (order, token) = (&answer.body["order"], &answer.body["order_token"]);
        let (Some(id), Some(token)) = (order["id"].as_str(), token.as_str()) else {
            ensure!(false, "an order without an id or token: {}", answer.body);
            continue;
        };
        let request = Request::new("GET", format!("/orders/{id}")).header("Order-Token", token);
        let seen = reader.send(&request).await?.success("the order")?;
        report.check(
            seen["number"] == order["number"] && seen["state"] == "placed",
            || format!("order {id} was acknowledged and now reads {seen}"),
        );
        numbers.insert(seen["number"].to_string());
        orders += 1;
    }
    report.check(numbers.len() == orders, || {
        format!("{orders} orders with {} numbers", numbers.len())
    });
    Ok(())
}
