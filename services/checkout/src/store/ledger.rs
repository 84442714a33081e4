//! Table `checkout.ledger_transfer`: each row moves one amount from one account to another. Rows are only ever added.

use jiff::Timestamp;
use kernel::{Currency, Money, OrderId};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::undecodable;
use crate::domain::tender::StoredValueKind;

/// A kind of transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// A card paid.
    Capture,
    /// Money went back to a card.
    Refund,
    /// Money that went back to a card came back to the shop.
    RefundReversed,
    /// Stored value was issued.
    Issue(StoredValueKind),
    /// Stored value was taken back.
    Withdraw(StoredValueKind),
    /// Stored value is held for a purchase.
    Hold(StoredValueKind),
    /// The purchase came about.
    Spend,
    /// The purchase did not come about.
    Release(StoredValueKind),
    /// The bank took the money back.
    Dispute,
    /// And gave it to the shop again.
    DisputeWon,
}

impl Transfer {
    /// The kind as stored, the account that gains, the account that loses.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Capture => ("capture", "provider", "sales"),
            Self::Refund => ("refund", "sales", "provider"),
            Self::RefundReversed => ("refund_reversed", "provider", "sales"),
            Self::Issue(kind) => ("issue", "issued", kind.account()),
            Self::Withdraw(kind) => ("withdraw", kind.account(), "issued"),
            Self::Hold(kind) => ("hold", kind.account(), "held"),
            Self::Spend => ("spend", "held", "sales"),
            Self::Release(kind) => ("release", "held", kind.account()),
            Self::Dispute => ("dispute", "disputes", "provider"),
            Self::DisputeWon => ("dispute_won", "provider", "disputes"),
        }
    }
}

/// Books a transfer. `cause` is what moved the money; the same cause and kind are booked once.
pub async fn insert(
    conn: &mut PgConnection,
    transfer: Transfer,
    amount: Money,
    order_id: Option<OrderId>,
    cause: Uuid,
) -> Result<(), sqlx::Error> {
    let (kind, debit, credit) = transfer.parts();
    sqlx::query!(
        "insert into checkout.ledger_transfer (kind, debit_account, credit_account, amount_minor, currency, order_id, cause_id)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (cause_id, kind) do nothing",
        kind,
        debit,
        credit,
        amount.minor(),
        amount.currency().code(),
        order_id.map(OrderId::uuid),
        cause
    )
    .execute(conn)
    .await
    .map(drop)
}

/// One side of a transfer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerEntry {
    /// The transfer; its two entries sum to nothing.
    pub transfer_id: i64,
    /// What happened.
    pub kind: String,
    /// The account.
    pub account: String,
    /// What it gained; negative where it lost.
    pub amount: Money,
    /// The order that it is about.
    #[schema(required)]
    pub order_id: Option<OrderId>,
    /// When.
    pub at: Timestamp,
}

/// What an account holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountTotal {
    /// The account.
    pub account: String,
    /// What it gained less what it lost.
    pub balance: Money,
    /// How many entries it has.
    pub entries: i64,
}

fn money(minor: i64, currency: &str) -> Result<Money, sqlx::Error> {
    let currency: Currency = currency
        .parse()
        .map_err(|error: kernel::CurrencyError| undecodable(error))?;
    Money::new(minor, currency).map_err(undecodable)
}

/// The entries of an order, oldest first.
pub async fn list_entries(
    conn: &mut PgConnection,
    order_id: OrderId,
) -> Result<Vec<LedgerEntry>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select transfer_id as "transfer_id!", kind as "kind!", account as "account!", amount_minor as "amount_minor!",
                  currency as "currency!", order_id, created_at as "created_at!"
             from checkout.ledger_entry
            where order_id = $1
            order by transfer_id, account"#,
        order_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(LedgerEntry {
                transfer_id: row.transfer_id,
                kind: row.kind,
                account: row.account,
                amount: money(row.amount_minor, &row.currency)?,
                order_id: row.order_id.map(OrderId::from),
                at: row.created_at.to_jiff(),
            })
        })
        .collect()
}

/// What each account holds, per currency.
pub async fn list_totals(conn: &mut PgConnection) -> Result<Vec<AccountTotal>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select account as "account!", currency as "currency!", sum(amount_minor)::bigint as "minor!", count(*) as "entries!"
             from checkout.ledger_entry
            group by account, currency
            order by account, currency"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AccountTotal {
                account: row.account,
                balance: money(row.minor, &row.currency)?,
                entries: row.entries,
            })
        })
        .collect()
}
