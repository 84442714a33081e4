//! What the database and the payment provider say once everything is quiet.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;
use sqlx::PgConnection;

use super::shop::{Goods, Shop};
use super::target::Target;
use crate::invariants::{self, Witness};

/// How long what is under way may take to end. The payment provider is asked after 15 s and 45 s.
const QUIET: Duration = Duration::from_secs(75);

/// Stock of one variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Stock {
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) allocated: i64,
    /// Units of live orders that are not shipped.
    pub(crate) ordered: i64,
}

/// What moved, on both sides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Money {
    /// Payments with money taken.
    pub(crate) payments: usize,
    /// Minor units taken.
    pub(crate) captured: i64,
    /// Minor units given back.
    pub(crate) refunded: i64,
}

#[derive(Debug, sqlx::FromRow)]
struct Paid {
    attempt: String,
    provider_ref: Option<String>,
    state: String,
    captured: i64,
    refunded: i64,
}

const STOCK: &str = r"
    select coalesce(sum(level.on_hand), 0)::bigint as on_hand,
           coalesce(sum(level.reserved), 0)::bigint as reserved,
           coalesce(sum(level.allocated), 0)::bigint as allocated,
           (select coalesce(sum(line.quantity - p.cancelled - p.shipped), 0)::bigint
              from orders.order_line line
              join orders.line_progress p using (line_id)
              join orders.sales_order o on o.order_id = line.order_id
             where line.sku = $1 and o.state in ('placed', 'completed')) as ordered
      from catalog.stock_level level join catalog.variant variant using (variant_id)
     where variant.sku = $1";

const BUSY: &str = r"
    select (select count(*) from orders.sales_order where state = 'pending')
         + (select count(*) from checkout.checkout where state = 'completing')
         + (select count(*) from checkout.payment_attempt where state in ('created', 'processing', 'unknown'))
         + (select count(*) from checkout.payment_operation where state in ('requested', 'submitted'))
         + (select count(*) from checkout.provider_inbox where processed_at is null)
         + (select count(*) from orders.outbox)
         + (select count(*) from catalog.outbox)";

const PAID: &str = r"
    select attempt_id::text as attempt, provider_ref, state, captured_minor as captured, refunded_minor as refunded
      from checkout.payment_attempt";

/// Waits until nothing is under way; tells how long that took.
pub(crate) async fn quiet(shop: &Shop) -> Result<Duration> {
    let mut connection = shop.target.connect().await?;
    let begun = Instant::now();
    loop {
        let busy: i64 = sqlx::query_scalar(BUSY).fetch_one(&mut connection).await?;
        let undelivered = ledger(&shop.target).await?["events_pending"]
            .as_u64()
            .unwrap_or_default();
        if (busy == 0 && undelivered == 0) || begun.elapsed() > QUIET {
            return Ok(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Everything that is wrong with a quiet shop: broken invariants, differences to the provider, work
/// that never ended. Also what moved.
pub(crate) async fn violations(shop: &Shop) -> Result<(Vec<String>, Money)> {
    let books = ledger(&shop.target).await?;
    let mut wrong = invariants(&shop.target, &books, &shop.wire.history()).await?;
    let mut connection = shop.target.connect().await?;
    let busy: i64 = sqlx::query_scalar(BUSY).fetch_one(&mut connection).await?;
    if busy != 0 {
        wrong.push(format!("{busy} things are still under way"));
    }
    let money = compare(&books, &mut connection, &mut wrong).await?;
    Ok((wrong, money))
}

/// Stock of the variant, and its units that nobody can buy and nobody has bought.
pub(crate) async fn stock(shop: &Shop, sku: &str) -> Result<(Stock, i64)> {
    let mut connection = shop.target.connect().await?;
    let stock: Stock = sqlx::query_as(STOCK)
        .bind(sku)
        .fetch_one(&mut connection)
        .await
        .context("cannot read the stock")?;
    Ok((stock, stock.reserved + stock.allocated - stock.ordered))
}

impl Shop {
    /// Orders of the variant that came to be, whatever became of them.
    pub(crate) async fn count_orders(&self, goods: &Goods) -> Result<i64> {
        let mut connection = self.target.connect().await?;
        let query = "select count(distinct order_id) from orders.order_line
                       join orders.sales_order o using (order_id)
                      where sku = $1 and o.placed_at is not null";
        let count = sqlx::query_scalar(query).bind(&goods.sku);
        Ok(count.fetch_one(&mut connection).await?)
    }
}

/// The provider's own books.
pub(crate) async fn ledger(target: &Target) -> Result<Value> {
    target.payments.get("/_ledger").await
}

/// The invariants at rest, with the provider's books and everything that was acknowledged.
async fn invariants(target: &Target, books: &Value, history: &Value) -> Result<Vec<String>> {
    let witness = Witness {
        quiet: true,
        history: Some(history),
        books: Some(books),
    };
    invariants::verify(&target.instance, target.migrate.clone(), witness).await
}

/// Every payment against the provider's books, to the cent, both ways.
async fn compare(
    books: &Value,
    connection: &mut PgConnection,
    wrong: &mut Vec<String>,
) -> Result<Money> {
    let intents = books["intents"]
        .as_array()
        .context("the ledger's intents")?;
    let number = |intent: &Value, key: &str| intent[key].as_i64().unwrap_or_default();
    let mut theirs: BTreeMap<&str, &Value> = intents
        .iter()
        .filter_map(|intent| Some((intent["id"].as_str()?, intent)))
        .collect();
    let ours: Vec<Paid> = sqlx::query_as(PAID).fetch_all(connection).await?;
    let mut money = Money::default();
    for paid in &ours {
        let intent = paid
            .provider_ref
            .as_deref()
            .and_then(|id| theirs.remove(id));
        let Some(intent) = intent else {
            if paid.captured != 0 {
                wrong.push(format!("attempt {}: unknown to the provider", paid.attempt));
            }
            continue;
        };
        let (captured, refunded) = (number(intent, "captured"), number(intent, "refunded"));
        let same = (captured, refunded) == (paid.captured, paid.refunded);
        if !same || number(intent, "charges_paid") > 1 {
            wrong.push(format!(
                "attempt {} ({}): {} taken and {} returned here, {captured} and {refunded} by the provider in {} charges",
                paid.attempt, paid.state, paid.captured, paid.refunded, intent["charges_paid"],
            ));
        }
        money.payments += usize::from(captured > 0);
        money.captured += captured;
        money.refunded += refunded;
    }
    for (id, intent) in theirs {
        let (captured, refunded) = (number(intent, "captured"), number(intent, "refunded"));
        if captured != refunded || number(intent, "held") != 0 {
            wrong.push(format!(
                "the provider took {captured} for {id}, unknown here"
            ));
        }
    }
    Ok(money)
}
