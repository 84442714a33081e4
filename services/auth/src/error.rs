//! What can go wrong, by what a client can do about it.

use axum::response::{IntoResponse, Response};
use common::Problem;
use common::db::{self, DbError};
use common::limiter::TooMany;
use http::StatusCode;
use http::header::{HeaderValue, WWW_AUTHENTICATE};

use crate::domain::password::Weakness;
use crate::passwords::PasswordError;

/// Seconds after which a request that found the hashing queue full may come again.
const BUSY_RETRY_AFTER_S: u64 = 2;

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Unknown address, wrong password or closed account: nobody is told which.
    #[error("wrong address or password")]
    InvalidCredentials,
    /// The address has an account.
    #[error("the address has an account")]
    EmailTaken,
    /// The new password is not good enough.
    #[error("the password is not good enough: {}", .0.code())]
    WeakPassword(Weakness),
    /// The password that is to replace another is not good enough.
    #[error("the new password is not good enough: {}", .0.code())]
    WeakNewPassword(Weakness),
    /// The password that is to be replaced is another one.
    #[error("the current password is wrong")]
    WrongCurrentPassword,
    /// The link to set a new password is unknown, was used or has expired.
    #[error("the link to set a new password does not work")]
    ResetTokenInvalid,
    /// Too many attempts.
    #[error("too many attempts")]
    RateLimited(TooMany),
    /// The hashing queue is full.
    #[error("the hashing queue is full")]
    Busy,
    /// No cookie with a refresh token.
    #[error("no refresh token")]
    RefreshTokenMissing,
    /// The refresh token is unknown or has expired, or its session has ended.
    #[error("the refresh token does not work")]
    RefreshTokenInvalid,
    /// The refresh token was used before; its session has been ended.
    #[error("the refresh token was used before")]
    TokenReuse,
    /// The access token's account is closed or gone.
    #[error("the account is closed or gone")]
    AccountClosed,
    /// The request comes from another site.
    #[error("the request comes from another site")]
    ForeignOrigin,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Our fault.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match db::constraint(&error) {
            Some("user_account_email_key") => Self::EmailTaken,
            _ => Self::Db(error.into()),
        }
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Weak(weakness) => Self::WeakPassword(weakness),
            PasswordError::Internal(error) => Self::Internal(error),
        }
    }
}

impl From<TooMany> for Error {
    fn from(limit: TooMany) -> Self {
        Self::RateLimited(limit)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidCredentials => {
                unauthorized("invalid_credentials", "Wrong e-mail address or password")
            }
            Error::EmailTaken => {
                Self::conflict("email_taken", "This e-mail address has an account")
                    .detail("Sign in instead.")
                    .field("/email", "taken", "This e-mail address has an account.")
            }
            Error::WeakPassword(weakness) => {
                Self::invalid_field("/password", weakness.code(), weakness.detail())
            }
            Error::WeakNewPassword(weakness) => {
                Self::invalid_field("/new_password", weakness.code(), weakness.detail())
            }
            Error::WrongCurrentPassword => Self::invalid_field(
                "/current_password",
                "wrong",
                "This is not the current password.",
            ),
            Error::ResetTokenInvalid => {
                Self::bad_request("reset_token_invalid", "The link does not work any more")
                    .detail("It was used, is too old or incomplete. Ask for a new one.")
            }
            Error::RateLimited(limit) => limit.into(),
            Error::Busy => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "Too many requests at the moment",
            )
            .retry_after(BUSY_RETRY_AFTER_S),
            Error::RefreshTokenMissing => unauthorized("refresh_token_missing", "Sign in first"),
            Error::RefreshTokenInvalid => {
                unauthorized("refresh_token_invalid", "The session has ended")
            }
            Error::TokenReuse => unauthorized("token_reuse", "The session has ended")
                .detail("Its refresh token was used twice, so the session was ended for safety."),
            Error::AccountClosed => unauthorized("token_invalid", "The account is closed"),
            Error::ForeignOrigin => {
                Self::new(StatusCode::FORBIDDEN, "origin_not_allowed", "Not allowed")
                    .detail("This request must come from the shop's own pages.")
            }
            Error::Db(error) => Self::from_db(error),
            Error::Internal(error) => Self::internal(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

fn unauthorized(code: &'static str, title: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, title).header(
        WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"techmart\""),
    )
}
