//! `/admin/orders/{id}/returns`.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::access::Permitted;
use common::extract::{IdempotencyKey, Json, Path};
use garde::Validate;
use kernel::{LocationId, OrderId, OrderLineId, ReturnId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::orders::yes;
use super::{LINES_MAX, MaybeReason, Reason};
use crate::domain::admin::AdminOrder;
use crate::domain::allowed::distinct;
use crate::domain::record::Units;
use crate::error::Error;
use crate::ops::decide_return::{Approve, CancelReturn, Close, Reject};
use crate::ops::receive_return::{Counted, Receive};
use crate::routes::permission::{ReturnsApprove, ReturnsReceive};
use crate::routes::refusals::StaffWrite;
use crate::routes::returns::NewReturnRequest;
use crate::routes::writing::{Writing, answer};
use crate::state::AppState;

/// What was counted of a line.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ReceivedLine {
    /// The line.
    #[garde(skip)]
    line_id: OrderLineId,
    /// Units that came.
    #[garde(range(min = 0, max = 999))]
    #[schema(minimum = 0, maximum = 999)]
    received: i32,
    /// Those of them that can be sold again.
    #[garde(range(min = 0, max = 999))]
    #[schema(minimum = 0, maximum = 999)]
    resellable: i32,
}

/// What came back.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ReceiveReturn {
    /// What was counted.
    #[garde(length(min = 1, max = LINES_MAX), dive)]
    lines: Vec<ReceivedLine>,
    /// Where it lies now; the first location if not given.
    #[garde(skip)]
    #[serde(default)]
    location_id: Option<LocationId>,
    /// Whether the money of what came goes back; true if not given.
    #[garde(skip)]
    #[serde(default = "yes")]
    refund: bool,
    /// Whether what was paid for shipping goes back as well; false if not given.
    #[garde(skip)]
    #[serde(default)]
    refund_shipping: bool,
    /// Whether what was wanted instead is sent; true if not given. If not, its money goes back.
    #[garde(skip)]
    #[serde(default = "yes")]
    exchange: bool,
}

/// Opens a return for the shopper
///
/// It is approved at once; the time for returns does not matter. Needs the permission `returns.approve`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns", operation_id = "createAdminReturn", tag = "orders, staff",
    security(("bearer" = [])), request_body = NewReturnRequest,
    params(("id" = OrderId, Path, description = "The order"), ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`units_not_returnable` {lines}, `exchange_unavailable` {line_id}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn create_admin_return(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<ReturnsApprove>,
    Path(order_id): Path<OrderId>,
    writing: Writing,
    Json(body): Json<NewReturnRequest>,
) -> Result<Response, Error> {
    let act = body.into_act()?;
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &act).await
}

/// Approves a return
///
/// Needs the permission `returns.approve`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return_id}/approve", operation_id = "approveReturn", tag = "orders, staff",
    security(("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"), ("return_id" = ReturnId, Path, description = "The return"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn approve_return(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<ReturnsApprove>,
    Path((order_id, return_id)): Path<(OrderId, ReturnId)>,
    writing: Writing,
) -> Result<Response, Error> {
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &Approve(return_id)).await
}

/// Rejects a return
///
/// The shopper reads the reason. Needs the permission `returns.approve`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return_id}/reject", operation_id = "rejectReturn", tag = "orders, staff",
    security(("bearer" = [])), request_body = Reason,
    params(("id" = OrderId, Path, description = "The order"), ("return_id" = ReturnId, Path, description = "The return"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn reject_return(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<ReturnsApprove>,
    Path((order_id, return_id)): Path<(OrderId, ReturnId)>,
    writing: Writing,
    Json(body): Json<Reason>,
) -> Result<Response, Error> {
    let act = Reject {
        return_id,
        reason: body.reason,
    };
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &act).await
}

/// Books goods that came back
///
/// Only counted units are refunded, only resellable ones go back on the shelf. Needs the permission `returns.receive`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return_id}/receive", operation_id = "receiveReturn", tag = "orders, staff",
    security(("bearer" = [])), request_body = ReceiveReturn,
    params(("id" = OrderId, Path, description = "The order"), ("return_id" = ReturnId, Path, description = "The return"),
        ("If-Match" = String, Header, description = "The order's ETag"), ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}, `units_not_expected` {lines}, `out_of_stock` {items}, `exchange_unavailable` {line_id}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn receive_return(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<ReturnsReceive>,
    Path((order_id, return_id)): Path<(OrderId, ReturnId)>,
    writing: Writing,
    key: IdempotencyKey,
    Json(body): Json<ReceiveReturn>,
) -> Result<Response, Error> {
    let ask = writing.staff_once(staff, order_id, key, &body)?;
    distinct(body.lines.iter().map(|line| Units {
        line_id: line.line_id,
        quantity: line.received,
    }))?;
    let counted = |line: ReceivedLine| Counted {
        line_id: line.line_id,
        received: line.received,
        resellable: line.resellable,
    };
    let act = Receive {
        return_id,
        lines: body.lines.into_iter().map(counted).collect(),
        location_id: body.location_id,
        refund: body.refund,
        refund_shipping: body.refund_shipping,
        exchange: body.exchange,
    };
    answer(&state, &ask, &act).await
}

/// Gives a return up before anything was sent
///
/// Needs the permission `returns.approve`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return_id}/cancel", operation_id = "cancelAdminReturn", tag = "orders, staff",
    security(("bearer" = [])), request_body = Reason,
    params(("id" = OrderId, Path, description = "The order"), ("return_id" = ReturnId, Path, description = "The return"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn cancel_admin_return(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<ReturnsApprove>,
    Path((order_id, return_id)): Path<(OrderId, ReturnId)>,
    writing: Writing,
    Json(body): Json<Reason>,
) -> Result<Response, Error> {
    let act = CancelReturn {
        return_id,
        reason: Some(body.reason),
    };
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &act).await
}

/// Closes a return
///
/// What did not come is not expected any more. Needs the permission `returns.approve`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return_id}/close", operation_id = "closeReturn", tag = "orders, staff",
    security(("bearer" = [])), request_body = MaybeReason,
    params(("id" = OrderId, Path, description = "The order"), ("return_id" = ReturnId, Path, description = "The return"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn close_return(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<ReturnsApprove>,
    Path((order_id, return_id)): Path<(OrderId, ReturnId)>,
    writing: Writing,
    Json(body): Json<MaybeReason>,
) -> Result<Response, Error> {
    let act = Close {
        return_id,
        reason: body.reason,
    };
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &act).await
}
