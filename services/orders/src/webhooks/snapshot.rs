//! The order that an event is told with.

use anyhow::Context as _;
use kernel::{Currency, OrderId};
use serde_json::Value;
use sqlx::PgConnection;

use crate::domain::view::Allowed;
use crate::store;

/// An order as its shopper sees it when the event is recorded, which may be a moment after it happened (its `version`
/// tells), without what the shopper may do with it; and its currency.
pub(super) async fn order(
    conn: &mut PgConnection,
    order_id: OrderId,
) -> anyhow::Result<(Value, Currency)> {
    let record = store::record::find_record(conn, order_id, None).await?;
    let record = record.context("the order of the event is missing")?;
    let mut order = serde_json::to_value(record.shop_view(Allowed::default())?)?;
    if let Some(members) = order.as_object_mut() {
        members.remove("allowed");
    }
    Ok((order, record.currency))
}
