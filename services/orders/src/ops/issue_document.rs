//! Issuing invoices and credit notes: by a job, so that no purchase waits for a number.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::{InvoiceId, OrderId, RefundId};
use serde_json::json;
use sqlx::PgConnection;

use crate::domain::bill::is_invoiceable;
use crate::domain::paper::{Credited, Papers, Snapshot};
use crate::domain::present::document_number;
use crate::domain::record::OrderRecord;
use crate::domain::states::RefundState;
use crate::domain::words::InvoiceKind;
use crate::error::Error;
use crate::store;
use crate::store::invoices::NewInvoice;
use crate::store::steps::Who;

/// Who issues documents.
const SYSTEM: Who = Who {
    kind: "system",
    id: None,
};

async fn read(conn: &mut PgConnection, order_id: OrderId) -> Result<OrderRecord, Error> {
    store::record::lock_order(&mut *conn, order_id)
        .await?
        .ok_or(Error::NotFound)?;
    store::record::find_record(conn, order_id, None)
        .await?
        .ok_or(Error::NotFound)
}

async fn keep(
    conn: &mut PgConnection,
    order_id: OrderId,
    refund_id: Option<RefundId>,
    snapshot: &Snapshot,
    now: Timestamp,
) -> Result<(), Error> {
    let kind = if refund_id.is_some() {
        InvoiceKind::CreditNote
    } else {
        InvoiceKind::Invoice
    };
    let letters = if refund_id.is_some() { "CRN" } else { "INV" };
    let series = format!("{letters}-{}", now.to_zoned(TimeZone::UTC).year());
    let new = NewInvoice {
        invoice_id: InvoiceId::generate(),
        order_id,
        refund_id,
        kind,
        series: &series,
        issued_at: now,
        snapshot,
    };
    let number = store::invoices::insert_invoice(&mut *conn, &new).await?;
    let detail = json!({
        "invoice_id": new.invoice_id.uuid(), "kind": kind, "number": document_number(&series, number),
        "refund_id": refund_id.map(kernel::Id::uuid),
    });
    store::steps::insert_step(conn, order_id, "invoice.issued", SYSTEM, None, &detail).await?;
    Ok(())
}

/// Issues the invoice of an order, once all that is to be paid is taken; later calls find it done.
pub async fn issue_invoice(
    conn: &mut PgConnection,
    papers: &Papers,
    order_id: OrderId,
    now: Timestamp,
) -> Result<(), Error> {
    let order = read(&mut *conn, order_id).await?;
    let done = order
        .invoices
        .iter()
        .any(|invoice| invoice.kind == InvoiceKind::Invoice);
    if done || !is_invoiceable(&order) {
        return Ok(());
    }
    let payments = contract_checkout::order_payments(&mut *conn, order_id).await?;
    let snapshot = papers.invoice(&order, &payments, now)?;
    keep(conn, order_id, None, &snapshot, now).await
}

/// Issues the credit note of a refund that is through, and the invoice before it where that is missing.
pub async fn issue_credit_note(
    conn: &mut PgConnection,
    papers: &Papers,
    order_id: OrderId,
    refund_id: RefundId,
    now: Timestamp,
) -> Result<(), Error> {
    issue_invoice(&mut *conn, papers, order_id, now).await?;
    let order = read(&mut *conn, order_id).await?;
    let invoice = order
        .invoices
        .iter()
        .find(|invoice| invoice.kind == InvoiceKind::Invoice);
    let refund = order
        .refund(refund_id)
        .filter(|refund| refund.state == RefundState::Succeeded);
    let done = order
        .invoices
        .iter()
        .any(|note| note.refund_id == Some(refund_id));
    let (Some(invoice), Some(refund), false) = (invoice, refund, done) else {
        return Ok(());
    };
    let credited = Credited {
        invoice_number: document_number(&invoice.series, invoice.number),
        invoiced_at: invoice.issued_at,
        refund_reference: format!(
            "{}-R{}",
            order.order_number.as_deref().unwrap_or_default(),
            refund.seq
        ),
        reason: None,
    };
    let payments = contract_checkout::order_payments(&mut *conn, order_id).await?;
    let snapshot = papers.credit_note(&order, refund, &payments, credited, now);
    keep(conn, order_id, Some(refund_id), &snapshot, now).await
}
