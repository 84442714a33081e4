//! Every report ten times, in any order, late, with replays and forgeries in between; and all reports
//! of the run once more at its end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Torture;
use crate::count::Count;
use crate::race::{Report, Target, now, quiet, settle, volley};

/// How long the last report may be under way.
const PATIENCE: Duration = Duration::from_mins(5);
/// After this long without a report there are no more.
const STILL: Duration = Duration::from_millis(2500);
/// Payments of a wave: some 1,700 requests, fewer than the gateway takes at once.
const WAVE: usize = 40;
/// Fewer than the gateway takes for long.
const SENDS_PER_S: i64 = 150;
const CARDS: [&str; 4] = [
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_visa_chargeDeclined",
    "pm_card_amex",
];

/// Purchases in waves while every report misbehaves. The provider calls from one address: a wave stays
/// within what the gateway lets it send.
pub(super) async fn run(torture: &Torture<'_>) -> Result<Count> {
    let (shop, waves) = (torture.shop, if torture.short { 1 } else { 10 });
    let payments = waves * WAVE;
    let title =
        format!("{payments} payments, reports ×10, shuffled, 3 days late, forged, replayed");
    let mut report = Report::begin(shop, title, torture.ui);
    let goods = shop.put_on_sale("storm", payments).await?;
    let mut answers: BTreeMap<String, i64> = BTreeMap::new();
    for wave in 0..waves {
        report.update(&format!("wave {wave}"));
        let prefix = format!("storm-{:08x}-{wave}", torture.run);
        let mut buyers = shop.buyers(WAVE, &prefix, &goods).await?;
        for (index, buyer) in buyers.iter_mut().enumerate() {
            buyer.card = CARDS[index % CARDS.len()];
        }
        let begun = now();
        shop.target.payments.break_things(&storm()).await?;
        let shots: Vec<_> = buyers
            .iter()
            .map(|buyer| (buyer.client, buyer.complete()))
            .collect();
        let settled = settle(volley(shots.clone()).await?, &shots).await?;
        report.add(&settled, &["201 placed", "402 payment_declined"]);
        let declined = WAVE / CARDS.len();
        report.check(settled.last.count("402") == declined, || {
            format!("{declined} declined cards, {}", settled.last)
        });
        delivered(&shop.target).await?;
        for (how, count) in deliveries(&shop.target, begun).await? {
            *answers.entry(how).or_default() += count;
        }
    }
    judge(&mut report, &answers);
    report.finish(&[&goods]).await
}

/// What becomes of every report.
fn storm() -> Value {
    json!({"webhooks": [
        {"fault": "duplicate", "times": 9},
        {"fault": "shuffle", "ms": 1500},
        {"fault": "late", "ms": 300, "aged_s": 259_200, "probability": 0.3},
        {"fault": "forged", "times": 1},
        {"fault": "replay", "times": 2, "ms": 200},
        {"fault": "replay", "times": 1, "ms": 400, "aged_s": 400},
    ]})
}

/// Genuine reports are taken, forged ones are not, and replays only while their signature is young. A shop
/// that is busy may say so: then the provider sends the report again.
fn judge(report: &mut Report<'_>, answers: &BTreeMap<String, i64>) {
    for (how, count) in answers {
        let fine = match how.split_once(' ') {
            Some((_, "503")) => true,
            Some(("forged", status)) => status == "400",
            Some(("replay", status)) => status == "400" || status == "200",
            Some((_, status)) => status == "200",
            None => false,
        };
        report.check(fine, || format!("{count} × {how}"));
        report.fact(format!("{count} reports {how}"));
    }
}

/// All reports of the run come again ten times, three days late and in any order: nothing changes.
pub(super) async fn again(torture: &Torture<'_>) -> Result<Count> {
    let shop = torture.shop;
    let title = "all reports again, ×10, 3 days late, shuffled";
    let mut report = Report::begin(shop, title, torture.ui);
    shop.target.payments.mend().await?;
    quiet(shop).await?;
    let before = state(&shop.target).await?;
    let begun = now();
    shop.target
        .payments
        .break_things(&json!({"webhooks": [
            {"fault": "duplicate", "times": 9},
            {"fault": "shuffle", "ms": spread_ms(&shop.target).await?},
            {"fault": "late", "aged_s": 259_200},
        ]}))
        .await?;
    let sent = shop
        .target
        .payments
        .post("/_ctl/webhooks/redeliver", &json!({"all": true}))
        .await?;
    delivered(&shop.target).await?;
    quiet(shop).await?;
    judge(&mut report, &deliveries(&shop.target, begun).await?);
    let after = state(&shop.target).await?;
    report.check(before == after, || {
        format!("before {before:?}, after {after:?}")
    });
    report.fact(format!(
        "{} reports sent ten times again; orders, payments, ledger, stock, timeline and mails unchanged",
        sent["events"]
    ));
    report.finish(&[]).await
}

/// Over how long all reports ten times are spread so that the gateway lets them through.
async fn spread_ms(target: &Target) -> Result<i64> {
    let mut connection = target.connect().await?;
    let query = "select count(*) from checkout.provider_inbox";
    let reports: i64 = sqlx::query_scalar(query).fetch_one(&mut connection).await?;
    Ok((reports * 10 * 1000 / SENDS_PER_S).max(2000))
}

/// Waits until nothing is sent any more.
async fn delivered(target: &Target) -> Result<()> {
    let begun = Instant::now();
    let mut last = (Value::Null, Instant::now());
    loop {
        ensure!(
            begun.elapsed() < PATIENCE,
            "reports are still being delivered"
        );
        let sent = target.payments.get("/_ctl/webhooks/deliveries").await?;
        let all = sent["deliveries"].as_array();
        let newest = all.and_then(|all| all.last()).map(|last| &last["at_ms"]);
        let mark = json!([all.map(Vec::len), newest]);
        if mark != last.0 {
            last = (mark, Instant::now());
        }
        if last.1.elapsed() > STILL {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// How often each manner of report got each answer since then (Unix seconds).
async fn deliveries(target: &Target, since: u64) -> Result<BTreeMap<String, i64>> {
    let list = target.payments.get("/_ctl/webhooks/deliveries").await?;
    let mut counts = BTreeMap::new();
    for delivery in list["deliveries"].as_array().into_iter().flatten() {
        if delivery["at_ms"].as_u64().unwrap_or_default() < since * 1000 {
            continue;
        }
        let manner = delivery["manner"].as_str().unwrap_or_default();
        let how = format!("{manner} {}", delivery["status"]);
        *counts.entry(how).or_default() += 1;
    }
    Ok(counts)
}

const STATE: &str = r"
    select array[
      (select md5(coalesce(string_agg(concat_ws(',', order_id, state, payment_state, fulfilment_state, version), ';' order by order_id), ''))
         from orders.sales_order),
      (select md5(coalesce(string_agg(concat_ws(',', attempt_id, state, captured_minor, refunded_minor), ';' order by attempt_id), ''))
         from checkout.payment_attempt),
      (select md5(coalesce(string_agg(concat_ws(',', variant_id, slot, on_hand, reserved, allocated), ';' order by variant_id, location_id, slot), ''))
         from catalog.stock_level),
      (select count(*)::text from orders.timeline),
      (select count(*)::text from checkout.ledger_transfer),
      (select count(*)::text from catalog.stock_movement),
      (select count(*)::text from orders.message)]";

/// Everything that a report may change: orders, payments and stock by checksum; rows of timeline,
/// ledger, movements and mails.
async fn state(target: &Target) -> Result<Vec<String>> {
    let mut connection = target.connect().await?;
    let state = sqlx::query_scalar(STATE).fetch_one(&mut connection).await;
    state.context("cannot read the state of the shop")
}
