//! Setting a new password.

use axum::extract::State;
use common::Problem;
use common::extract::{CurrentUser, Json, RequestMeta};
use common::limiter;
use garde::Validate;
use http::StatusCode;
use http::header::HeaderMap;
use kernel::{Email, EventId};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::{account_key, not_too_long};
use crate::domain::token::RefreshToken;
use crate::error::Error;
use crate::ops::password;
use crate::state::AppState;
use crate::store::resets;

/// Whose password is to be set anew.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetRequest {
    /// The account's address.
    #[garde(skip)]
    #[schema(value_type = String, format = Email, example = "ada@example.com")]
    email: Email,
}

/// What happens next, the same for every address.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordResetAccepted {
    /// Always `sent_if_known`.
    #[schema(value_type = String, example = "sent_if_known")]
    status: &'static str,
    /// How long the link works, in minutes.
    #[schema(example = 15)]
    expires_in_minutes: u32,
}

/// The token of a link and a new password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetCompletion {
    /// What stands after `#token=` in the link.
    #[garde(skip)]
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// 8 to 256 bytes, not easy to guess.
    #[garde(custom(not_too_long))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    password: SecretString,
}

/// The password that is replaced and the one that replaces it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    #[garde(custom(not_too_long))]
    #[schema(value_type = String, format = Password, max_length = 256)]
    current_password: SecretString,
    /// 8 to 256 bytes, not easy to guess.
    #[garde(custom(not_too_long))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    new_password: SecretString,
}

/// Ask for a link to set a new password
///
/// The answer is the same whether the address has an account or not. The link comes by mail, works
/// once and for 15 minutes.
#[utoipa::path(post, path = "/api/v1/auth/password-resets", operation_id = "requestPasswordReset", tag = "auth",
    request_body = PasswordResetRequest,
    responses(
        (status = 202, body = PasswordResetAccepted),
        (status = 400, body = Problem, description = "malformed_json"),
        (status = 413, body = Problem, description = "body_too_large"),
        (status = 415, body = Problem, description = "unsupported_media_type"),
        (status = 422, body = Problem, description = "validation_failed"),
        (status = 429, body = Problem, description = "rate_limited, with Retry-After"),
        (status = 503, body = Problem, description = "unavailable, with Retry-After"),
    ))]
pub async fn request_password_reset(
    State(state): State<AppState>,
    headers: HeaderMap,
    meta: RequestMeta,
    Json(request): Json<PasswordResetRequest>,
) -> Result<(StatusCode, Json<PasswordResetAccepted>), Error> {
    let client = limiter::client(&headers, &meta);
    let (limiter, rules) = (&state.limiter, &state.rules);
    limiter.take(rules.reset_address, &client).await?;
    // Counted for every address alike, so that the limit tells nothing either.
    limiter
        .take(rules.reset_account, &account_key(&request.email))
        .await?;
    let mut conn = state.db.write().await?;
    let request_id = EventId::generate().uuid();
    resets::insert_request(&mut conn, request_id, &request.email, state.clock.now()).await?;
    let accepted = PasswordResetAccepted {
        status: "sent_if_known",
        expires_in_minutes: state.reset.ttl_min,
    };
    Ok((StatusCode::ACCEPTED, Json(accepted)))
}

/// Set a new password with a link
///
/// Ends all sessions of the account; sign in afterwards. A password that is refused does not use the
/// link up.
#[utoipa::path(post, path = "/api/v1/auth/password-resets/complete", operation_id = "completePasswordReset", tag = "auth",
    request_body = PasswordResetCompletion,
    responses(
        (status = 204, description = "The password is set"),
        (status = 400, body = Problem, description = "malformed_json or reset_token_invalid"),
        (status = 413, body = Problem, description = "body_too_large"),
        (status = 415, body = Problem, description = "unsupported_media_type"),
        (status = 422, body = Problem, description = "validation_failed; /password with too_short, too_long or too_common"),
        (status = 429, body = Problem, description = "rate_limited, with Retry-After"),
        (status = 503, body = Problem, description = "overloaded or unavailable, with Retry-After"),
    ))]
pub async fn complete_password_reset(
    State(state): State<AppState>,
    headers: HeaderMap,
    meta: RequestMeta,
    Json(completion): Json<PasswordResetCompletion>,
) -> Result<StatusCode, Error> {
    let client = limiter::client(&headers, &meta);
    state
        .limiter
        .take(state.rules.reset_use_address, &client)
        .await?;
    let token = RefreshToken::parse(completion.token.expose_secret());
    let token = token.ok_or(Error::ResetTokenInvalid)?;
    let email = password::complete_reset(&state, &token, completion.password, &meta).await?;
    // Whoever had no attempts left may try the new password at once.
    let account = account_key(&email);
    state
        .limiter
        .reset(state.rules.login_account, &account)
        .await;
    Ok(StatusCode::NO_CONTENT)
}

/// Change one's password
///
/// This session goes on; all others of the account end.
#[utoipa::path(put, path = "/api/v1/me/password", operation_id = "changePassword", tag = "auth",
    security(("bearer" = [])), request_body = PasswordChange,
    responses(
        (status = 204, description = "The password is changed"),
        (status = 400, body = Problem, description = "malformed_json"),
        (status = 401, body = Problem, description = "token_missing, token_invalid or token_expired"),
        (status = 413, body = Problem, description = "body_too_large"),
        (status = 415, body = Problem, description = "unsupported_media_type"),
        (status = 422, body = Problem, description = "validation_failed; /current_password with wrong; /new_password with too_short, too_long or too_common"),
        (status = 429, body = Problem, description = "rate_limited, with Retry-After"),
        (status = 503, body = Problem, description = "overloaded or unavailable, with Retry-After"),
    ))]
pub async fn change_password(
    State(state): State<AppState>,
    user: CurrentUser,
    meta: RequestMeta,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Error> {
    let (rule, who) = (state.rules.change_account, user.user_id.to_string());
    state.limiter.take(rule, &who).await?;
    let PasswordChange {
        current_password,
        new_password,
    } = change;
    password::change(&state, &user, current_password, new_password, &meta).await?;
    state.limiter.reset(rule, &who).await;
    Ok(StatusCode::NO_CONTENT)
}
