//! Continuing a session with a refresh token.
//!
//! The session's row is locked first, so refreshes and sign-outs of one session follow one another.
//! A token is used up by one guarded update. A token that was used up answers its unused child for a
//! few seconds, for the client that lost the answer and for two tabs that asked at once; in every
//! other case it has been copied, and the session ends.

use jiff::Timestamp;
use sqlx::PgConnection;

use super::end;
use super::sign_in::{self, Opened};
use crate::domain::token::RefreshToken;
use crate::domain::user::Account;
use crate::error::Error;
use crate::state::AppState;
use crate::store::sessions::{LockedSession, RevokeReason};
use crate::store::tokens::NewToken;
use crate::store::{sessions, tokens, users};

/// Continues the session of a token.
///
/// # Errors
/// [`Error::RefreshTokenInvalid`]; [`Error::TokenReuse`], after which the session has ended.
pub async fn refresh(state: &AppState, token: &RefreshToken) -> Result<Opened, Error> {
    let mut tx = state.db.begin().await?;
    let session = sessions::find_by_token_for_update(&mut tx, token.hash()).await?;
    let Some(session) = session.filter(|session| !session.revoked) else {
        return Err(Error::RefreshTokenInvalid);
    };
    let account = users::find_account(&mut tx, session.user_id).await?;
    let Some(account) = account.filter(Account::is_enabled) else {
        return Err(Error::RefreshTokenInvalid);
    };
    // Read while the lock is held: not before the use that it is compared with.
    let now = state.clock.now();
    let issued = match rotate(state, &mut tx, &session, token, now).await? {
        Rotation::Issued(issued) => issued,
        Rotation::Expired => return Err(Error::RefreshTokenInvalid),
        Rotation::Reused => {
            end::end_session(&mut tx, session.session_id, RevokeReason::RefreshReuse, now).await?;
            let letter = state.letters.session_reused(&account, now)?;
            let cause = session.session_id.uuid();
            letter.keep(&mut tx, &account.email, cause, now).await?;
            tx.commit().await?;
            end::forget(state, session.session_id, now);
            metrics::counter!("techmart_auth_refresh_reuse_total").increment(1);
            tracing::warn!(
                session_id = %session.session_id, user_id = %session.user_id,
                "a refresh token was used twice, the session is ended"
            );
            return Err(Error::TokenReuse);
        }
    };
    tx.commit().await?;
    Ok(Opened {
        account,
        session_id: session.session_id,
        refresh_token: issued.0,
        refresh_expires_at: issued.1,
    })
}

enum Rotation {
    Issued((RefreshToken, Timestamp)),
    Expired,
    Reused,
}

async fn rotate(
    state: &AppState,
    conn: &mut PgConnection,
    session: &LockedSession,
    token: &RefreshToken,
    now: Timestamp,
) -> Result<Rotation, Error> {
    if tokens::update_used(conn, token.hash(), now).await? {
        let child = RefreshToken::generate();
        let expires_at = sign_in::expires_at(state, now, session.created_at);
        let new = NewToken {
            hash: child.hash(),
            session_id: session.session_id,
            parent: Some((token.hash(), token.seal(&child))),
            issued_at: now,
            expires_at,
        };
        tokens::insert_token(conn, &new).await?;
        return Ok(Rotation::Issued((child, expires_at)));
    }
    let spent = tokens::find_spent(conn, token.hash()).await?;
    let Some((used_at, child)) = spent.and_then(|spent| Some((spent.used_at?, spent.child))) else {
        return Ok(Rotation::Expired);
    };
    let in_grace = now.duration_since(used_at) <= state.session.grace();
    let again = child
        .filter(|child| in_grace && child.expires_at > now)
        .and_then(|child| Some((token.unseal(&child.sealed)?, child.expires_at)));
    Ok(again.map_or(Rotation::Reused, Rotation::Issued))
}
