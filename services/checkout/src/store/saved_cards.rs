//! Tables `checkout.provider_customer` and `checkout.saved_card`: the provider keeps the cards, we keep their names.

use jiff::Timestamp;
use kernel::{SavedCardId, UserId};
use sqlx::PgConnection;

use crate::domain::payment::Card;

/// A card that a customer may pay with again.
#[derive(Debug, Clone)]
pub struct SavedCard {
    /// The card.
    pub saved_card_id: SavedCardId,
    /// The provider's payment method.
    pub provider_ref: String,
    /// The provider's customer.
    pub customer_ref: String,
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// Month in which it ends.
    pub exp_month: i32,
    /// Year in which it ends.
    pub exp_year: i32,
    /// When it was saved.
    pub created_at: Timestamp,
}

/// The customer's card.
pub async fn find(
    conn: &mut PgConnection,
    saved_card_id: SavedCardId,
    customer_id: UserId,
) -> Result<Option<SavedCard>, sqlx::Error> {
    let row = sqlx::query!(
        "select c.saved_card_id, c.provider_ref, p.provider_ref as customer_ref, c.brand, c.last4, c.exp_month, c.exp_year, c.created_at
           from checkout.saved_card c join checkout.provider_customer p using (customer_id)
          where c.saved_card_id = $1 and c.customer_id = $2",
        saved_card_id.uuid(),
        customer_id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| SavedCard {
        saved_card_id: row.saved_card_id.into(),
        provider_ref: row.provider_ref,
        customer_ref: row.customer_ref,
        brand: row.brand,
        last4: row.last4,
        exp_month: row.exp_month,
        exp_year: row.exp_year,
        created_at: row.created_at.to_jiff(),
    }))
}

/// The customer's cards, the newest first.
pub async fn list(
    conn: &mut PgConnection,
    customer_id: UserId,
) -> Result<Vec<SavedCard>, sqlx::Error> {
    let rows = sqlx::query!(
        "select c.saved_card_id, c.provider_ref, p.provider_ref as customer_ref, c.brand, c.last4, c.exp_month, c.exp_year, c.created_at
           from checkout.saved_card c join checkout.provider_customer p using (customer_id)
          where c.customer_id = $1
          order by c.created_at desc, c.saved_card_id desc limit 100",
        customer_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SavedCard {
            saved_card_id: row.saved_card_id.into(),
            provider_ref: row.provider_ref,
            customer_ref: row.customer_ref,
            brand: row.brand,
            last4: row.last4,
            exp_month: row.exp_month,
            exp_year: row.exp_year,
            created_at: row.created_at.to_jiff(),
        })
        .collect())
}

/// Keeps the name of a card. Known already, it stays as it is.
pub async fn insert(
    conn: &mut PgConnection,
    customer_id: UserId,
    provider_ref: &str,
    card: &Card,
    expires: (i32, i32),
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into checkout.saved_card (saved_card_id, customer_id, provider_ref, brand, last4, exp_month, exp_year)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (provider_ref) do nothing",
        SavedCardId::generate().uuid(),
        customer_id.uuid(),
        provider_ref,
        card.brand,
        card.last4,
        expires.0,
        expires.1
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets a card.
pub async fn delete(
    conn: &mut PgConnection,
    saved_card_id: SavedCardId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from checkout.saved_card where saved_card_id = $1",
        saved_card_id.uuid()
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The provider's customer, if it was made.
pub async fn find_customer(
    conn: &mut PgConnection,
    customer_id: UserId,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select provider_ref from checkout.provider_customer where customer_id = $1",
        customer_id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Keeps the provider's customer. Answers the one that counts: the first.
pub async fn insert_customer(
    conn: &mut PgConnection,
    customer_id: UserId,
    provider_ref: &str,
) -> Result<String, sqlx::Error> {
    sqlx::query_scalar!(
        "insert into checkout.provider_customer (customer_id, provider_ref) values ($1, $2)
         on conflict (customer_id) do update set provider_ref = provider_customer.provider_ref
         returning provider_ref",
        customer_id.uuid(),
        provider_ref
    )
    .fetch_one(conn)
    .await
}
