//! Table `checkout.tender`: what gift cards and store credit pay of an order. A balance only ever moves together with
//! the tender that it moves for. Rows are taken in the order of their stored value.

use kernel::{CheckoutId, GiftCardId, Id, Money, OrderId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::ledger::{self, Transfer};
use super::undecodable;
use crate::domain::tender::{Share, StoredValueKind};

/// Holds each share for an order. False where a balance is smaller than its share, or the stored value cannot be spent
/// any more: then the transaction must be rolled back.
pub async fn hold(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    order_id: OrderId,
    shares: &[Share],
) -> Result<bool, sqlx::Error> {
    let mut shares: Vec<&Share> = shares
        .iter()
        .filter(|share| share.amount.minor() > 0)
        .collect();
    shares.sort_by_key(|share| share.purse.stored_value_id);
    for share in shares {
        let debited = debit(conn, share.purse.stored_value_id, share.amount).await?;
        if !debited {
            return Ok(false);
        }
        let tender_id = insert(conn, checkout_id, order_id, share).await?;
        let transfer = Transfer::Hold(share.purse.kind);
        ledger::insert(conn, transfer, share.amount, Some(order_id), tender_id).await?;
    }
    Ok(true)
}

/// Takes an amount off a balance that covers it. Whether it did.
async fn debit(
    conn: &mut PgConnection,
    stored_value_id: GiftCardId,
    amount: Money,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update checkout.stored_value
            set balance_minor = balance_minor - $2, version = version + 1, updated_at = now()
          where stored_value_id = $1 and balance_minor >= $2 and currency = $3 and state = 'active'",
        stored_value_id.uuid(),
        amount.minor(),
        amount.currency().code()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn insert(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    order_id: OrderId,
    share: &Share,
) -> Result<Uuid, sqlx::Error> {
    let tender_id = Id::<kernel::id::kind::Operation>::generate().uuid();
    sqlx::query!(
        "insert into checkout.tender (tender_id, order_id, checkout_id, stored_value_id, amount_minor, currency)
         values ($1, $2, $3, $4, $5, $6)",
        tender_id,
        order_id.uuid(),
        checkout_id.uuid(),
        share.purse.stored_value_id.uuid(),
        share.amount.minor(),
        share.amount.currency().code()
    )
    .execute(conn)
    .await?;
    Ok(tender_id)
}

struct Moved {
    tender_id: Uuid,
    amount: Money,
    kind: StoredValueKind,
}

fn moved(tender_id: Uuid, minor: i64, currency: &str, kind: &str) -> Result<Moved, sqlx::Error> {
    let currency = currency
        .parse()
        .map_err(|error: kernel::CurrencyError| undecodable(error))?;
    Ok(Moved {
        tender_id,
        amount: Money::new(minor, currency).map_err(undecodable)?,
        kind: StoredValueKind::from_stored(kind)
            .ok_or_else(|| undecodable("unknown kind of stored value"))?,
    })
}

/// The order is placed: what was held is spent. How much, in minor units; called again nothing.
pub async fn capture(conn: &mut PgConnection, order_id: OrderId) -> Result<i64, sqlx::Error> {
    let rows = sqlx::query!(
        "update checkout.tender t set state = 'captured', updated_at = now()
           from checkout.stored_value v
          where t.order_id = $1 and t.state = 'held' and v.stored_value_id = t.stored_value_id
         returning t.tender_id, t.amount_minor, t.currency, v.kind",
        order_id.uuid()
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut sum: i64 = 0;
    for row in rows {
        let moved = moved(row.tender_id, row.amount_minor, &row.currency, &row.kind)?;
        sum = sum.saturating_add(moved.amount.minor());
        let cause = moved.tender_id;
        ledger::insert(conn, Transfer::Spend, moved.amount, Some(order_id), cause).await?;
    }
    Ok(sum)
}

/// The order came to nothing: what was held goes back to its balances.
pub async fn release(conn: &mut PgConnection, order_id: OrderId) -> Result<(), sqlx::Error> {
    // Balances are locked in their order before any of them moves.
    sqlx::query!(
        r#"select v.stored_value_id from checkout.stored_value v
          where v.stored_value_id in (select t.stored_value_id from checkout.tender t where t.order_id = $1 and t.state = 'held')
          order by v.stored_value_id for update"#,
        order_id.uuid()
    )
    .fetch_all(&mut *conn)
    .await?;
    let rows = sqlx::query!(
        "with released as (
           update checkout.tender t set state = 'released', updated_at = now()
            where t.order_id = $1 and t.state = 'held'
           returning t.tender_id, t.stored_value_id, t.amount_minor, t.currency)
         update checkout.stored_value v
            set balance_minor = v.balance_minor + r.amount_minor, version = v.version + 1, updated_at = now()
           from released r
          where v.stored_value_id = r.stored_value_id
         returning r.tender_id, r.amount_minor, r.currency, v.kind",
        order_id.uuid()
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in rows {
        let moved = moved(row.tender_id, row.amount_minor, &row.currency, &row.kind)?;
        let transfer = Transfer::Release(moved.kind);
        ledger::insert(
            conn,
            transfer,
            moved.amount,
            Some(order_id),
            moved.tender_id,
        )
        .await?;
    }
    Ok(())
}
