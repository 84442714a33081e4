//! What requests that change an order have in common.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse as _, Response};
use common::access::{CurrentUser, MaybeUser};
use common::etag;
use common::extract::{IdempotencyKey, IfMatch, RequestMeta};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use kernel::OrderId;
use serde::Serialize;
use serde_json::Value;

use super::PRIVATE;
use crate::error::Error;
use crate::ops::change::{Act, Ask, By, Done, Key, hash_of, perform};
use crate::state::AppState;

/// Header that carries a guest's order token.
const ORDER_TOKEN: &str = "order-token";

/// The parts of a request that a change is guarded by.
#[derive(Debug)]
pub(super) struct Writing {
    if_match: IfMatch,
    meta: RequestMeta,
    path: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Writing {
    type Rejection = common::Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, common::Problem> {
        Ok(Self {
            if_match: IfMatch::from_request_parts(parts, state).await?,
            meta: RequestMeta::from_request_parts(parts, state).await?,
            path: parts.uri.path().to_owned(),
        })
    }
}

impl Writing {
    /// A change by a member of staff, based on the version that they read. 428 `if_match_missing` without one.
    pub(super) fn staff(self, staff: CurrentUser, order_id: OrderId) -> Result<Ask, Error> {
        let version = self.if_match.required()?;
        Ok(self.ask(By::Staff(staff), order_id, Some(version)))
    }

    /// A change by a member of staff that does not depend on what they read.
    pub(super) fn staff_anyhow(self, staff: CurrentUser, order_id: OrderId) -> Ask {
        let version = self.if_match.0;
        self.ask(By::Staff(staff), order_id, version)
    }

    /// The same, made once for its key.
    pub(super) fn staff_once(
        self,
        staff: CurrentUser,
        order_id: OrderId,
        key: IdempotencyKey,
        body: &impl Serialize,
    ) -> Result<Ask, Error> {
        let hash = hash_of(&self.path, body);
        let ask = self.staff(staff, order_id)?;
        Ok(Ask {
            key: Some(Key { key: key.0, hash }),
            ..ask
        })
    }

    /// A change by the shopper whose order it is.
    pub(super) fn shopper(self, by: By, order_id: OrderId) -> Ask {
        let version = self.if_match.0;
        self.ask(by, order_id, version)
    }

    /// The same, made once for its key.
    pub(super) fn shopper_once(
        self,
        by: By,
        order_id: OrderId,
        key: IdempotencyKey,
        body: &impl Serialize,
    ) -> Ask {
        let hash = hash_of(&self.path, body);
        let ask = self.shopper(by, order_id);
        Ask {
            key: Some(Key { key: key.0, hash }),
            ..ask
        }
    }

    fn ask(self, by: By, order_id: OrderId, if_match: Option<i64>) -> Ask {
        Ask {
            order_id,
            by,
            if_match,
            key: None,
            meta: self.meta,
        }
    }
}

/// Makes the change and answers the order as it is then.
pub(super) async fn answer<A: Act>(
    state: &AppState,
    ask: &Ask,
    act: &A,
) -> Result<Response, Error> {
    match perform(state, ask, act).await? {
        Done::Order(body, version) => {
            Ok(etag::versioned(&HeaderMap::new(), version, PRIVATE, &body))
        }
        Done::Replay(mut stored) if stored.status >= 400 => {
            if let Value::Object(body) = &mut stored.body {
                body.insert("request_id".to_owned(), ask.meta.request_id.as_ref().into());
            }
            Ok(stored.into_response())
        }
        Done::Replay(stored) => {
            let version = stored
                .body
                .get("version")
                .and_then(Value::as_i64)
                .unwrap_or_default();
            let mut response = etag::versioned(&HeaderMap::new(), version, PRIVATE, &stored.body);
            let (name, value) = (
                HeaderName::from_static("idempotent-replayed"),
                HeaderValue::from_static("true"),
            );
            response.headers_mut().insert(name, value);
            Ok(response)
        }
    }
}

/// Who may see an order as its shopper: the holder of its token, or its customer. 404 for all others.
pub(super) fn shopper(
    state: &AppState,
    order_id: OrderId,
    MaybeUser(user): MaybeUser,
    headers: &HeaderMap,
) -> Result<By, Error> {
    let token = headers
        .get(ORDER_TOKEN)
        .and_then(|value| value.to_str().ok());
    let opened = token.and_then(|token| state.token_keys.verify(token, state.clock.now()));
    match user {
        _ if opened == Some(order_id) => Ok(By::Guest),
        Some(user) => Ok(By::Customer(user)),
        None => Err(Error::NotFound),
    }
}
