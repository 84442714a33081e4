//! Tables `orders.invoice` and `orders.invoice_series`. Documents are never changed.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{InvoiceId, OrderId, RefundId};
use sqlx::PgConnection;

use crate::domain::paper::Snapshot;
use crate::domain::words::InvoiceKind;

/// A document as it was issued.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Its series and number.
    pub series: String,
    /// Its number in the series.
    pub number: i64,
    /// When.
    pub issued_at: Timestamp,
    /// All that is printed.
    pub snapshot: Snapshot,
}

/// A document to be kept.
#[derive(Debug)]
pub struct NewInvoice<'a> {
    /// The document.
    pub invoice_id: InvoiceId,
    /// Its order.
    pub order_id: OrderId,
    /// The refund that a credit note is about.
    pub refund_id: Option<RefundId>,
    /// What it is.
    pub kind: InvoiceKind,
    /// Its series.
    pub series: &'a str,
    /// When.
    pub issued_at: Timestamp,
    /// All that is printed.
    pub snapshot: &'a Snapshot,
}

/// Keeps a document under the next number of its series, whose row stays locked until the transaction ends. A document
/// that exists already leaves no hole: the transaction is rolled back with it.
///
/// # Errors
/// `invoice_order_once_key` or `invoice_refund_once_key` where it exists, or when the database fails.
pub async fn insert_invoice(
    conn: &mut PgConnection,
    new: &NewInvoice<'_>,
) -> Result<i64, sqlx::Error> {
    sqlx::query!(
        "insert into orders.invoice_series (series) values ($1) on conflict do nothing",
        new.series
    )
    .execute(&mut *conn)
    .await?;
    let snapshot =
        serde_json::to_value(new.snapshot).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query_scalar!(
        r#"with numbered as (
             update orders.invoice_series s set next_number = s.next_number + 1 where s.series = $5
             returning s.next_number - 1 as number)
           insert into orders.invoice (invoice_id, order_id, refund_id, kind, series, number, issued_at, snapshot)
           select $1, $2, $3, $4, $5, numbered.number, $6, $7 from numbered
           returning number"#,
        new.invoice_id.uuid(),
        new.order_id.uuid(),
        new.refund_id.map(kernel::Id::uuid),
        new.kind.as_str(),
        new.series,
        new.issued_at.to_sqlx() as _,
        snapshot
    )
    .fetch_one(conn)
    .await
}

/// A document of an order.
///
/// # Errors
/// When the database fails.
pub async fn find_invoice(
    conn: &mut PgConnection,
    order_id: OrderId,
    invoice_id: InvoiceId,
) -> Result<Option<Issued>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select series, number, issued_at as "issued_at: jiff_sqlx::Timestamp", snapshot
             from orders.invoice where order_id = $1 and invoice_id = $2"#,
        order_id.uuid(),
        invoice_id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Issued {
            series: row.series,
            number: row.number,
            issued_at: row.issued_at.to_jiff(),
            snapshot: serde_json::from_value(row.snapshot)
                .map_err(|error| sqlx::Error::Decode(error.into()))?,
        })
    })
    .transpose()
}
