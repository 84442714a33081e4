//! Table `orders.note`.

use kernel::{NoteId, OrderId, UserId};
use sqlx::PgConnection;

/// Adds a remark.
///
/// # Errors
/// When the database fails.
pub async fn insert_note(
    conn: &mut PgConnection,
    order_id: OrderId,
    author_id: UserId,
    body: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into orders.note (note_id, order_id, author_id, body) values ($1, $2, $3, $4)",
        NoteId::generate().uuid(),
        order_id.uuid(),
        author_id.uuid(),
        body
    )
    .execute(conn)
    .await
    .map(drop)
}
