//! Lines of carts. The caller holds the cart's row.

use kernel::{CartId, CartLineId, Quantity, VariantId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::view::StoredLine;

struct LineRow {
    line_id: Uuid,
    variant_id: Uuid,
    quantity: i32,
}

impl LineRow {
    fn line(self) -> Result<StoredLine, sqlx::Error> {
        let quantity =
            Quantity::try_from(self.quantity).map_err(|e| sqlx::Error::Decode(e.into()))?;
        Ok(StoredLine {
            line_id: self.line_id.into(),
            variant_id: self.variant_id.into(),
            quantity,
        })
    }
}

/// The lines of a cart, in the order in which they were added.
///
/// # Errors
/// When the database fails.
pub async fn list_lines(
    conn: &mut PgConnection,
    cart_id: CartId,
) -> Result<Vec<StoredLine>, sqlx::Error> {
    sqlx::query_as!(
        LineRow,
        "select line_id, variant_id, quantity from cart.line where cart_id = $1 order by line_id",
        cart_id.uuid()
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(LineRow::line)
    .collect()
}

/// Sets how many of a variant a cart holds, with a new line where there is none.
///
/// # Errors
/// When the database fails.
pub async fn upsert_line(
    conn: &mut PgConnection,
    cart_id: CartId,
    variant_id: VariantId,
    quantity: Quantity,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into cart.line (line_id, cart_id, variant_id, quantity) values ($1, $2, $3, $4)
         on conflict (cart_id, variant_id) do update set quantity = excluded.quantity, updated_at = now()",
        CartLineId::generate().uuid(),
        cart_id.uuid(),
        variant_id.uuid(),
        i32::from(quantity.get())
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Takes a line out; whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete_line(
    conn: &mut PgConnection,
    cart_id: CartId,
    line_id: CartLineId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "delete from cart.line where cart_id = $1 and line_id = $2",
        cart_id.uuid(),
        line_id.uuid()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
