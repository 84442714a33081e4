//! What the database says after the buyers are gone.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::stack::Stack;
use crate::tool;

/// How long payments under way may take to settle.
const SETTLE: Duration = Duration::from_secs(20);

/// Stock and orders of one variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ledger {
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) allocated: i64,
    /// Orders placed with it.
    pub(super) placed: i64,
    /// Orders begun and not decided.
    pub(super) pending: i64,
}

const QUERY: &str = r"
    select
      coalesce(sum(level.on_hand), 0)::bigint,
      coalesce(sum(level.reserved), 0)::bigint,
      coalesce(sum(level.allocated), 0)::bigint,
      (select count(distinct o.order_id) from orders.sales_order o
         join orders.order_line l using (order_id)
        where l.sku = $1 and o.state = 'placed' and o.payment_state = 'captured'),
      (select count(distinct o.order_id) from orders.sales_order o
         join orders.order_line l using (order_id)
        where l.sku = $1 and o.state = 'pending')
    from catalog.stock_level level
    join catalog.variant variant using (variant_id)
    where variant.sku = $1";

impl Ledger {
    /// Reads it.
    async fn read(connection: &mut PgConnection, sku: &str) -> Result<Self> {
        let (on_hand, reserved, allocated, placed, pending) =
            sqlx::query_as::<_, (i64, i64, i64, i64, i64)>(QUERY)
                .bind(sku)
                .fetch_one(connection)
                .await
                .context("cannot read stock and orders")?;
        Ok(Self {
            on_hand,
            reserved,
            allocated,
            placed,
            pending,
        })
    }
}

/// Waits until nothing of that variant is undecided, then compares with what was sold.
pub(super) async fn settled(stack: &Stack, sku: &str, supply: i64, sold: i64) -> Result<()> {
    let url = stack.settings().admin_url()?;
    let options: PgConnectOptions = url.as_str().parse().context("the database's address")?;
    let mut connection = options.disable_statement_logging().connect().await?;
    let begun = Instant::now();
    let wanted = Ledger {
        on_hand: supply,
        reserved: 0,
        allocated: sold,
        placed: sold,
        pending: 0,
    };
    let found = loop {
        let found = Ledger::read(&mut connection, sku).await?;
        if found == wanted || begun.elapsed() > SETTLE {
            break found;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    connection.close().await?;
    ensure!(
        found == wanted,
        "stock and orders: found {found:?}, wanted {wanted:?}"
    );
    // The invariants of all stock, money and orders, as an operator asks for them.
    tool::capture(
        &stack.instance,
        "migrate",
        &["verify"],
        stack.settings().migrate()?,
    )
    .await?;
    Ok(())
}
