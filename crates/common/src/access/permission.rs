//! What a member of staff may do: names in the claim `scope` of their token (RFC 9068).

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use http::StatusCode;
use http::request::Parts;

use super::{CurrentUser, Verifier};
use crate::problem::Problem;

/// The scope that stands for all others.
pub const EVERYTHING: &str = "*";

/// The names in a token's `scope`, parted by spaces. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(Arc<str>);

impl Scopes {
    /// The names in this text.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Whether the name, or `*`, is among them.
    pub fn contains(&self, name: &str) -> bool {
        self.names().any(|held| held == name || held == EVERYTHING)
    }

    /// The names as they stand.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|name| !name.is_empty())
    }
}

/// A permission as a type, so that a handler asks for it in its arguments: see [`Permitted`] and
/// [`permissions!`](crate::permissions).
pub trait Permission: Send + Sync + 'static {
    /// The name in the scope, as `things.verb`.
    const NAME: &'static str;
}

/// A member of staff who holds `P`.
///
/// Refusals: 401 without a valid token, 403 `forbidden` for who is no staff, 403
/// `permission_missing` for staff without the permission.
pub struct Permitted<P>(pub CurrentUser, pub PhantomData<fn() -> P>);

impl<P: Permission> fmt::Debug for Permitted<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(P::NAME).field(&self.0).finish()
    }
}

impl<P> Clone for Permitted<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl CurrentUser {
    /// Whether this is a member of staff who holds the permission.
    pub fn may(&self, name: &str) -> bool {
        self.is_staff() && self.scopes.contains(name)
    }

    /// 403 `forbidden` if this is no member of staff, 403 `permission_missing` if it is one without
    /// the permission. For what only the body of a request tells; else take [`Permitted`].
    pub fn require(&self, name: &'static str) -> Result<(), Problem> {
        if !self.is_staff() {
            Err(Problem::forbidden())
        } else if self.scopes.contains(name) {
            Ok(())
        } else {
            Err(permission_missing(name))
        }
    }
}

fn permission_missing(name: &'static str) -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "permission_missing",
        "A permission is missing",
    )
    .detail(format!("This needs the permission {name}."))
    .with("permission", name)
}

impl<S, P> FromRequestParts<S> for Permitted<P>
where
    S: Send + Sync,
    P: Permission,
    Verifier: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let user = CurrentUser::from_request_parts(parts, state).await?;
        user.require(P::NAME)?;
        Ok(Self(user, PhantomData))
    }
}

/// Makes permission types: `permissions! { /// Reads notes. pub NotesRead = "notes.read"; }`.
#[macro_export]
macro_rules! permissions {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $text:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            $vis enum $name {}

            impl $crate::access::Permission for $name {
                const NAME: &'static str = $text;
            }
        )+
    };
}
