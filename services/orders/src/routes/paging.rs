//! Cursors of order lists.

use jiff::Timestamp;
use kernel::{Cursor, OrderId, Page, PageSize};
use uuid::Uuid;

use crate::domain::view::OrderSummary;
use crate::error::Error;
use crate::store::orders::After;

/// Where the page behind a cursor begins.
pub(super) fn after(cursor: Option<&str>) -> Result<Option<After>, Error> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let (at, id): (Timestamp, OrderId) = Cursor::decode(cursor)?;
    Ok(Some((at, Uuid::from(id))))
}

/// The page of the rows found.
pub(super) fn page(rows: Vec<OrderSummary>, size: PageSize) -> Page<OrderSummary> {
    Page::from_overfetch(rows, size, |order| (order.created_at, order.id))
}
