//! A coupon that may be used once, and many who use it at the same moment.

use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use super::Race;
use super::report::Report;
use super::shop::{Buyer, Goods, patient, text};
use super::stock::buy;
use super::wire::Request;
use crate::count::Count;

/// How many shoppers get ready side by side.
const READY_AT_ONCE: usize = 16;

/// 200 redemptions of a coupon for one use, then for ten, then one per customer.
pub(super) async fn run(race: &mut Race<'_>) -> Result<Count> {
    let buyers = if race.short { 60 } else { 200 };
    let mut count = redeem(race, buyers, 1).await?;
    if !race.short {
        count += redeem(race, buyers, 100).await?;
    }
    count += one_customer(race, buyers / 10).await?;
    Ok(count)
}

async fn redeem(race: &Race<'_>, buyers: usize, uses: usize) -> Result<Count> {
    let title = format!("{buyers} redemptions of a coupon for {uses}");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("coupon", buyers).await?;
    let code = create(race, json!({"usage_limit": uses})).await?;
    let all = ready(race, buyers, &goods, &code, |index| {
        format!("{code}-{index}")
    })
    .await?;
    let settled = buy(&all).await?;
    report.add(
        &settled,
        &["201 placed", "409 totals_changed", "409 coupon_"],
    );
    let placed = settled.last.count("201 placed");
    report.check(placed == uses, || {
        format!("{placed} orders with a coupon for {uses}")
    });
    let again = race
        .shop
        .buyer(format!("{code}-late"), &[(&goods, 1)])
        .await?;
    let answer = again.client.send(&put_on(&again, &code)).await?;
    report.check(answer.status == 409 || answer.status == 422, || {
        format!(
            "the coupon is used up, and a cart takes it: {}",
            answer.outcome()
        )
    });
    report.finish(&[&goods]).await
}

/// One guest, by e-mail, with many carts and a coupon that each customer may use once.
async fn one_customer(race: &Race<'_>, carts: usize) -> Result<Count> {
    let title = format!("{carts} carts of one guest, a coupon once per customer");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("customer", carts).await?;
    let code = create(race, json!({"per_customer_limit": 1})).await?;
    let all = ready(race, carts, &goods, &code, |_| format!("{code}-same")).await?;
    let settled = buy(&all).await?;
    report.add(
        &settled,
        &["201 placed", "409 totals_changed", "409 coupon_"],
    );
    let placed = settled.last.count("201 placed");
    report.check(placed == 1, || format!("{placed} uses by one customer"));
    report.finish(&[&goods]).await
}

/// Guests with the coupon on their carts and everything but the payment settled. The name is also the
/// guest's e-mail address.
async fn ready<'a>(
    race: &Race<'a>,
    count: usize,
    goods: &Goods,
    code: &str,
    name: impl Fn(usize) -> String,
) -> Result<Vec<Buyer<'a>>> {
    let shop = race.shop;
    stream::iter((0..count).map(name))
        .map(|key| async move {
            let mut buyer = shop.guest(key).await?;
            buyer.add(goods, 1).await?;
            let answer = patient(buyer.client, &put_on(&buyer, code)).await?;
            answer.success("coupon")?;
            buyer.check_out().await?;
            anyhow::Ok(buyer)
        })
        .buffered(READY_AT_ONCE)
        .try_collect()
        .await
}

fn put_on(buyer: &Buyer<'_>, code: &str) -> Request {
    let path = format!("/carts/{}/coupon", buyer.cart_id);
    buyer.request("PUT", path).json(&json!({"code": code}))
}

/// Staff make a coupon for 10 % off with these limits.
async fn create(race: &Race<'_>, limits: serde_json::Value) -> Result<String> {
    let mut body = json!({
        "code": format!("RACE{:08X}", rand::random::<u32>()),
        "description": "Race",
        "percent_ppm": 100_000,
    });
    if let (Some(body), Some(limits)) = (body.as_object_mut(), limits.as_object()) {
        body.extend(limits.clone());
    }
    let request = Request::new("POST", "/admin/coupons")
        .header("Idempotency-Key", body["code"].as_str().unwrap_or_default())
        .json(&body);
    let created = race.shop.act(request).await?.success("new coupon")?;
    text(&created, "code")
}
