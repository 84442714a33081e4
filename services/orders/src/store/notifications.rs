//! Messages about orders: once per order and template.

use kernel::OrderId;
use sqlx::PgConnection;

use crate::domain::message::Message;

/// A message that was not sent yet.
#[derive(Debug, Clone)]
pub struct Unsent {
    /// The order it is about.
    pub order_id: OrderId,
    /// Which message.
    pub template: String,
    /// Where it goes.
    pub recipient: String,
    /// What it says.
    pub message: Message,
}

/// Keeps a message; one that is there stays as it is.
///
/// # Errors
/// When the database fails.
pub async fn insert_notification(
    conn: &mut PgConnection,
    order_id: OrderId,
    template: &str,
    recipient: &str,
    message: &Message,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into orders.notification (order_id, template, recipient, subject, body) values ($1, $2, $3, $4, $5)
         on conflict (order_id, template) do nothing",
        order_id.uuid(),
        template,
        recipient,
        message.subject,
        message.body
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Takes up to `limit` messages that were not sent, oldest first, for `lease_s` seconds.
///
/// # Errors
/// When the database fails.
pub async fn claim_unsent(
    conn: &mut PgConnection,
    limit: i64,
    lease_s: i32,
) -> Result<Vec<Unsent>, sqlx::Error> {
    let rows = sqlx::query!(
        "update orders.notification n
            set attempts = n.attempts + 1,
                available_at = now() + make_interval(secs => $2 * least(n.attempts + 1, 60))
           from (select order_id, template from orders.notification
                  where sent_at is null and available_at <= now()
                  order by available_at limit $1 for update skip locked) c
          where n.order_id = c.order_id and n.template = c.template
         returning n.order_id, n.template, n.recipient, n.subject, n.body",
        limit,
        lease_s
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Unsent {
            order_id: r.order_id.into(),
            template: r.template,
            recipient: r.recipient,
            message: Message {
                subject: r.subject,
                body: r.body,
            },
        })
        .collect())
}

/// The message left.
///
/// # Errors
/// When the database fails.
pub async fn update_sent(
    conn: &mut PgConnection,
    order_id: OrderId,
    template: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.notification set sent_at = now() where order_id = $1 and template = $2 and sent_at is null",
        order_id.uuid(),
        template
    )
    .execute(conn)
    .await
    .map(drop)
}
