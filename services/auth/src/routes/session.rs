//! Signing in, staying signed in, signing out.

use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Response};
use common::Problem;
use common::access::{AccessClaims, Role};
use common::extract::{CurrentUser, Json, MaybeUser, RequestMeta};
use common::limiter;
use garde::Validate;
use http::StatusCode;
use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use jiff::Timestamp;
use kernel::{Email, UserId};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::cookie::{self, Held};
use super::guard::{self, NoBody};
use crate::domain::password;
use crate::domain::user::Account;
use crate::error::Error;
use crate::ops::sign_in::Opened;
use crate::ops::{end, refresh, sign_in};
use crate::state::AppState;

/// Address and password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The account's address.
    #[garde(skip)]
    #[schema(value_type = String, format = Email, example = "customer1@techmart.example")]
    email: Email,
    /// The account's password: at most 256 bytes.
    #[garde(custom(not_too_long))]
    #[schema(value_type = String, format = Password, max_length = 256)]
    password: SecretString,
}

/// An access token and whose it is. The refresh token is in the cookie `__Host-techmart_refresh`.
#[derive(Serialize, ToSchema)]
#[expect(missing_debug_implementations, reason = "holds a secret")]
pub struct Session {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token ends.
    #[schema(example = 600)]
    expires_in: u32,
    /// Whose it is.
    user: User,
}

/// A person with an account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Their id.
    id: UserId,
    /// The address they sign in with.
    #[schema(value_type = String, format = Email)]
    email: Email,
    /// What they are called.
    name: String,
    /// What they are.
    role: Role,
    /// What they may do; only staff have it, and `*` stands for everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permissions: Option<Vec<String>>,
    /// Since when they have the account.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Account> for User {
    fn from(account: Account) -> Self {
        let Account {
            id,
            email,
            name,
            role,
            permissions,
            created_at,
            ..
        } = account;
        Self {
            id,
            email,
            name,
            role,
            permissions: (role == Role::Staff).then_some(permissions),
            created_at,
        }
    }
}

/// Sign in
///
/// Unknown addresses, wrong passwords and closed accounts get the same answer in the same time.
#[utoipa::path(post, path = "/api/v1/auth/login", operation_id = "logIn", tag = "auth", request_body = Login,
    responses(
        (status = 200, body = Session, headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = 400, body = Problem, description = "malformed_json"),
        (status = 401, body = Problem, description = "invalid_credentials"),
        (status = 413, body = Problem, description = "body_too_large"),
        (status = 415, body = Problem, description = "unsupported_media_type"),
        (status = 422, body = Problem, description = "validation_failed"),
        (status = 429, body = Problem, description = "rate_limited, with Retry-After"),
        (status = 503, body = Problem, description = "overloaded or unavailable, with Retry-After"),
    ))]
pub async fn log_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    meta: RequestMeta,
    Json(login): Json<Login>,
) -> Result<Response, Error> {
    let account = account_key(&login.email);
    state
        .limiter
        .take(state.rules.login_address, &limiter::client(&headers, &meta))
        .await?;
    let device =
        cookie::read_device(&headers).and_then(|cookie| state.devices.recognise(&cookie, &account));
    let (rule, who) = match &device {
        Some(device) => (state.rules.login_device, device),
        None => (state.rules.login_account, &account),
    };
    state.limiter.take(rule, who).await?;
    let opened = sign_in::log_in(&state, &login.email, login.password, &meta).await?;
    state.limiter.reset(rule, who).await;
    let mut response = answer(&state, StatusCode::OK, opened)?;
    if device.is_none() {
        remember_device(&state, &account, &mut response);
    }
    Ok(response)
}

/// Continue a session
///
/// Takes the refresh token from the cookie and replaces it; each works once. A client that lost the
/// answer may repeat the request within ten seconds. Any other second use ends the session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", operation_id = "refreshSession", tag = "auth",
    params(("__Host-techmart_refresh" = Option<String>, Cookie, description = "The refresh token")),
    responses(
        (status = 200, body = Session, headers(("Set-Cookie" = String, description = "The next refresh token"))),
        (status = 401, body = Problem, description = "refresh_token_missing, refresh_token_invalid or token_reuse"),
        (status = 403, body = Problem, description = "origin_not_allowed"),
        (status = 415, body = Problem, description = "unsupported_media_type"),
        (status = 422, body = Problem, description = "validation_failed"),
        (status = 503, body = Problem, description = "unavailable, with Retry-After"),
    ))]
pub async fn refresh_session(
    State(state): State<AppState>,
    headers: HeaderMap,
    _body: NoBody,
) -> Result<Response, Error> {
    guard::same_origin(&headers, &state.origin)?;
    let token = match cookie::read(&headers) {
        Held::Nothing => return Err(Error::RefreshTokenMissing),
        Held::Junk => return Err(Error::RefreshTokenInvalid),
        Held::Token(token) => token,
    };
    let opened = refresh::refresh(&state, &token).await?;
    answer(&state, StatusCode::OK, opened)
}

/// Sign out
///
/// Ends the session of the cookie and that of the access token, whichever are sent. Nothing of it
/// works after the answer; other services refuse its access tokens within two seconds.
#[utoipa::path(post, path = "/api/v1/auth/logout", operation_id = "logOut", tag = "auth",
    params(("__Host-techmart_refresh" = Option<String>, Cookie, description = "The refresh token")),
    security((), ("bearer" = [])),
    responses(
        (status = 204, description = "Signed out", headers(("Set-Cookie" = String, description = "Forgets the refresh token"))),
        (status = 401, body = Problem, description = "token_invalid or token_expired, without a cookie"),
        (status = 403, body = Problem, description = "origin_not_allowed"),
        (status = 415, body = Problem, description = "unsupported_media_type"),
        (status = 422, body = Problem, description = "validation_failed"),
        (status = 503, body = Problem, description = "unavailable, with Retry-After"),
    ))]
pub async fn log_out(
    State(state): State<AppState>,
    headers: HeaderMap,
    user: Result<MaybeUser, Problem>,
    _body: NoBody,
) -> Result<Response, Problem> {
    let token = match cookie::read(&headers) {
        Held::Token(token) => Some(token),
        Held::Nothing | Held::Junk => None,
    };
    if token.is_some() {
        guard::same_origin(&headers, &state.origin)?;
    }
    // With the cookie it does not matter that the access token has run out.
    let session_id = match user {
        Ok(MaybeUser(user)) => user.map(|CurrentUser { session_id, .. }| session_id),
        Err(_) if token.is_some() => None,
        Err(problem) => return Err(problem),
    };
    end::log_out(&state, token.as_ref(), session_id).await?;
    Ok((
        StatusCode::NO_CONTENT,
        AppendHeaders([(SET_COOKIE, cookie::forget())]),
    )
        .into_response())
}

/// The answer that begins or continues a session.
pub(super) fn answer(
    state: &AppState,
    status: StatusCode,
    opened: Opened,
) -> Result<Response, Error> {
    let now = state.clock.now();
    let Opened {
        account,
        session_id,
        refresh_token,
        refresh_expires_at,
    } = opened;
    let claims = AccessClaims {
        iss: state.origin.clone(),
        sub: account.id,
        aud: account.role.audience(),
        exp: now
            .as_second()
            .saturating_add(i64::from(state.access_ttl_s)),
        iat: now.as_second(),
        jti: kernel::EventId::generate().uuid().to_string(),
        sid: session_id,
        role: account.role,
        scope: account.scope(),
    };
    let session = Session {
        access_token: state.signer.sign(&claims)?,
        token_type: "Bearer",
        expires_in: state.access_ttl_s,
        user: account.into(),
    };
    let seconds = refresh_expires_at
        .as_second()
        .saturating_sub(now.as_second())
        .max(0);
    let cookie = cookie::keep(&refresh_token, seconds);
    Ok((status, AppendHeaders([(SET_COOKIE, cookie)]), Json(session)).into_response())
}

/// Makes the device known, so that nobody elsewhere can use up its attempts.
pub(super) fn remember_device(state: &AppState, account: &str, response: &mut Response) {
    let cookie = cookie::keep_device(&state.devices.issue(account), state.device_days);
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// Passwords longer than any account's are refused before they are hashed.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "garde hands the context over like this"
)]
pub(super) fn not_too_long(text: &SecretString, (): &()) -> garde::Result {
    if text.expose_secret().len() > password::LENGTH_MAX {
        return Err(garde::Error::new("must have at most 256 bytes"));
    }
    Ok(())
}

/// The limiter's name of an account, which keeps addresses out of Redis.
pub(super) fn account_key(email: &Email) -> String {
    let digest: [u8; 32] = Sha256::digest(email.as_str().as_bytes()).into();
    hex::encode(&digest[..16])
}
