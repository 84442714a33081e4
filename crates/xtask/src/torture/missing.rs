//! Reports that never come, also while the provider's answers are lost: the shop asks by itself.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use super::Torture;
use crate::count::Count;
use crate::race::{Goods, Report, ledger, uuid, volley};

const PAYS: &str = "pm_card_visa";
const BANK_ASKS: &str = "pm_card_threeDSecure2Required";
/// What is promised.
const PROMISE: Duration = Duration::from_mins(1);
/// After this the run gives up.
const PATIENCE: Duration = Duration::from_secs(100);

/// Payments of which the shop hears nothing more.
#[derive(Debug)]
struct Group {
    what: &'static str,
    /// Ids of their orders, as UUIDs.
    orders: Vec<String>,
    /// When the shop was told last, or would have been.
    begun: Instant,
}

/// Nobody asks the shop for these payments, and no report comes: it finds them by itself.
pub(super) async fn run(torture: &Torture<'_>) -> Result<Count> {
    let (shop, each) = (torture.shop, if torture.short { 4 } else { 40 });
    let title = format!("{} payments of which nothing is heard", 3 * each);
    let mut report = Report::begin(shop, title, torture.ui);
    let goods = shop.put_on_sale("missing", 3 * each).await?;
    let silent = json!({"fault": "missing"});
    let lost =
        json!({"fault": "drop_after_commit", "method": "POST", "path": "/v1/payment_intents"});
    let provider = &shop.target.payments;

    provider
        .break_things(&json!({"webhooks": [silent]}))
        .await?;
    let what = "agreed by the shopper's bank";
    let mut asked = pay(torture, &mut report, &goods, each, BANK_ASKS, what).await?;
    confirm(torture, &mut asked).await?;
    provider
        .break_things(&json!({"webhooks": [silent], "requests": [lost]}))
        .await?;
    let what = "taken, the answer lost";
    let taken = pay(torture, &mut report, &goods, each, PAYS, what).await?;
    let what = "agreed by the bank, the answer before lost";
    let mut both = pay(torture, &mut report, &goods, each, BANK_ASKS, what).await?;
    provider
        .break_things(&json!({"webhooks": [silent]}))
        .await?;
    confirm(torture, &mut both).await?;

    report.update("waiting for the reconciler");
    let (a, b, c) = tokio::try_join!(
        wait(torture, &asked),
        wait(torture, &taken),
        wait(torture, &both)
    )?;
    for (group, waits) in [(&asked, a), (&taken, b), (&both, c)] {
        found(&mut report, group, &waits);
    }
    report.finish(&[&goods]).await
}

/// A group of shoppers pays and is told that it is under way.
async fn pay(
    torture: &Torture<'_>,
    report: &mut Report<'_>,
    goods: &Goods,
    count: usize,
    card: &'static str,
    what: &'static str,
) -> Result<Group> {
    let prefix = format!("missing-{:08x}-{}", torture.run, rand::random::<u16>());
    let mut buyers = torture.shop.buyers(count, &prefix, goods).await?;
    for buyer in &mut buyers {
        buyer.card = card;
    }
    let shots = buyers
        .iter()
        .map(|buyer| (buyer.client, buyer.complete()))
        .collect();
    let mut orders = Vec::new();
    for answer in volley(shots).await?.answers {
        let answer = answer?;
        report.check(answer.status == 202, || {
            format!("{what}: told {}", answer.outcome())
        });
        orders.extend(answer.body["order"]["id"].as_str().and_then(uuid));
    }
    Ok(Group {
        what,
        orders,
        begun: Instant::now(),
    })
}

/// The banks of all shoppers who were asked agree: from then on nothing more is heard.
async fn confirm(torture: &Torture<'_>, group: &mut Group) -> Result<()> {
    let target = &torture.shop.target;
    let books = ledger(target).await?;
    for intent in books["intents"].as_array().into_iter().flatten() {
        if let ("requires_action", Some(id)) = (
            intent["status"].as_str().unwrap_or_default(),
            intent["id"].as_str(),
        ) {
            let path = format!("/_ctl/payment_intents/{id}/complete");
            target.payments.post(&path, &Value::Null).await?;
        }
    }
    group.begun = Instant::now();
    Ok(())
}

/// How long until each order was placed, the shortest first.
async fn wait(torture: &Torture<'_>, group: &Group) -> Result<Vec<Duration>> {
    let mut connection = torture.shop.target.connect().await?;
    let query = "select count(*) from orders.sales_order
                  where order_id = any($1::uuid[]) and placed_at is not null";
    let mut waits = Vec::new();
    while waits.len() < group.orders.len() && group.begun.elapsed() < PATIENCE {
        let count = sqlx::query_scalar(query).bind(&group.orders);
        let placed: i64 = count.fetch_one(&mut connection).await?;
        waits.resize(usize::try_from(placed)?, group.begun.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(waits)
}

/// Tells how long it took until the shop knew; it must be as promised.
fn found(report: &mut Report<'_>, group: &Group, waits: &[Duration]) {
    let (what, payments) = (group.what, group.orders.len());
    let seconds = |wait: Option<&Duration>| {
        let wait = wait.copied().unwrap_or_default();
        format!("{}.{} s", wait.as_secs(), wait.subsec_millis() / 100)
    };
    report.check(waits.len() == payments, || {
        format!("{} of {payments} payments {what} were found", waits.len())
    });
    report.check(waits.iter().all(|wait| *wait <= PROMISE), || {
        format!(
            "payments {what} were found only after {}",
            seconds(waits.last())
        )
    });
    report.fact(format!(
        "{payments} payments {what}: found after {} (median), {} (longest); promised 60 s",
        seconds(waits.get(waits.len() / 2)),
        seconds(waits.last())
    ));
}
