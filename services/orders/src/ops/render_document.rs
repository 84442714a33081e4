//! Documents as files.

use kernel::{InvoiceId, OrderId, ShipmentId};
use tokio::task::spawn_blocking;

use crate::domain::present::document_number;
use crate::domain::print::packing_slip;
use crate::error::Error;
use crate::state::AppState;
use crate::store;

/// A PDF file and what it is called.
#[derive(Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An invoice or credit note of an order, as it was issued.
pub async fn invoice(
    state: &AppState,
    order_id: OrderId,
    invoice_id: InvoiceId,
) -> Result<File, Error> {
    let mut conn = state.db.write().await?;
    let found = store::invoices::find_invoice(&mut conn, order_id, invoice_id).await?;
    drop(conn);
    let issued = found.ok_or(Error::NotFound)?;
    let number = document_number(&issued.series, issued.number);
    let (paper, printed) = (state.papers.paper, number.clone());
    // Milliseconds of computing: not on a thread that others wait for.
    let bytes = spawn_blocking(move || issued.snapshot.render(paper, &printed, issued.issued_at))
        .await
        .map_err(|_| Error::Internal("a document was not finished"))??;
    Ok(File {
        name: number,
        bytes,
    })
}

/// The packing slip of a shipment, as it is now.
pub async fn slip(
    state: &AppState,
    order_id: OrderId,
    shipment_id: ShipmentId,
) -> Result<File, Error> {
    let mut conn = state.db.write().await?;
    let found = store::record::find_record(&mut conn, order_id, None).await?;
    drop(conn);
    let order = found.ok_or(Error::NotFound)?;
    let shipment = order.shipment(shipment_id).ok_or(Error::NotFound)?;
    let slip = packing_slip(&state.papers, &order, shipment)?;
    let name = slip.shipment_number.clone();
    let bytes = spawn_blocking(move || slip.render())
        .await
        .map_err(|_| Error::Internal("a document was not finished"))??;
    Ok(File { name, bytes })
}
