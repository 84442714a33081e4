//! Who reads a public page.

use axum::extract::{FromRef, FromRequestParts};
use common::Problem;
use common::access::Verifier;
use common::extract::CurrentUser;
use http::request::Parts;

use crate::state::AppState;

/// Cache rule of an answer that shows a writer what they have just written.
const FRESH: &str = "private, no-store";

/// The holder of a valid token. Public pages are for everyone: a bad or old token is as good as none.
#[derive(Debug, Clone)]
pub(super) struct Caller(Option<CurrentUser>);

impl Caller {
    /// Whether this caller must see the primary's state, past every cache.
    pub(super) async fn wants_primary(self, state: &AppState) -> bool {
        match self.0 {
            Some(user) if user.is_staff() => state.cache.wants_primary(user.user_id).await,
            _ => false,
        }
    }
}

/// The cache rule of an answer: `shared`, unless it is a writer's own.
pub(super) const fn cache_rule(fresh: bool, shared: &'static str) -> &'static str {
    if fresh { FRESH } else { shared }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Self(
            CurrentUser::from_request_parts(parts, state).await.ok(),
        ))
    }
}
