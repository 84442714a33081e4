//! Lines that are added to a placed order: what is sent in place of something. They cost nothing.

use contract_catalog::Quote;
use kernel::{OrderId, OrderLineId};
use sqlx::PgConnection;

use crate::domain::record::LineRecord;

/// Adds a line for `quantity` units of what `quote` describes, in place of `line`.
///
/// # Errors
/// When the database fails.
pub async fn insert_replacement(
    conn: &mut PgConnection,
    order_id: OrderId,
    line: &LineRecord,
    quote: Option<&Quote>,
    quantity: i32,
) -> Result<OrderLineId, sqlx::Error> {
    let line_id = OrderLineId::generate();
    sqlx::query!(
        "with added as (
           insert into orders.order_line (
             line_id, order_id, position, variant_id, product_id, slug, title, variant_title, sku, art, color, quantity,
             unit_price_minor, discount_minor, tax_minor, tax_rate_ppm, total_minor, replaces_line_id)
           select $1, $2, max(l.position) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, 0, $12
             from orders.order_line l where l.order_id = $2
           returning line_id, quantity)
         insert into orders.line_progress (line_id, order_id, ordered, total_minor)
         select added.line_id, $2, added.quantity, 0 from added",
        line_id.uuid(),
        order_id.uuid(),
        quote.map_or(line.variant_id, |q| q.variant_id).uuid(),
        quote.map_or(line.product_id, |q| q.product_id).uuid(),
        quote.map_or(line.slug.as_str(), |q| q.slug.as_str()),
        quote.map_or(line.title.as_str(), |q| q.title.as_str()),
        quote.map_or(line.variant_title.as_str(), |q| q.variant_title.as_str()),
        quote.map_or(line.sku.as_deref(), |q| q.sku.as_deref()),
        quote.map_or(line.art.as_str(), |q| q.art.as_str()),
        quote.map_or(line.color.as_deref(), |q| q.color.as_deref()),
        quantity,
        line.line_id.uuid()
    )
    .execute(conn)
    .await?;
    Ok(line_id)
}
