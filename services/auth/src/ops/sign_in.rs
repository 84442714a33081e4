//! Beginning a session: after a registration, and with a password.

use common::access::Role;
use common::audit::{Actor, Entry};
use common::extract::RequestMeta;
use jiff::Timestamp;
use kernel::{Email, SessionId, UserId};
use secrecy::SecretString;

use crate::domain::token::RefreshToken;
use crate::domain::user::Account;
use crate::error::Error;
use crate::passwords::Verdict;
use crate::state::AppState;
use crate::store::tokens::NewToken;
use crate::store::users::NewAccount;
use crate::store::{AUDIT, sessions, tokens, users};

/// A session and the token that keeps it.
#[expect(missing_debug_implementations, reason = "holds a secret")]
pub struct Opened {
    /// Whose session it is.
    pub account: Account,
    /// The session.
    pub session_id: SessionId,
    /// The token that the client keeps.
    pub refresh_token: RefreshToken,
    /// Until when that works.
    pub refresh_expires_at: Timestamp,
}

/// Makes a customer's account and begins its first session.
///
/// # Errors
/// [`Error::EmailTaken`], [`Error::WeakPassword`], [`Error::Busy`].
pub async fn register(
    state: &AppState,
    email: Email,
    name: &str,
    password: SecretString,
) -> Result<Opened, Error> {
    // Asked first: a hash costs a hundred times as much as this.
    let mut conn = state.db.write().await?;
    if users::find_by_email(&mut conn, &email).await?.is_some() {
        return Err(Error::EmailTaken);
    }
    drop(conn);
    let password_hash = state
        .passwords
        .hash_new(password, email.clone(), name.to_owned())
        .await?;
    let new = NewAccount {
        id: UserId::generate(),
        email: &email,
        name,
        role: Role::Customer,
        permissions: &[],
        password_hash: &password_hash,
        now: state.clock.now(),
    };
    let mut tx = state.db.begin().await?;
    let account = users::insert_account(&mut tx, &new).await?;
    let opened = open(state, &mut tx, account, &password_hash).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Begins a session for who knows the password. Takes as long where there is no such account.
///
/// # Errors
/// [`Error::InvalidCredentials`], [`Error::Busy`].
pub async fn log_in(
    state: &AppState,
    email: &Email,
    password: SecretString,
    meta: &RequestMeta,
) -> Result<Opened, Error> {
    let mut conn = state.db.write().await?;
    let found = users::find_by_email(&mut conn, email).await?;
    // No connection is held while the password is hashed.
    drop(conn);
    let stored = found.as_ref().map(|found| found.password_hash.clone());
    let verdict = state.passwords.verify(password, stored).await?;
    let (Some(found), Verdict::Right { rehashed }) = (found, verdict) else {
        return Err(Error::InvalidCredentials);
    };
    let mut hash = found.password_hash;
    let mut tx = state.db.begin().await?;
    if let Some(new) = rehashed {
        let now = state.clock.now();
        if users::update_password_hash(&mut tx, found.account.id, &hash, &new, now).await? {
            hash = new;
        }
    }
    let opened = open(state, &mut tx, found.account, &hash).await?;
    if opened.account.role == Role::Staff {
        let (account, session_id) = (&opened.account, opened.session_id);
        let actor = Actor::owner(account.role, account.id, Some(session_id));
        let entry = Entry::new(actor, "session.open", "session", session_id)
            .at(state.clock.now())
            .request(meta);
        AUDIT.append(&mut tx, &entry).await?;
    }
    tx.commit().await?;
    Ok(opened)
}

/// Begins a session, if the account is open and its password still has this hash.
async fn open(
    state: &AppState,
    conn: &mut sqlx::PgConnection,
    account: Account,
    password_hash: &str,
) -> Result<Opened, Error> {
    let now = state.clock.now();
    let session_id = SessionId::generate();
    if !sessions::insert_session(conn, session_id, account.id, password_hash, now).await? {
        return Err(Error::InvalidCredentials);
    }
    let refresh_token = RefreshToken::generate();
    let refresh_expires_at = expires_at(state, now, now);
    let new = NewToken {
        hash: refresh_token.hash(),
        session_id,
        parent: None,
        issued_at: now,
        expires_at: refresh_expires_at,
    };
    tokens::insert_token(conn, &new).await?;
    Ok(Opened {
        account,
        session_id,
        refresh_token,
        refresh_expires_at,
    })
}

/// Until when a token issued `now` works, in a session that began at `begun`.
pub(super) fn expires_at(state: &AppState, now: Timestamp, begun: Timestamp) -> Timestamp {
    let after = |time: Timestamp, span| time.checked_add(span).unwrap_or(Timestamp::MAX);
    after(now, state.session.refresh_ttl()).min(after(begun, state.session.age_max()))
}
