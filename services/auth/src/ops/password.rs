//! Changing a password: with a link from a mail, and with the current one. Either way every other
//! session ends, no link works any more, and the owner is told.

use common::access::CurrentUser;
use common::audit::{Actor, Entry};
use common::extract::RequestMeta;
use jiff::Timestamp;
use kernel::{EventId, SessionId};
use secrecy::SecretString;
use sqlx::PgConnection;

use super::end;
use crate::domain::token::RefreshToken;
use crate::domain::user::Account;
use crate::error::Error;
use crate::passwords::{PasswordError, Verdict};
use crate::state::AppState;
use crate::store::sessions::RevokeReason;
use crate::store::{AUDIT, resets, users};

/// Sets a new password with a link's token, and answers whose it was.
///
/// The token is used up by one guarded update, after the password was found good enough: one that is
/// refused costs nothing.
///
/// # Errors
/// [`Error::ResetTokenInvalid`], [`Error::WeakPassword`], [`Error::Busy`].
pub async fn complete_reset(
    state: &AppState,
    token: &RefreshToken,
    password: SecretString,
    meta: &RequestMeta,
) -> Result<kernel::Email, Error> {
    let mut conn = state.db.write().await?;
    let owner = resets::find_owner(&mut conn, token.hash(), state.clock.now()).await?;
    // No connection is held while the password is hashed.
    drop(conn);
    let owner = owner.ok_or(Error::ResetTokenInvalid)?;
    let hash = state
        .passwords
        .hash_new(password, owner.email.clone(), owner.name)
        .await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    if !resets::update_used(&mut tx, token.hash(), now).await? {
        return Err(Error::ResetTokenInvalid);
    }
    let changed = users::update_password(&mut tx, owner.user_id, &hash, now).await?;
    let account = changed.ok_or(Error::ResetTokenInvalid)?;
    let change = Change {
        account: &account,
        kept: None,
        reason: RevokeReason::PasswordReset,
        actor: Actor::owner(account.role, account.id, None),
        action: "password.reset",
        now,
    };
    let ended = change.settle(state, &mut tx, meta).await?;
    tx.commit().await?;
    for session_id in ended {
        end::forget(state, session_id, now);
    }
    Ok(account.email)
}

/// Replaces the password of who is signed in and knows it. This session goes on.
///
/// # Errors
/// [`Error::WrongCurrentPassword`], [`Error::WeakNewPassword`], [`Error::Busy`].
pub async fn change(
    state: &AppState,
    user: &CurrentUser,
    current: SecretString,
    new: SecretString,
    meta: &RequestMeta,
) -> Result<(), Error> {
    let mut conn = state.db.write().await?;
    let found = users::find_credentials(&mut conn, user.user_id).await?;
    drop(conn);
    let found = found
        .filter(|found| found.account.is_enabled())
        .ok_or(Error::AccountClosed)?;
    let stored = Some(found.password_hash.clone());
    if state.passwords.verify(current, stored).await? == Verdict::Wrong {
        return Err(Error::WrongCurrentPassword);
    }
    let account = found.account;
    let hash = state
        .passwords
        .hash_new(new, account.email.clone(), account.name.clone())
        .await
        .map_err(|error| match error {
            PasswordError::Weak(weakness) => Error::WeakNewPassword(weakness),
            other => other.into(),
        })?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let old = &found.password_hash;
    if !users::update_password_hash(&mut tx, account.id, old, &hash, now).await? {
        return Err(Error::WrongCurrentPassword);
    }
    let change = Change {
        account: &account,
        kept: Some(user.session_id),
        reason: RevokeReason::PasswordChange,
        actor: Actor::from(user),
        action: "password.change",
        now,
    };
    let ended = change.settle(state, &mut tx, meta).await?;
    tx.commit().await?;
    for session_id in ended {
        end::forget(state, session_id, now);
    }
    Ok(())
}

/// A password that was just replaced.
struct Change<'a> {
    account: &'a Account,
    kept: Option<SessionId>,
    reason: RevokeReason,
    actor: Actor,
    action: &'a str,
    now: Timestamp,
}

impl Change<'_> {
    /// What every change brings with it. The sessions that were ended.
    async fn settle(
        &self,
        state: &AppState,
        conn: &mut PgConnection,
        meta: &RequestMeta,
    ) -> Result<Vec<SessionId>, Error> {
        let (user_id, now) = (self.account.id, self.now);
        let ended = end::end_all_but(conn, user_id, self.kept, self.reason, now).await?;
        resets::update_closed(conn, user_id, now).await?;
        let letter = state
            .letters
            .password_changed(&self.account.name, ended.len(), now)?;
        let cause = EventId::generate().uuid();
        letter.keep(conn, &self.account.email, cause, now).await?;
        let entry = Entry::new(self.actor, self.action, "user", user_id)
            .at(now)
            .request(meta);
        AUDIT.append(conn, &entry).await?;
        Ok(ended)
    }
}
