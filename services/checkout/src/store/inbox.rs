//! Table `checkout.provider_inbox`: what the provider reported, stored before it is acknowledged.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::provider::PROVIDER;

/// A report of the provider.
#[derive(Debug, Clone)]
pub struct InboxEvent {
    /// The provider's id of the event.
    pub event_id: String,
    /// What happened, such as `payment_intent.succeeded`.
    pub kind: String,
    /// The payment intent it is about, if it is about one.
    pub object_id: Option<String>,
    /// The event as it came.
    pub payload: Value,
    /// When it came first.
    pub received_at: Timestamp,
    /// How often it was worked on.
    pub attempts: i32,
}

/// Stores a report, once. Whether it is new.
pub async fn insert(
    conn: &mut PgConnection,
    event_id: &str,
    kind: &str,
    object_id: Option<&str>,
    payload: &Value,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into checkout.provider_inbox (provider, event_id, kind, object_id, payload, received_at, available_at)
         values ($1, $2, $3, $4, $5, $6, $6)
         on conflict (provider, event_id) do nothing",
        PROVIDER,
        event_id,
        kind,
        object_id,
        payload,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes up to `limit` reports to work on. Nobody else gets them before `again_at`.
pub async fn claim(
    conn: &mut PgConnection,
    now: Timestamp,
    again_at: Timestamp,
    limit: i64,
) -> Result<Vec<InboxEvent>, sqlx::Error> {
    let rows = sqlx::query!(
        "update checkout.provider_inbox i
            set attempts = i.attempts + 1, available_at = $3
          where (i.provider, i.event_id) in (
                select provider, event_id from checkout.provider_inbox
                 where processed_at is null and available_at <= $2 and provider = $1
                 order by available_at limit $4 for update skip locked)
         returning i.event_id, i.kind, i.object_id, i.payload, i.received_at, i.attempts",
        PROVIDER,
        now.to_sqlx() as _,
        again_at.to_sqlx() as _,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| InboxEvent {
            event_id: row.event_id,
            kind: row.kind,
            object_id: row.object_id,
            payload: row.payload,
            received_at: row.received_at.to_jiff(),
            attempts: row.attempts,
        })
        .collect())
}

/// The report is dealt with.
pub async fn update_processed(
    conn: &mut PgConnection,
    event_id: &str,
    outcome: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.provider_inbox set processed_at = $3, outcome = $4 where provider = $1 and event_id = $2",
        PROVIDER,
        event_id,
        now.to_sqlx() as _,
        outcome
    )
    .execute(conn)
    .await
    .map(drop)
}

/// The report cannot be dealt with yet.
pub async fn update_parked(
    conn: &mut PgConnection,
    event_id: &str,
    again_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checkout.provider_inbox set available_at = $3
          where provider = $1 and event_id = $2 and processed_at is null",
        PROVIDER,
        event_id,
        again_at.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// A report, as staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InboxEvent)]
pub struct InboxRow {
    /// The provider's id of it.
    pub event_id: String,
    /// What happened.
    pub kind: String,
    /// The payment intent that it is about.
    #[schema(required)]
    pub object_id: Option<String>,
    /// `parked`, `dead` or `done`.
    pub state: String,
    /// What came of it, once it was dealt with.
    #[schema(required)]
    pub outcome: Option<String>,
    /// How often it was worked on.
    pub attempts: i32,
    /// When it came first.
    pub received_at: Timestamp,
    /// When it is worked on next.
    pub available_at: Timestamp,
}

/// Reports, the newest first: up to `limit` from behind `after`.
pub async fn list(
    conn: &mut PgConnection,
    state: Option<&str>,
    after: Option<(Timestamp, String)>,
    limit: i64,
) -> Result<Vec<InboxRow>, sqlx::Error> {
    let (at, id) = after.unzip();
    let rows = sqlx::query!(
        r#"select i.event_id, i.kind, i.object_id, s.state as "state!", i.outcome, i.attempts, i.received_at, i.available_at
             from checkout.provider_inbox i,
                  lateral (select case when i.processed_at is null then 'parked' when i.outcome = 'dead' then 'dead' else 'done' end as state) s
            where i.provider = $1 and ($2::text is null or s.state = $2)
              and ($3::timestamptz is null or (i.received_at, i.event_id) < ($3, $4))
            order by i.received_at desc, i.event_id desc limit $5"#,
        PROVIDER,
        state,
        at.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        id,
        limit
    )
    .fetch_all(conn)
    .await?;
    let view = rows.into_iter().map(|row| InboxRow {
        event_id: row.event_id,
        kind: row.kind,
        object_id: row.object_id,
        state: row.state,
        outcome: row.outcome,
        attempts: row.attempts,
        received_at: row.received_at.to_jiff(),
        available_at: row.available_at.to_jiff(),
    });
    Ok(view.collect())
}

/// A report that waits or was given up is worked on at once. `None` where there is none, false where it is dealt with.
pub async fn update_retried(
    conn: &mut PgConnection,
    event_id: &str,
    now: Timestamp,
) -> Result<Option<bool>, sqlx::Error> {
    let found = sqlx::query!(
        "select outcome from checkout.provider_inbox where provider = $1 and event_id = $2 for update",
        PROVIDER,
        event_id
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    if found.outcome.is_some_and(|outcome| outcome != "dead") {
        return Ok(Some(false));
    }
    sqlx::query!(
        "update checkout.provider_inbox set processed_at = null, outcome = null, available_at = $3
          where provider = $1 and event_id = $2",
        PROVIDER,
        event_id,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(Some(true))
}
