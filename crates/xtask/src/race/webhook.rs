//! A shopper's request and the provider's report finish the same payment at the same moment.

use std::time::Duration;

use anyhow::{Context, Result};
use rand::RngExt;
use serde_json::{Value, json};

use super::Race;
use super::report::Report;
use super::settle::settle;
use super::shop::{Buyer, Goods};
use super::target::now;
use super::wire::{self, volley};
use crate::count::Count;

/// Payments that are finished together.
const BATCH: usize = 50;

/// How much later than the reports the requests come, at most.
const GAP_MAX_MS: u64 = 80;
/// Settings of checkout under which a report is worked on when it arrives, not up to 250 ms later.
pub(super) const AT_ONCE: (&str, &str) = ("TECHMART_CHECKOUT__JOBS__INBOX_INTERVAL_MS", "10");

/// The provider takes the money and the answer is lost, so that the payment is unknown; then the shopper
/// asks again and the provider reports, both released together.
pub(super) async fn run(race: &mut Race<'_>) -> Result<Count> {
    let rounds = if race.short { BATCH } else { 20 * BATCH };
    let title = format!("request against webhook, {rounds} times");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("webhook", rounds).await?;
    let mut events = Vec::new();
    for batch in 0..rounds / BATCH {
        report.update(&format!("{} finished", batch * BATCH));
        events.extend(finish_together(race, &mut report, &goods, batch).await?);
    }
    race.shop.target.payments.mend().await?;
    worked_on(race, &mut report, &events).await?;
    report.finish(&[&goods]).await
}

/// One batch; answers the ids of the reports.
async fn finish_together(
    race: &mut Race<'_>,
    report: &mut Report<'_>,
    goods: &Goods,
    batch: usize,
) -> Result<Vec<String>> {
    let payments = &race.shop.target.payments;
    let prefix = race.key(&format!("webhook{batch}"));
    let buyers = race.shop.buyers(BATCH, &prefix, goods).await?;
    let silent = json!({"fault": "missing"});
    let lost =
        json!({"fault": "drop_after_commit", "method": "POST", "path": "/v1/payment_intents"});
    payments
        .break_things(&json!({"webhooks": [silent], "requests": [lost]}))
        .await?;
    let shots: Vec<_> = buyers
        .iter()
        .map(|buyer| (buyer.client, buyer.complete()))
        .collect();
    let unknown = volley(shots).await?;
    for answer in unknown.answers {
        let answer = answer?;
        report.check(answer.status == 202, || {
            format!(
                "the provider's answer was lost, and the shopper was told {}",
                answer.outcome()
            )
        });
    }
    payments
        .break_things(&json!({"webhooks": [silent]}))
        .await?;

    let intents = intents(race, &buyers).await?;
    let events = payments
        .events("payment_intent.succeeded", &intents)
        .await?;
    // A report is stored before it is worked on: the request that follows meets the work.
    let gap = Duration::from_millis(race.random.random_range(0..GAP_MAX_MS));
    let mut salvo = Vec::new();
    for event in &events {
        let report = payments.report(event, now())?;
        salvo.push((Duration::ZERO, race.shop.wire.client(), report));
    }
    for buyer in &buyers {
        salvo.push((gap, buyer.client, buyer.complete()));
    }
    let shots: Vec<_> = salvo
        .iter()
        .map(|(_, client, request)| (*client, request.clone()))
        .collect();
    let settled = settle(wire::salvo(salvo).await?, &shots).await?;
    report.add(&settled, &["201 placed", "200"]);
    let placed = settled.last.count("201 placed");
    report.check(placed == BATCH, || {
        format!("{placed} orders of {BATCH} payments")
    });
    Ok(events
        .iter()
        .filter_map(|event| event["id"].as_str().map(str::to_owned))
        .collect())
}

/// The payments at the provider, in the order of the buyers.
async fn intents(race: &Race<'_>, buyers: &[Buyer<'_>]) -> Result<Vec<String>> {
    let books = super::judge::ledger(&race.shop.target).await?;
    let intents = books["intents"]
        .as_array()
        .context("the ledger's intents")?;
    let of = |checkout: &Value| {
        let mut found = intents
            .iter()
            .filter(|intent| intent["metadata"]["checkout_id"] == *checkout);
        found.next().and_then(|intent| intent["id"].as_str())
    };
    buyers
        .iter()
        .map(|buyer| {
            let intent = of(&buyer.checkout["id"]).map(str::to_owned);
            intent.with_context(|| format!("no payment of checkout {}", buyer.checkout["id"]))
        })
        .collect()
}

/// How many reports came to a payment that was still open: those were real races.
async fn worked_on(race: &Race<'_>, report: &mut Report<'_>, events: &[String]) -> Result<()> {
    super::judge::quiet(race.shop).await?;
    let mut connection = race.shop.target.connect().await?;
    let query = "select coalesce(outcome, 'waiting'), count(*) from checkout.provider_inbox
                  where event_id = any($1) group by 1 order by 1";
    let outcomes: Vec<(String, i64)> = sqlx::query_as(query)
        .bind(events)
        .fetch_all(&mut connection)
        .await?;
    let stored: i64 = outcomes.iter().map(|(_, count)| count).sum();
    report.check(usize::try_from(stored).ok() == Some(events.len()), || {
        format!("{} reports, {stored} stored", events.len())
    });
    let outcomes: Vec<String> = outcomes
        .iter()
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    report.fact(format!("reports: {}", outcomes.join(", ")));
    Ok(())
}
