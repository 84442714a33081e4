//! Links to set a new password.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{Email, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::token::TokenHash;

/// Someone asked for a link.
#[derive(Debug)]
pub struct Request {
    /// Its id.
    pub request_id: Uuid,
    /// The address; perhaps no account has it.
    pub email: Email,
}

/// Whose password a link sets.
#[derive(Debug)]
pub struct Owner {
    /// The account.
    pub user_id: UserId,
    /// Its address.
    pub email: Email,
    /// What the person is called.
    pub name: String,
}

/// Writes down that someone asked for a link.
///
/// # Errors
/// When the database cannot be asked.
pub async fn insert_request(
    conn: &mut PgConnection,
    request_id: Uuid,
    email: &Email,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into auth.password_reset_request (request_id, email, created_at) values ($1, $2, $3)",
        request_id,
        email.as_str(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Takes up to `limit` requests, in the caller's transaction.
///
/// # Errors
/// When the database cannot be asked.
pub async fn delete_requests(
    conn: &mut PgConnection,
    limit: i64,
) -> Result<Vec<Request>, sqlx::Error> {
    let rows = sqlx::query!(
        "delete from auth.password_reset_request where request_id in (
           select request_id from auth.password_reset_request order by request_id limit $1 for update skip locked)
         returning request_id, email",
        limit
    )
    .fetch_all(conn)
    .await?;
    let request = |row: (Uuid, String)| -> Result<Request, sqlx::Error> {
        let email = row.1.parse();
        Ok(Request {
            request_id: row.0,
            email: email.map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    };
    rows.into_iter()
        .map(|row| request((row.request_id, row.email)))
        .collect()
}

/// Makes a link's token.
///
/// # Errors
/// When the database cannot be asked.
pub async fn insert_reset(
    conn: &mut PgConnection,
    token: TokenHash,
    user_id: UserId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into auth.password_reset (token_hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)",
        &token[..],
        user_id.uuid(),
        now.to_sqlx() as _,
        expires_at.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Whose password a token sets, while it works.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_owner(
    conn: &mut PgConnection,
    token: TokenHash,
    now: Timestamp,
) -> Result<Option<Owner>, sqlx::Error> {
    let row = sqlx::query!(
        "select u.user_id, u.email, u.name
           from auth.password_reset r join auth.user_account u using (user_id)
          where r.token_hash = $1 and r.used_at is null and r.expires_at > $2 and u.disabled_at is null",
        &token[..],
        now.to_sqlx() as _
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let email = row.email.parse();
        Ok(Owner {
            user_id: row.user_id.into(),
            email: email.map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            name: row.name,
        })
    })
    .transpose()
}

/// Uses a token up. True for exactly one caller, and only while the token works.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_used(
    conn: &mut PgConnection,
    token: TokenHash,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update auth.password_reset set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2",
        &token[..],
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Uses up every token of an account: its password has changed.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_closed(
    conn: &mut PgConnection,
    user_id: UserId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.password_reset set used_at = $2 where user_id = $1 and used_at is null",
        user_id.uuid(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Deletes tokens that expired before `expired`. How many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn delete_expired(
    conn: &mut PgConnection,
    expired: Timestamp,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from auth.password_reset where token_hash in (
           select token_hash from auth.password_reset where expires_at < $1 limit $2 for update skip locked)",
        expired.to_sqlx() as _,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
