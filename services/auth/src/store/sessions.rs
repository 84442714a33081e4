//! Sessions. Whoever changes a session or its tokens holds the lock of its row, so that a refresh
//! and a sign-out of one session come one after the other.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{SessionId, UserId};
use sqlx::PgConnection;

use crate::domain::token::TokenHash;

/// Why a session ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokeReason {
    /// The owner signed out.
    Logout,
    /// A refresh token came twice.
    RefreshReuse,
    /// The account was closed.
    AccountDisabled,
    /// The operator set a new password, or the owner did with a link from a mail.
    PasswordReset,
    /// The owner changed the password elsewhere.
    PasswordChange,
    /// Something was taken from what the member of staff may do.
    PermissionRevoked,
}

impl RevokeReason {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::RefreshReuse => "refresh_reuse",
            Self::AccountDisabled => "account_disabled",
            Self::PasswordReset => "password_reset",
            Self::PasswordChange => "password_change",
            Self::PermissionRevoked => "permission_revoked",
        }
    }
}

/// A session whose row is locked.
#[derive(Debug, Clone, Copy)]
pub struct LockedSession {
    /// Its id.
    pub session_id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When it began.
    pub created_at: Timestamp,
    /// Whether it was ended.
    pub revoked: bool,
}

/// Begins a session, unless the account was closed or its password changed since `password_hash`
/// was read. Waits for such a change that is under way.
///
/// # Errors
/// When the database cannot be asked.
pub async fn insert_session(
    conn: &mut PgConnection,
    session_id: SessionId,
    user_id: UserId,
    password_hash: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into auth.session (session_id, user_id, created_at)
         select $1, u.user_id, $4 from auth.user_account u
          where u.user_id = $2 and u.password_hash = $3 and u.disabled_at is null for share of u",
        session_id.uuid(),
        user_id.uuid(),
        password_hash,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Locks the session that a token belongs to, used or not, until the end of the transaction.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_by_token_for_update(
    conn: &mut PgConnection,
    token: TokenHash,
) -> Result<Option<LockedSession>, sqlx::Error> {
    let row = sqlx::query!(
        "select s.session_id, s.user_id, s.created_at, s.revoked_at
           from auth.refresh_token t join auth.session s using (session_id)
          where t.token_hash = $1 for no key update of s",
        &token[..]
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| LockedSession {
        session_id: row.session_id.into(),
        user_id: row.user_id.into(),
        created_at: row.created_at.to_jiff(),
        revoked: row.revoked_at.is_some(),
    }))
}

/// Ends a session; one that has ended stays as it is. The caller then closes its tokens.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_revoked(
    conn: &mut PgConnection,
    session_id: SessionId,
    reason: RevokeReason,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update auth.session set revoked_at = $2, revoke_reason = $3 where session_id = $1 and revoked_at is null",
        session_id.uuid(),
        now.to_sqlx() as _,
        reason.as_str()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The open sessions of an account, locked in the order of their ids.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_open_for_update(
    conn: &mut PgConnection,
    user_id: UserId,
) -> Result<Vec<SessionId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "select session_id from auth.session where user_id = $1 and revoked_at is null
          order by session_id for no key update",
        user_id.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(SessionId::from).collect())
}

/// Deletes sessions without tokens that began before `begun` or ended before `ended`. How many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn delete_over(
    conn: &mut PgConnection,
    begun: Timestamp,
    ended: Timestamp,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from auth.session where session_id in (
           select s.session_id from auth.session s
            where (s.created_at < $1 or s.revoked_at < $2)
              and not exists (select from auth.refresh_token t where t.session_id = s.session_id)
            limit $3 for update skip locked)",
        begun.to_sqlx() as _,
        ended.to_sqlx() as _,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
