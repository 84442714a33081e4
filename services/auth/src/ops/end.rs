//! Ending sessions.

use jiff::{SignedDuration, Timestamp};
use kernel::{SessionId, UserId};
use sqlx::PgConnection;

use crate::domain::token::RefreshToken;
use crate::error::Error;
use crate::state::AppState;
use crate::store::sessions::RevokeReason;
use crate::store::{sessions, tokens};

/// Access tokens are accepted for a few seconds more than they say.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(60);

/// Signs out: ends the session of the refresh token and that of the access token, whichever are
/// there. What is unknown or has ended is no error.
///
/// # Errors
/// When the database cannot be asked.
pub async fn log_out(
    state: &AppState,
    token: Option<&RefreshToken>,
    session_id: Option<SessionId>,
) -> Result<(), Error> {
    let now = state.clock.now();
    let mut ended = Vec::new();
    if let Some(token) = token {
        let mut tx = state.db.begin().await?;
        let found = sessions::find_by_token_for_update(&mut tx, token.hash()).await?;
        if let Some(session) = found {
            end_session(&mut tx, session.session_id, RevokeReason::Logout, now).await?;
            ended.push(session.session_id);
        }
        tx.commit().await?;
    }
    if let Some(session_id) = session_id.filter(|id| !ended.contains(id)) {
        let mut tx = state.db.begin().await?;
        end_session(&mut tx, session_id, RevokeReason::Logout, now).await?;
        tx.commit().await?;
        ended.push(session_id);
    }
    for session_id in ended {
        forget(state, session_id, now);
    }
    Ok(())
}

/// Ends every open session of an account. Which.
///
/// # Errors
/// When the database cannot be asked.
pub async fn end_all(
    conn: &mut PgConnection,
    user_id: UserId,
    reason: RevokeReason,
    now: Timestamp,
) -> Result<Vec<SessionId>, sqlx::Error> {
    end_all_but(conn, user_id, None, reason, now).await
}

/// Ends every open session of an account but one. Which.
///
/// # Errors
/// When the database cannot be asked.
pub async fn end_all_but(
    conn: &mut PgConnection,
    user_id: UserId,
    kept: Option<SessionId>,
    reason: RevokeReason,
    now: Timestamp,
) -> Result<Vec<SessionId>, sqlx::Error> {
    let mut open = sessions::list_open_for_update(conn, user_id).await?;
    open.retain(|&session_id| Some(session_id) != kept);
    for &session_id in &open {
        end_session(conn, session_id, reason, now).await?;
    }
    Ok(open)
}

/// Ends a session and closes its tokens. The update locks the row, and a refresh that came before has
/// committed by the time the tokens are closed.
pub(super) async fn end_session(
    conn: &mut PgConnection,
    session_id: SessionId,
    reason: RevokeReason,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if sessions::update_revoked(conn, session_id, reason, now).await? {
        tokens::update_closed(conn, session_id, now).await?;
    }
    Ok(())
}

/// Refuses the session's access tokens here from now on; other instances and services learn of it
/// within two seconds.
pub(super) fn forget(state: &AppState, session_id: SessionId, now: Timestamp) {
    let lifetime = SignedDuration::from_secs(i64::from(state.access_ttl_s)) + CLOCKS_APART;
    let until = now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
    state.verifier.add_revoked(session_id.uuid(), until);
}
