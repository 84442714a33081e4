//! Extractors: who is asking.

use axum::extract::{FromRef, FromRequestParts};
use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use kernel::{SessionId, UserId};

use super::{Audience, Role, Scopes, TokenError, Verifier};
use crate::problem::Problem;

/// The holder of a valid token. 401 `token_missing`, `token_invalid` or `token_expired`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentUser {
    /// Who it is.
    pub user_id: UserId,
    /// The session of the token.
    pub session_id: SessionId,
    /// What they are.
    pub role: Role,
    /// What the token is for.
    pub audience: Audience,
    /// What its holder may do, where that is a member of staff; see [`CurrentUser::may`].
    pub scopes: Scopes,
}

/// The holder of a valid token, or nobody if there is no token. A bad token is still 401.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaybeUser(pub Option<CurrentUser>);

/// A member of staff with a token for the staff pages, whatever they may do there; most handlers
/// want [`Permitted`](super::Permitted). 403 `forbidden` for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff(pub CurrentUser);

impl CurrentUser {
    /// Whether this is a member of staff with a token for the staff pages.
    pub fn is_staff(&self) -> bool {
        self.role == Role::Staff && self.audience == Audience::Admin
    }
}

impl<S> FromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = bearer(parts)?.ok_or_else(|| {
            Problem::unauthorized("token_missing").detail("Send Authorization: Bearer …")
        })?;
        let claims = Verifier::from_ref(state).verify(token).await?;
        Ok(Self {
            user_id: claims.sub,
            session_id: claims.sid,
            role: claims.role,
            audience: claims.aud,
            scopes: claims.scope.as_deref().map(Scopes::new).unwrap_or_default(),
        })
    }
}

impl<S> FromRequestParts<S> for MaybeUser
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if !parts.headers.contains_key(AUTHORIZATION) {
            return Ok(Self(None));
        }
        CurrentUser::from_request_parts(parts, state)
            .await
            .map(|user| Self(Some(user)))
    }
}

impl<S> FromRequestParts<S> for Staff
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let user = CurrentUser::from_request_parts(parts, state).await?;
        if user.is_staff() {
            Ok(Self(user))
        } else {
            Err(Problem::forbidden())
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let code = match error {
            TokenError::Invalid => "token_invalid",
            TokenError::Expired => "token_expired",
            TokenError::NotReady => return Self::unavailable(error),
        };
        Self::unauthorized(code).header(
            WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"techmart\", error=\"invalid_token\""),
        )
    }
}

/// The one bearer token, if there is an `Authorization` header.
fn bearer(parts: &Parts) -> Result<Option<&str>, TokenError> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let token = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    match token {
        Some(token) if !token.is_empty() && values.next().is_none() => Ok(Some(token)),
        _ => Err(TokenError::Invalid),
    }
}
