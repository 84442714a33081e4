//! `/admin/orders/{id}/refunds`.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::access::Permitted;
use common::extract::{IdempotencyKey, Json, Path};
use contract_checkout::RefundDestination;
use garde::Validate;
use kernel::{Money, OrderId, OrderLineId, RefundId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LINES_MAX, Reason};
use crate::domain::admin::AdminOrder;
use crate::domain::refund::Asked;
use crate::error::Error;
use crate::ops::decide_refund::{Abandon, Approve, Deny, Retry};
use crate::ops::refund::OpenRefund;
use crate::routes::permission::{OrdersRefund, OrdersRefundApprove};
use crate::routes::refusals::StaffWrite;
use crate::routes::writing::{Writing, answer};
use crate::state::AppState;

/// What goes back of a line: units, an amount, or units with an amount in place of their share.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct NewRefundLine {
    /// The line.
    #[garde(skip)]
    line_id: OrderLineId,
    /// Units.
    #[garde(inner(range(min = 1, max = 999)))]
    #[schema(minimum = 1, maximum = 999)]
    #[serde(default)]
    quantity: Option<i32>,
    /// An amount in place of the units' share.
    #[garde(skip)]
    #[serde(default)]
    amount: Option<Money>,
}

/// What goes back.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct NewRefund {
    /// Of lines.
    #[garde(length(max = LINES_MAX), dive)]
    #[serde(default)]
    lines: Vec<NewRefundLine>,
    /// Of what was paid for shipping, tax in it.
    #[garde(skip)]
    #[serde(default)]
    shipping: Option<Money>,
    /// Beyond lines and shipping; needs the permission `orders.refund.goodwill`.
    #[garde(skip)]
    #[serde(default)]
    goodwill: Option<Money>,
    /// Where it goes; back to what paid if not given.
    #[garde(skip)]
    #[serde(default = "original")]
    destination: RefundDestination,
    /// 1 to 2,000 characters.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

const fn original() -> RefundDestination {
    RefundDestination::Original
}

/// Gives money back
///
/// Above a limit a second person has to approve it. Needs the permission `orders.refund`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/refunds", operation_id = "createRefund", tag = "orders, staff",
    security(("bearer" = [])), request_body = NewRefund,
    params(("id" = OrderId, Path, description = "The order"), ("If-Match" = String, Header, description = "The order's ETag"),
        ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`units_not_refundable` {lines}, `refund_exceeds_line` {line_id, left}, `refund_exceeds_paid` {left}, `nothing_to_refund`, `store_credit_unavailable`", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn create_refund(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRefund>,
    Path(order_id): Path<OrderId>,
    writing: Writing,
    key: IdempotencyKey,
    Json(body): Json<NewRefund>,
) -> Result<Response, Error> {
    let ask = writing.staff_once(staff, order_id, key, &body)?;
    let asked = |line: NewRefundLine| Asked {
        line_id: line.line_id,
        quantity: line.quantity,
        amount: line.amount,
    };
    let act = OpenRefund {
        lines: body.lines.into_iter().map(asked).collect(),
        shipping: body.shipping,
        goodwill: body.goodwill,
        destination: body.destination,
        reason: body.reason,
    };
    answer(&state, &ask, &act).await
}

/// Approves a refund above the limit
///
/// By another person than the one who asked for it. Needs the permission `orders.refund.approve`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/refunds/{refund_id}/approve", operation_id = "approveRefund", tag = "orders, staff",
    security(("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"), ("refund_id" = RefundId, Path, description = "The refund"),
        ("If-Match" = String, Header, description = "The order's ETag"), ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}, `same_person`, `refund_exceeds_paid` {left}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn approve_refund(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRefundApprove>,
    Path((order_id, refund_id)): Path<(OrderId, RefundId)>,
    writing: Writing,
    key: IdempotencyKey,
) -> Result<Response, Error> {
    let ask = writing.staff_once(staff, order_id, key, &())?;
    answer(&state, &ask, &Approve(refund_id)).await
}

/// Denies a refund above the limit
///
/// Needs the permission `orders.refund.approve`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/refunds/{refund_id}/deny", operation_id = "denyRefund", tag = "orders, staff",
    security(("bearer" = [])), request_body = Reason,
    params(("id" = OrderId, Path, description = "The order"), ("refund_id" = RefundId, Path, description = "The refund"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn deny_refund(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRefundApprove>,
    Path((order_id, refund_id)): Path<(OrderId, RefundId)>,
    writing: Writing,
    Json(body): Json<Reason>,
) -> Result<Response, Error> {
    let act = Deny {
        refund_id,
        reason: body.reason,
    };
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &act).await
}

/// Tries a failed refund again
///
/// Needs the permission `orders.refund`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/refunds/{refund_id}/retry", operation_id = "retryRefund", tag = "orders, staff",
    security(("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"), ("refund_id" = RefundId, Path, description = "The refund"),
        ("If-Match" = String, Header, description = "The order's ETag"), ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}, `nothing_to_refund`, `refund_exceeds_paid` {left}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn retry_refund(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRefund>,
    Path((order_id, refund_id)): Path<(OrderId, RefundId)>,
    writing: Writing,
    key: IdempotencyKey,
) -> Result<Response, Error> {
    let ask = writing.staff_once(staff, order_id, key, &())?;
    answer(&state, &ask, &Retry(refund_id)).await
}

/// Gives a failed refund up
///
/// Its units and amounts may be refunded again. Needs the permission `orders.refund`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/refunds/{refund_id}/abandon", operation_id = "abandonRefund", tag = "orders, staff",
    security(("bearer" = [])), request_body = Reason,
    params(("id" = OrderId, Path, description = "The order"), ("refund_id" = RefundId, Path, description = "The refund"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn abandon_refund(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRefund>,
    Path((order_id, refund_id)): Path<(OrderId, RefundId)>,
    writing: Writing,
    Json(body): Json<Reason>,
) -> Result<Response, Error> {
    let act = Abandon {
        refund_id,
        reason: body.reason,
    };
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &act).await
}
