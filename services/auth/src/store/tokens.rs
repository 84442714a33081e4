//! Refresh tokens. The caller holds the lock of the session's row.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::SessionId;
use sqlx::PgConnection;

use crate::domain::token::TokenHash;

/// A token about to be issued.
#[derive(Debug)]
pub struct NewToken {
    /// Its key.
    pub hash: TokenHash,
    /// The session it belongs to.
    pub session_id: SessionId,
    /// The token it replaces, and its own text sealed by that token.
    pub parent: Option<(TokenHash, [u8; 32])>,
    /// The time.
    pub issued_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What became of a token that could not be used.
#[derive(Debug)]
pub struct SpentToken {
    /// When it was used; `None` if it has expired unused.
    pub used_at: Option<Timestamp>,
    /// Its child, while that is unused.
    pub child: Option<UnusedChild>,
}

/// A token's child that was not used yet.
#[derive(Debug)]
pub struct UnusedChild {
    /// Its text, sealed by the parent.
    pub sealed: Vec<u8>,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Issues a token.
///
/// # Errors
/// When the database cannot be asked.
pub async fn insert_token(conn: &mut PgConnection, new: &NewToken) -> Result<(), sqlx::Error> {
    let (parent, sealed) = match &new.parent {
        Some((parent, sealed)) => (Some(&parent[..]), Some(&sealed[..])),
        None => (None, None),
    };
    sqlx::query!(
        "insert into auth.refresh_token (token_hash, session_id, parent_hash, sealed_token, issued_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
        &new.hash[..],
        new.session_id.uuid(),
        parent,
        sealed,
        new.issued_at.to_sqlx() as _,
        new.expires_at.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
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
    let used = sqlx::query_scalar!(
        r#"update auth.refresh_token set used_at = $2, sealed_token = null
            where token_hash = $1 and used_at is null and expires_at > $2
        returning true as "used!""#,
        &token[..],
        now.to_sqlx() as _
    )
    .fetch_optional(conn)
    .await?;
    Ok(used.is_some())
}

/// What became of a token that [`update_used`] did not take.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_spent(
    conn: &mut PgConnection,
    token: TokenHash,
) -> Result<Option<SpentToken>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select t.used_at, c.sealed_token as "sealed?", c.expires_at as "child_expires_at?"
             from auth.refresh_token t
             left join auth.refresh_token c on c.parent_hash = t.token_hash and c.used_at is null
            where t.token_hash = $1"#,
        &token[..]
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| SpentToken {
        used_at: row.used_at.map(jiff_sqlx::Timestamp::to_jiff),
        child: row
            .sealed
            .zip(row.child_expires_at)
            .map(|(sealed, expires_at)| UnusedChild {
                sealed,
                expires_at: expires_at.to_jiff(),
            }),
    }))
}

/// Closes the tokens of a session that has ended.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_closed(
    conn: &mut PgConnection,
    session_id: SessionId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.refresh_token set used_at = $2, sealed_token = null where session_id = $1 and used_at is null",
        session_id.uuid(),
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets the sealed text of tokens issued before `issued`: nobody may ask for it again. How many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_unsealed(
    conn: &mut PgConnection,
    issued: Timestamp,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "update auth.refresh_token set sealed_token = null where token_hash in (
           select token_hash from auth.refresh_token
            where sealed_token is not null and issued_at < $1 limit $2 for update skip locked)",
        issued.to_sqlx() as _,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
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
        "delete from auth.refresh_token where token_hash in (
           select token_hash from auth.refresh_token where expires_at < $1 limit $2 for update skip locked)",
        expired.to_sqlx() as _,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
