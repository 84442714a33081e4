//! Tables `checkout.stored_value` and `checkout.checkout_tender`: gift cards, store credit, and which of them a checkout
//! is to be paid with.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{CheckoutId, Currency, GiftCardId, Money, UserId};
use sqlx::PgConnection;

use super::undecodable;
use crate::domain::tender::{Purse, StoredValueKind};

fn purse(
    stored_value_id: uuid::Uuid,
    kind: &str,
    last4: Option<String>,
    minor: i64,
    currency: &str,
) -> Result<Purse, sqlx::Error> {
    let currency: Currency = currency
        .parse()
        .map_err(|error: kernel::CurrencyError| undecodable(error))?;
    Ok(Purse {
        stored_value_id: stored_value_id.into(),
        kind: StoredValueKind::from_stored(kind)
            .ok_or_else(|| undecodable("unknown kind of stored value"))?,
        last4,
        balance: Money::new(minor, currency).map_err(undecodable)?,
    })
}

/// What pays for a checkout before a card does: its gift cards as they were added, then the customer's credit if
/// `credit_of` says so. What cannot be spent is left out.
pub async fn list_purses(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    credit_of: Option<UserId>,
    currency: Currency,
    now: Timestamp,
) -> Result<Vec<Purse>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select p.stored_value_id as "stored_value_id!", p.kind as "kind!", p.code_last4, p.balance_minor as "balance_minor!",
                  p.currency as "currency!"
             from (select v.stored_value_id, v.kind, v.code_last4, v.balance_minor, v.currency, v.state, v.expires_at, t.created_at
                     from checkout.checkout_tender t join checkout.stored_value v using (stored_value_id)
                    where t.checkout_id = $1
                   union all
                   select v.stored_value_id, v.kind, v.code_last4, v.balance_minor, v.currency, v.state, v.expires_at, v.created_at
                     from checkout.stored_value v where v.kind = 'store_credit' and v.customer_id = $2) p
            where p.currency = $3 and p.state = 'active' and (p.expires_at is null or p.expires_at > $4)
            order by p.kind, p.created_at, p.stored_value_id"#,
        checkout_id.uuid(),
        credit_of.map(UserId::uuid),
        currency.code(),
        now.to_sqlx() as _
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            purse(
                row.stored_value_id,
                &row.kind,
                row.code_last4,
                row.balance_minor,
                &row.currency,
            )
        })
        .collect()
}

/// The gift card of a code that can be spent now.
pub async fn find_by_code(
    conn: &mut PgConnection,
    code_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Purse>, sqlx::Error> {
    let row = sqlx::query!(
        "select stored_value_id, kind, code_last4, balance_minor, currency
           from checkout.stored_value
          where code_hash = $1 and state = 'active' and (expires_at is null or expires_at > $2)",
        code_hash,
        now.to_sqlx() as _
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        purse(
            row.stored_value_id,
            &row.kind,
            row.code_last4,
            row.balance_minor,
            &row.currency,
        )
    })
    .transpose()
}

/// A checkout is to be paid with a gift card. Called again it does nothing.
pub async fn insert_choice(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    stored_value_id: GiftCardId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into checkout.checkout_tender (checkout_id, stored_value_id, created_at) values ($1, $2, $3)
         on conflict (checkout_id, stored_value_id) do nothing",
        checkout_id.uuid(),
        stored_value_id.uuid(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// How many gift cards a checkout is to be paid with.
pub async fn count_choices(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from checkout.checkout_tender where checkout_id = $1"#,
        checkout_id.uuid()
    )
    .fetch_one(conn)
    .await
}

/// A checkout is not to be paid with a gift card any more. Whether it was to.
pub async fn delete_choice(
    conn: &mut PgConnection,
    checkout_id: CheckoutId,
    stored_value_id: GiftCardId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "delete from checkout.checkout_tender where checkout_id = $1 and stored_value_id = $2",
        checkout_id.uuid(),
        stored_value_id.uuid()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
