//! One's own account.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::extract::{CurrentUser, Json, RequestMeta};
use common::limiter;
use garde::Validate;
use http::StatusCode;
use http::header::HeaderMap;
use kernel::Email;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::session::{self, Session, User, not_too_long};
use crate::domain::user::{self, Account};
use crate::error::Error;
use crate::ops::sign_in;
use crate::state::AppState;
use crate::store::users;

/// How long Redis remembers whose a session is.
const SESSION_REMEMBERED: Duration = Duration::from_mins(1);

/// A customer's new account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The address to sign in with.
    #[garde(skip)]
    #[schema(value_type = String, format = Email, example = "ada@example.com")]
    email: Email,
    /// 8 to 256 bytes, not easy to guess.
    #[garde(custom(not_too_long))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    password: SecretString,
    /// What to call the customer: 1 to 200 characters.
    #[garde(custom(is_name))]
    #[schema(min_length = 1, max_length = 200, example = "Ada Lovelace")]
    name: String,
}

/// Register
///
/// Makes a customer's account and signs in.
#[utoipa::path(post, path = "/api/v1/auth/register", operation_id = "register", tag = "auth", request_body = Registration,
    responses(
        (status = 201, body = Session, headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = 400, body = Problem, description = "malformed_json"),
        (status = 409, body = Problem, description = "email_taken"),
        (status = 413, body = Problem, description = "body_too_large"),
        (status = 415, body = Problem, description = "unsupported_media_type"),
        (status = 422, body = Problem, description = "validation_failed; /password with too_short, too_long or too_common"),
        (status = 429, body = Problem, description = "rate_limited, with Retry-After"),
        (status = 503, body = Problem, description = "overloaded or unavailable, with Retry-After"),
    ))]
pub async fn register(
    State(state): State<AppState>,
    headers: HeaderMap,
    meta: RequestMeta,
    Json(new): Json<Registration>,
) -> Result<Response, Error> {
    state
        .limiter
        .take(
            state.rules.register_address,
            &limiter::client(&headers, &meta),
        )
        .await?;
    let account = session::account_key(&new.email);
    let opened = sign_in::register(&state, new.email, new.name.trim(), new.password).await?;
    let mut response = session::answer(&state, StatusCode::CREATED, opened)?;
    session::remember_device(&state, &account, &mut response);
    Ok(response)
}

/// Who is signed in
#[utoipa::path(get, path = "/api/v1/me", operation_id = "getMe", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 200, body = User),
        (status = 401, body = Problem, description = "token_missing, token_invalid or token_expired"),
        (status = 503, body = Problem, description = "unavailable, with Retry-After"),
    ))]
pub async fn get_me(State(state): State<AppState>, user: CurrentUser) -> Result<Json<User>, Error> {
    // A session that ends is refused before this is asked, so what is remembered of it cannot outlive it.
    // Staff are few, and what they may do must not be remembered.
    let key = (!user.is_staff()).then(|| format!("session:{}", user.session_id));
    if let Some(key) = &key
        && let Some(known) = state.cache.get_json(key).await
    {
        return Ok(Json(known));
    }
    let mut conn = state.db.write().await?;
    let account = users::find_account(&mut conn, user.user_id).await?;
    drop(conn);
    let account = account
        .filter(Account::is_enabled)
        .ok_or(Error::AccountClosed)?;
    let known = User::from(account);
    if let Some(key) = &key {
        state.cache.set_json(key, &known, SESSION_REMEMBERED).await;
    }
    Ok(Json(known))
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "garde hands the context over like this"
)]
fn is_name(text: &str, (): &()) -> garde::Result {
    match user::clean_name(text) {
        Some(_) => Ok(()),
        None => Err(garde::Error::new(
            "must have 1 to 200 characters and no control characters",
        )),
    }
}
