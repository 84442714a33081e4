//! Endpoints and their secrets.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{EndpointId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::webhooks::view::{DisabledReason, Endpoint, EndpointState};

/// Behind which endpoint a page begins: its moment and id.
pub(in crate::webhooks) type After = (Timestamp, Uuid);

struct EndpointRow {
    endpoint_id: Uuid,
    url: String,
    description: String,
    kinds: Vec<String>,
    state: String,
    disabled_reason: Option<String>,
    failing_since: Option<jiff_sqlx::Timestamp>,
    waiting: i64,
    created_by: Uuid,
    version: i64,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl EndpointRow {
    fn view(self) -> Result<Endpoint, sqlx::Error> {
        let reason = self.disabled_reason.as_deref();
        Ok(Endpoint {
            id: EndpointId::from(self.endpoint_id),
            url: self.url,
            description: self.description,
            kinds: self.kinds,
            state: EndpointState::from_stored(&self.state)?,
            disabled_reason: reason.map(DisabledReason::from_stored).transpose()?,
            failing_since: self.failing_since.map(jiff_sqlx::Timestamp::to_jiff),
            waiting: self.waiting,
            created_by: UserId::from(self.created_by),
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

/// What staff say of an endpoint.
#[derive(Debug, Clone)]
pub(in crate::webhooks) struct Wanted<'a> {
    pub(in crate::webhooks) url: &'a str,
    pub(in crate::webhooks) description: &'a str,
    pub(in crate::webhooks) kinds: &'a [String],
}

/// Holds back others that add an endpoint until the transaction ends.
pub(in crate::webhooks) async fn lock_all(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('orders.webhook_endpoint'))")
        .execute(conn)
        .await?;
    Ok(())
}

/// How many endpoints there are.
pub(in crate::webhooks) async fn count(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"select count(*) as "count!" from orders.webhook_endpoint"#)
        .fetch_one(conn)
        .await
}

/// Whether there is any endpoint, active or not.
pub(in crate::webhooks) async fn any_exists(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"select exists (select from orders.webhook_endpoint) as "exists!""#)
        .fetch_one(conn)
        .await
}

pub(in crate::webhooks) async fn insert(
    conn: &mut PgConnection,
    id: EndpointId,
    wanted: &Wanted<'_>,
    created_by: UserId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into orders.webhook_endpoint (endpoint_id, url, description, kinds, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6)",
        id.uuid(),
        wanted.url,
        wanted.description,
        wanted.kinds,
        created_by.uuid(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::webhooks) async fn find(
    conn: &mut PgConnection,
    id: EndpointId,
) -> Result<Option<Endpoint>, sqlx::Error> {
    sqlx::query_as!(
        EndpointRow,
        r#"select e.endpoint_id, e.url, e.description, e.kinds, e.state, e.disabled_reason,
                  e.failing_since, e.created_by, e.version,
                  e.created_at, e.updated_at,
                  (select count(*) from orders.webhook_delivery d
                    where d.endpoint_id = e.endpoint_id and d.state in ('pending', 'failed')) as "waiting!"
             from orders.webhook_endpoint e where e.endpoint_id = $1"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(EndpointRow::view)
    .transpose()
}

/// Locks an endpoint until the transaction ends. Its version.
pub(in crate::webhooks) async fn find_version_for_update(
    conn: &mut PgConnection,
    id: EndpointId,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "select version from orders.webhook_endpoint where endpoint_id = $1 for update",
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Newest first.
pub(in crate::webhooks) async fn list(
    conn: &mut PgConnection,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Endpoint>, sqlx::Error> {
    sqlx::query_as!(
        EndpointRow,
        r#"select e.endpoint_id, e.url, e.description, e.kinds, e.state, e.disabled_reason,
                  e.failing_since, e.created_by, e.version,
                  e.created_at, e.updated_at,
                  (select count(*) from orders.webhook_delivery d
                    where d.endpoint_id = e.endpoint_id and d.state in ('pending', 'failed')) as "waiting!"
             from orders.webhook_endpoint e
            where $1::timestamptz is null or (e.created_at, e.endpoint_id) < ($1, $2)
            order by e.created_at desc, e.endpoint_id desc
            limit $3"#,
        after.map(|(at, _)| at.to_sqlx()) as _,
        after.map(|(_, id)| id),
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(EndpointRow::view)
    .collect()
}

/// Writes what staff say now. An endpoint that becomes active begins with a clean slate.
pub(in crate::webhooks) async fn update(
    conn: &mut PgConnection,
    id: EndpointId,
    wanted: &Wanted<'_>,
    state: EndpointState,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.webhook_endpoint
            set url = $2, description = $3, kinds = $4, state = $5,
                disabled_reason = case when $5 = 'active' then null when state = 'active' then 'staff' else disabled_reason end,
                failing_since = case when $5 = 'active' and state = 'disabled' then null else failing_since end,
                version = version + 1, updated_at = $6
          where endpoint_id = $1",
        id.uuid(),
        wanted.url,
        wanted.description,
        wanted.kinds,
        state.as_str(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Disables an active endpoint by itself. Whether it was active.
pub(in crate::webhooks) async fn disable(
    conn: &mut PgConnection,
    id: EndpointId,
    reason: DisabledReason,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update orders.webhook_endpoint
            set state = 'disabled', disabled_reason = $2, version = version + 1, updated_at = $3
          where endpoint_id = $1 and state = 'active'",
        id.uuid(),
        reason.as_str(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes a failure at `now`, or with `None` a success. Since when it fails.
pub(in crate::webhooks) async fn update_failing(
    conn: &mut PgConnection,
    id: EndpointId,
    failed_at: Option<Timestamp>,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let since = sqlx::query_scalar!(
        r#"update orders.webhook_endpoint
              set failing_since = case when $2::timestamptz is null then null else coalesce(failing_since, $2) end
            where endpoint_id = $1 and (failing_since is null) <> ($2::timestamptz is null)
        returning failing_since"#,
        id.uuid(),
        failed_at.map(jiff::Timestamp::to_sqlx) as _
    )
    .fetch_optional(&mut *conn)
    .await?;
    // The other way round would write the row at every attempt.
    let known = match since {
        Some(known) => known,
        None => find_failing_since(conn, id).await?,
    };
    Ok(known.map(jiff_sqlx::Timestamp::to_jiff))
}

async fn find_failing_since(
    conn: &mut PgConnection,
    id: EndpointId,
) -> Result<Option<jiff_sqlx::Timestamp>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        r#"select failing_since from orders.webhook_endpoint where endpoint_id = $1"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten())
}

pub(in crate::webhooks) async fn delete(
    conn: &mut PgConnection,
    id: EndpointId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from orders.webhook_endpoint where endpoint_id = $1",
        id.uuid()
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::webhooks) async fn insert_secret(
    conn: &mut PgConnection,
    id: EndpointId,
    secret: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into orders.webhook_secret (secret_id, endpoint_id, secret, created_at) values ($1, $2, $3, $4)",
        Uuid::from(kernel::EventId::generate()),
        id.uuid(),
        secret,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets the secrets of an endpoint end: the current one at `until`, older ones now.
pub(in crate::webhooks) async fn retire_secrets(
    conn: &mut PgConnection,
    id: EndpointId,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update orders.webhook_secret set expires_at = case when expires_at is null then $2 else least(expires_at, $3) end
          where endpoint_id = $1",
        id.uuid(),
        until.to_sqlx() as _,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The secrets that sign now, the newest first.
pub(in crate::webhooks) async fn list_secrets(
    conn: &mut PgConnection,
    id: EndpointId,
    now: Timestamp,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select secret from orders.webhook_secret
          where endpoint_id = $1 and (expires_at is null or expires_at > $2)
          order by expires_at desc nulls first",
        id.uuid(),
        now.to_sqlx() as _
    )
    .fetch_all(conn)
    .await
}

/// Deletes secrets that sign no more.
pub(in crate::webhooks) async fn delete_expired_secrets(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from orders.webhook_secret where expires_at <= $1",
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}
