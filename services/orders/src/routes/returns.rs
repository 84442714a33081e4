//! Returns of shoppers.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::access::MaybeUser;
use common::extract::{IdempotencyKey, Json, Path};
use garde::Validate;
use http::HeaderMap;
use kernel::{OrderId, OrderLineId, ReturnId, VariantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::ShopWrite;
use super::writing::{Writing, answer, shopper};
use crate::domain::allowed::distinct;
use crate::domain::record::Units;
use crate::domain::view::Order;
use crate::domain::words::{ReturnKind, ReturnReason};
use crate::error::Error;
use crate::ops::decide_return::{CancelReturn, SendReturn};
use crate::ops::open_return::OpenReturn;
use crate::state::AppState;
use crate::store::returns::NewReturnLine;

/// What comes back of a line.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReturnRequestLine {
    /// The line.
    #[garde(skip)]
    line_id: OrderLineId,
    /// How many.
    #[garde(range(min = 1, max = 999))]
    #[schema(minimum = 1, maximum = 999)]
    quantity: i32,
    /// Why.
    #[garde(skip)]
    reason: ReturnReason,
    /// What is wanted instead, in an exchange: a variant of the same product that costs no more.
    #[garde(skip)]
    #[serde(default)]
    exchange_variant_id: Option<VariantId>,
}

/// Goods that are to come back.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReturnRequest {
    /// What for.
    #[garde(skip)]
    kind: ReturnKind,
    /// What comes back.
    #[garde(length(min = 1, max = 500), dive)]
    lines: Vec<NewReturnRequestLine>,
    /// At most 2,000 characters.
    #[garde(inner(length(chars, max = 2000)))]
    #[schema(max_length = 2000)]
    #[serde(default)]
    comment: Option<String>,
}

impl NewReturnRequest {
    /// The use case; each line stands once.
    pub(super) fn into_act(self) -> Result<OpenReturn, Error> {
        distinct(self.lines.iter().map(|line| Units {
            line_id: line.line_id,
            quantity: line.quantity,
        }))?;
        let line = |line: NewReturnRequestLine| NewReturnLine {
            line_id: line.line_id,
            quantity: line.quantity,
            reason: line.reason,
            exchange_variant_id: line.exchange_variant_id,
        };
        Ok(OpenReturn {
            kind: self.kind,
            lines: self.lines.into_iter().map(line).collect(),
            comment: self
                .comment
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty()),
        })
    }
}

/// How a return is sent.
#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SendReturnRequest {
    /// Who carries it, 1 to 200 characters.
    #[garde(skip)]
    #[serde(default)]
    carrier: Option<String>,
    /// The carrier's number, 1 to 200 characters.
    #[garde(skip)]
    #[serde(default)]
    tracking_number: Option<String>,
}

/// Asks to send something back
///
/// `allowed.returnable` of the order says what may be sent, and until when.
#[utoipa::path(post, path = "/api/v1/orders/{id}/returns", operation_id = "createReturn", tag = "orders",
    security((), ("bearer" = [])), request_body = NewReturnRequest,
    params(("id" = OrderId, Path, description = "The order"),
        ("Order-Token" = Option<String>, Header, description = "A guest's proof, from checkout or a message"),
        ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = Order, headers(("ETag" = String))),
        (status = 409, description = "`units_not_returnable` {lines}, `return_window_closed` {lines}, `exchange_unavailable` {line_id}", body = Problem, content_type = "application/problem+json"), ShopWrite))]
pub(super) async fn create_return(
    State(state): State<AppState>,
    Path(order_id): Path<OrderId>,
    user: MaybeUser,
    headers: HeaderMap,
    writing: Writing,
    key: IdempotencyKey,
    Json(body): Json<NewReturnRequest>,
) -> Result<Response, Error> {
    let by = shopper(&state, order_id, user, &headers)?;
    let ask = writing.shopper_once(by, order_id, key, &body);
    answer(&state, &ask, &body.into_act()?).await
}

/// Gives a return up before it is sent
#[utoipa::path(post, path = "/api/v1/orders/{id}/returns/{return_id}/cancel", operation_id = "cancelReturn", tag = "orders",
    security((), ("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"), ("return_id" = ReturnId, Path, description = "The return"),
        ("Order-Token" = Option<String>, Header, description = "A guest's proof, from checkout or a message")),
    responses((status = 200, description = "The order", body = Order, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), ShopWrite))]
pub(super) async fn cancel_return(
    State(state): State<AppState>,
    Path((order_id, return_id)): Path<(OrderId, ReturnId)>,
    user: MaybeUser,
    headers: HeaderMap,
    writing: Writing,
) -> Result<Response, Error> {
    let by = shopper(&state, order_id, user, &headers)?;
    let act = CancelReturn {
        return_id,
        reason: None,
    };
    answer(&state, &writing.shopper(by, order_id), &act).await
}

/// Says that a return is on its way
#[utoipa::path(post, path = "/api/v1/orders/{id}/returns/{return_id}/ship", operation_id = "sendReturn", tag = "orders",
    security((), ("bearer" = [])), request_body = SendReturnRequest,
    params(("id" = OrderId, Path, description = "The order"), ("return_id" = ReturnId, Path, description = "The return"),
        ("Order-Token" = Option<String>, Header, description = "A guest's proof, from checkout or a message")),
    responses((status = 200, description = "The order", body = Order, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), ShopWrite))]
pub(super) async fn send_return(
    State(state): State<AppState>,
    Path((order_id, return_id)): Path<(OrderId, ReturnId)>,
    user: MaybeUser,
    headers: HeaderMap,
    writing: Writing,
    Json(body): Json<SendReturnRequest>,
) -> Result<Response, Error> {
    let by = shopper(&state, order_id, user, &headers)?;
    let act = SendReturn {
        return_id,
        carrier: body.carrier,
        tracking_number: body.tracking_number,
    };
    answer(&state, &writing.shopper(by, order_id), &act).await
}
