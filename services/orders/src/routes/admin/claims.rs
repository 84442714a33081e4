//! `/admin/orders/{id}/claims`.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::access::Permitted;
use common::extract::{IdempotencyKey, Json, Path};
use contract_auth::permission::ORDERS_FULFIL;
use garde::Validate;
use kernel::{ClaimId, OrderId, ShipmentId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LINES_MAX, LineUnits, Reason};
use crate::domain::admin::AdminOrder;
use crate::domain::allowed::distinct;
use crate::domain::record::Units;
use crate::domain::words::{ClaimKind, Resolution};
use crate::error::Error;
use crate::ops::decide_claim::{Approve, Deny};
use crate::ops::open_claim::OpenClaim;
use crate::routes::permission::{OrdersFulfil, OrdersRefund};
use crate::routes::refusals::StaffWrite;
use crate::routes::writing::{Writing, answer};
use crate::state::AppState;

/// What went wrong.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct NewClaim {
    /// What it is about.
    #[garde(skip)]
    kind: ClaimKind,
    /// The shipment, where it is known.
    #[garde(skip)]
    #[serde(default)]
    shipment_id: Option<ShipmentId>,
    /// Which units.
    #[garde(length(min = 1, max = LINES_MAX), dive)]
    lines: Vec<LineUnits>,
    /// What happened, at most 4,000 characters.
    #[garde(length(chars, max = 4000))]
    #[schema(max_length = 4000)]
    #[serde(default)]
    description: String,
}

/// How a claim is made good.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ApproveClaim {
    /// How.
    #[garde(skip)]
    resolution: Resolution,
    /// 1 to 2,000 characters.
    #[garde(inner(length(chars, min = 1, max = 2000)))]
    #[schema(min_length = 1, max_length = 2000)]
    #[serde(default)]
    reason: Option<String>,
}

/// Opens a claim
///
/// Something is wrong with what was shipped. Needs the permission `orders.fulfil`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/claims", operation_id = "createClaim", tag = "orders, staff",
    security(("bearer" = [])), request_body = NewClaim,
    params(("id" = OrderId, Path, description = "The order"), ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`units_not_claimable` {lines}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn create_claim(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersFulfil>,
    Path(order_id): Path<OrderId>,
    writing: Writing,
    Json(body): Json<NewClaim>,
) -> Result<Response, Error> {
    let act = OpenClaim {
        kind: body.kind,
        shipment_id: body.shipment_id,
        lines: distinct(body.lines.into_iter().map(Units::from))?,
        description: body.description,
    };
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &act).await
}

/// Makes a claim good
///
/// By the money, by sending it again, or both; `orders.fulfil` is needed as well. Needs the permission `orders.refund`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/claims/{claim_id}/approve", operation_id = "approveClaim", tag = "orders, staff",
    security(("bearer" = [])), request_body = ApproveClaim,
    params(("id" = OrderId, Path, description = "The order"), ("claim_id" = ClaimId, Path, description = "The claim"),
        ("If-Match" = String, Header, description = "The order's ETag"), ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}, `nothing_to_refund`, `out_of_stock` {items}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn approve_claim(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRefund>,
    Path((order_id, claim_id)): Path<(OrderId, ClaimId)>,
    writing: Writing,
    key: IdempotencyKey,
    Json(body): Json<ApproveClaim>,
) -> Result<Response, Error> {
    staff.require(ORDERS_FULFIL)?;
    let ask = writing.staff_once(staff, order_id, key, &body)?;
    let act = Approve {
        claim_id,
        resolution: body.resolution,
        reason: body.reason,
    };
    answer(&state, &ask, &act).await
}

/// Does not make a claim good
///
/// `orders.fulfil` is needed as well. Needs the permission `orders.refund`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/claims/{claim_id}/deny", operation_id = "denyClaim", tag = "orders, staff",
    security(("bearer" = [])), request_body = Reason,
    params(("id" = OrderId, Path, description = "The order"), ("claim_id" = ClaimId, Path, description = "The claim"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn deny_claim(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRefund>,
    Path((order_id, claim_id)): Path<(OrderId, ClaimId)>,
    writing: Writing,
    Json(body): Json<Reason>,
) -> Result<Response, Error> {
    staff.require(ORDERS_FULFIL)?;
    let act = Deny {
        claim_id,
        reason: body.reason,
    };
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &act).await
}
