//! What the middleware stack knows about a request.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::problem::Problem;

/// The id of a request and the address it came from: the gateway's, behind one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestMeta {
    /// As in `X-Request-Id`.
    pub request_id: Arc<str>,
    /// The other end of the connection, where the server knows it.
    pub peer: Option<SocketAddr>,
}

impl<S: Send + Sync> FromRequestParts<S> for RequestMeta {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::internal("the middleware stack is not applied"))
    }
}
