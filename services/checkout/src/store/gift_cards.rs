//! Table `checkout.stored_value`, as staff issue and close it.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{Currency, GiftCardId, Money, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::undecodable;

/// A gift card.
#[derive(Debug, Clone)]
pub struct GiftCard {
    /// The card.
    pub gift_card_id: GiftCardId,
    /// The last characters of its code.
    pub last4: String,
    /// What is on it.
    pub balance: Money,
    /// Whether it may be spent.
    pub active: bool,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What staff wrote about it.
    pub note: Option<String>,
    /// Who issued it.
    pub issued_by: Option<UserId>,
    /// Rises with every change.
    pub version: i64,
    /// When it was issued.
    pub created_at: Timestamp,
}

struct GiftCardRow {
    stored_value_id: Uuid,
    code_last4: Option<String>,
    currency: String,
    balance_minor: i64,
    state: String,
    expires_at: Option<jiff_sqlx::Timestamp>,
    note: Option<String>,
    issued_by: Option<Uuid>,
    version: i64,
    created_at: jiff_sqlx::Timestamp,
}

fn money(minor: i64, currency: &str) -> Result<Money, sqlx::Error> {
    let currency: Currency = currency
        .parse()
        .map_err(|error: kernel::CurrencyError| undecodable(error))?;
    Money::new(minor, currency).map_err(undecodable)
}

impl TryFrom<GiftCardRow> for GiftCard {
    type Error = sqlx::Error;

    fn try_from(row: GiftCardRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            gift_card_id: row.stored_value_id.into(),
            last4: row.code_last4.unwrap_or_default(),
            balance: money(row.balance_minor, &row.currency)?,
            active: row.state == "active",
            expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
            note: row.note,
            issued_by: row.issued_by.map(UserId::from),
            version: row.version,
            created_at: row.created_at.to_jiff(),
        })
    }
}

/// A gift card to be issued.
#[derive(Debug, Clone)]
pub struct NewGiftCard<'a> {
    /// SHA-256 of its code.
    pub code_hash: [u8; 32],
    /// The last characters of its code.
    pub last4: &'a str,
    /// What is on it.
    pub balance: Money,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What staff write about it.
    pub note: Option<&'a str>,
    /// Who issues it.
    pub issued_by: UserId,
}

/// Issues a gift card.
pub async fn insert(
    conn: &mut PgConnection,
    new: &NewGiftCard<'_>,
    now: Timestamp,
) -> Result<GiftCard, sqlx::Error> {
    sqlx::query_as!(
        GiftCardRow,
        "insert into checkout.stored_value (stored_value_id, kind, code_hash, code_last4, currency, balance_minor, expires_at,
                note, issued_by, created_at)
         values ($1, 'gift_card', $2, $3, $4, $5, $6, $7, $8, $9)
         returning stored_value_id, code_last4, currency, balance_minor, state, expires_at, note, issued_by, version, created_at",
        GiftCardId::generate().uuid(),
        new.code_hash.as_slice(),
        new.last4,
        new.balance.currency().code(),
        new.balance.minor(),
        new.expires_at.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        new.note,
        new.issued_by.uuid(),
        now.to_sqlx() as _
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// Gift cards, the newest first: up to `limit` from behind `after`; with these last characters, where they are given.
pub async fn list(
    conn: &mut PgConnection,
    last4: Option<&str>,
    after: Option<(Timestamp, GiftCardId)>,
    limit: i64,
) -> Result<Vec<GiftCard>, sqlx::Error> {
    sqlx::query_as!(
        GiftCardRow,
        "select stored_value_id, code_last4, currency, balance_minor, state, expires_at, note, issued_by, version, created_at
           from checkout.stored_value
          where kind = 'gift_card' and ($1::text is null or code_last4 = $1)
            and ($2::timestamptz is null or (created_at, stored_value_id) < ($2, $3))
          order by created_at desc, stored_value_id desc limit $4",
        last4,
        after.map(|(at, _)| at.to_sqlx()) as _,
        after.map(|(_, id)| id.uuid()),
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(GiftCard::try_from)
    .collect()
}

/// The gift card, locked until the transaction ends.
pub async fn lock(
    conn: &mut PgConnection,
    gift_card_id: GiftCardId,
) -> Result<Option<GiftCard>, sqlx::Error> {
    sqlx::query_as!(
        GiftCardRow,
        "select stored_value_id, code_last4, currency, balance_minor, state, expires_at, note, issued_by, version, created_at
           from checkout.stored_value where stored_value_id = $1 and kind = 'gift_card' for update",
        gift_card_id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(GiftCard::try_from)
    .transpose()
}

/// Opens or closes a gift card.
pub async fn update_state(
    conn: &mut PgConnection,
    gift_card_id: GiftCardId,
    active: bool,
) -> Result<GiftCard, sqlx::Error> {
    sqlx::query_as!(
        GiftCardRow,
        "update checkout.stored_value
            set state = case when $2 then 'active' else 'disabled' end, version = version + 1, updated_at = now()
          where stored_value_id = $1
         returning stored_value_id, code_last4, currency, balance_minor, state, expires_at, note, issued_by, version, created_at",
        gift_card_id.uuid(),
        active
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// Adds to a customer's credit. Answers whose credit it is and the new balance.
pub async fn grant_credit(
    conn: &mut PgConnection,
    customer_id: UserId,
    amount: Money,
) -> Result<Money, sqlx::Error> {
    let row = sqlx::query!(
        "insert into checkout.stored_value (stored_value_id, kind, customer_id, currency, balance_minor)
         values ($1, 'store_credit', $2, $3, $4)
         on conflict (customer_id, currency) where kind = 'store_credit'
         do update set balance_minor = stored_value.balance_minor + excluded.balance_minor,
                       version = stored_value.version + 1, updated_at = now()
         returning balance_minor, currency",
        GiftCardId::generate().uuid(),
        customer_id.uuid(),
        amount.currency().code(),
        amount.minor()
    )
    .fetch_one(conn)
    .await?;
    money(row.balance_minor, &row.currency)
}

/// Takes from a customer's credit that covers it. The new balance; `None` where it does not.
pub async fn withdraw_credit(
    conn: &mut PgConnection,
    customer_id: UserId,
    amount: Money,
) -> Result<Option<Money>, sqlx::Error> {
    let row = sqlx::query!(
        "update checkout.stored_value
            set balance_minor = balance_minor - $3, version = version + 1, updated_at = now()
          where kind = 'store_credit' and customer_id = $1 and currency = $2 and balance_minor >= $3
         returning balance_minor, currency",
        customer_id.uuid(),
        amount.currency().code(),
        amount.minor()
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| money(row.balance_minor, &row.currency))
        .transpose()
}

/// A customer's credit, per currency.
pub async fn list_credit(
    conn: &mut PgConnection,
    customer_id: UserId,
) -> Result<Vec<Money>, sqlx::Error> {
    let rows = sqlx::query!(
        "select balance_minor, currency from checkout.stored_value
          where kind = 'store_credit' and customer_id = $1 order by currency",
        customer_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| money(row.balance_minor, &row.currency))
        .collect()
}
