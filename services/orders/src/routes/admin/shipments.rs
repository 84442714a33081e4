//! `/admin/orders/{id}/shipments`.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::access::Permitted;
use common::extract::{IdempotencyKey, Json, Path};
use garde::Validate;
use kernel::{LocationId, OrderId, ShipmentId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LINES_MAX, LineUnits};
use crate::domain::admin::AdminOrder;
use crate::domain::allowed::distinct;
use crate::domain::record::Units;
use crate::error::Error;
use crate::ops::lose_shipment::Lose;
use crate::ops::move_shipment::{CancelShipment, Deliver, Pick};
use crate::ops::plan_shipment::{EditShipment, PlanShipment};
use crate::ops::ship::Ship;
use crate::routes::permission::OrdersFulfil;
use crate::routes::refusals::StaffWrite;
use crate::routes::writing::{Writing, answer};
use crate::state::AppState;
use crate::store::shipments::Tracking;

/// A shipment to be put together.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct NewShipment {
    /// What is in it.
    #[garde(length(min = 1, max = LINES_MAX), dive)]
    lines: Vec<LineUnits>,
    /// Who carries it, 1 to 200 characters.
    #[garde(skip)]
    #[serde(default)]
    carrier: Option<String>,
    /// The carrier's number, 1 to 200 characters.
    #[garde(skip)]
    #[serde(default)]
    tracking_number: Option<String>,
    /// The carrier's page about it: an `https://` address.
    #[garde(skip)]
    #[serde(default)]
    tracking_url: Option<String>,
    /// Whether it leaves now; the payment has to be taken then.
    #[garde(skip)]
    #[serde(default)]
    ship: bool,
    /// Where it leaves from; anywhere if not given.
    #[garde(skip)]
    #[serde(default)]
    location_id: Option<LocationId>,
}

/// How a parcel is followed; what is not given stays.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ShipmentPatch {
    /// Who carries it, 1 to 200 characters.
    #[garde(skip)]
    #[serde(default)]
    carrier: Option<String>,
    /// The carrier's number, 1 to 200 characters.
    #[garde(skip)]
    #[serde(default)]
    tracking_number: Option<String>,
    /// The carrier's page about it: an `https://` address.
    #[garde(skip)]
    #[serde(default)]
    tracking_url: Option<String>,
}

/// How a shipment leaves.
#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ShipShipment {
    /// Where it leaves from; anywhere if not given.
    #[garde(skip)]
    #[serde(default)]
    location_id: Option<LocationId>,
}

/// Puts a shipment together
///
/// The first one asks for an authorised payment. Needs the permission `orders.fulfil`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/shipments", operation_id = "createShipment", tag = "orders, staff",
    security(("bearer" = [])), request_body = NewShipment,
    params(("id" = OrderId, Path, description = "The order"), ("If-Match" = String, Header, description = "The order's ETag"),
        ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`order_state_conflict` {state}, `order_on_hold`, `order_disputed`, `units_not_shippable` {lines}, `payment_not_captured` (Retry-After), `not_on_hand` {items}, `not_allocated` {items}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn create_shipment(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersFulfil>,
    Path(order_id): Path<OrderId>,
    writing: Writing,
    key: IdempotencyKey,
    Json(body): Json<NewShipment>,
) -> Result<Response, Error> {
    let ask = writing.staff_once(staff, order_id, key, &body)?;
    let act = PlanShipment {
        lines: distinct(body.lines.into_iter().map(Units::from))?,
        tracking: Tracking {
            carrier: body.carrier,
            tracking_number: body.tracking_number,
            tracking_url: body.tracking_url,
        },
        ship: body.ship,
        location_id: body.location_id,
    };
    answer(&state, &ask, &act).await
}

/// Corrects how a parcel is followed
///
/// Needs the permission `orders.fulfil`.
#[utoipa::path(patch, path = "/api/v1/admin/orders/{id}/shipments/{shipment_id}", operation_id = "updateShipment", tag = "orders, staff",
    security(("bearer" = [])), request_body = ShipmentPatch,
    params(("id" = OrderId, Path, description = "The order"), ("shipment_id" = ShipmentId, Path, description = "The shipment"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn update_shipment(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersFulfil>,
    Path((order_id, shipment_id)): Path<(OrderId, ShipmentId)>,
    writing: Writing,
    Json(body): Json<ShipmentPatch>,
) -> Result<Response, Error> {
    let tracking = Tracking {
        carrier: body.carrier,
        tracking_number: body.tracking_number,
        tracking_url: body.tracking_url,
    };
    let act = EditShipment {
        shipment_id,
        tracking,
    };
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &act).await
}

/// Says that a shipment is being picked
///
/// Needs the permission `orders.fulfil`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/shipments/{shipment_id}/pick", operation_id = "pickShipment", tag = "orders, staff",
    security(("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"), ("shipment_id" = ShipmentId, Path, description = "The shipment"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}, `order_on_hold`, `order_disputed`", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn pick_shipment(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersFulfil>,
    Path((order_id, shipment_id)): Path<(OrderId, ShipmentId)>,
    writing: Writing,
) -> Result<Response, Error> {
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &Pick(shipment_id)).await
}

/// Hands a shipment to the carrier
///
/// The payment has to be taken. Needs the permission `orders.fulfil`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/shipments/{shipment_id}/ship", operation_id = "shipShipment", tag = "orders, staff",
    security(("bearer" = [])), request_body = ShipShipment,
    params(("id" = OrderId, Path, description = "The order"), ("shipment_id" = ShipmentId, Path, description = "The shipment"),
        ("If-Match" = String, Header, description = "The order's ETag"), ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}, `order_state_conflict` {state}, `order_on_hold`, `order_disputed`, `units_not_shippable` {lines}, `payment_not_captured` (Retry-After), `not_on_hand` {items}, `not_allocated` {items}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn ship_shipment(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersFulfil>,
    Path((order_id, shipment_id)): Path<(OrderId, ShipmentId)>,
    writing: Writing,
    key: IdempotencyKey,
    Json(body): Json<ShipShipment>,
) -> Result<Response, Error> {
    let act = Ship {
        shipment_id,
        location_id: body.location_id,
    };
    let ask = writing.staff_once(staff, order_id, key, &body)?;
    answer(&state, &ask, &act).await
}

/// Says that a shipment arrived
///
/// Needs the permission `orders.fulfil`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/shipments/{shipment_id}/deliver", operation_id = "deliverShipment", tag = "orders, staff",
    security(("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"), ("shipment_id" = ShipmentId, Path, description = "The shipment"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn deliver_shipment(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersFulfil>,
    Path((order_id, shipment_id)): Path<(OrderId, ShipmentId)>,
    writing: Writing,
) -> Result<Response, Error> {
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &Deliver(shipment_id)).await
}

/// Says that a shipment is lost
///
/// Opens a claim for what was in it. Needs the permission `orders.fulfil`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/shipments/{shipment_id}/lose", operation_id = "loseShipment", tag = "orders, staff",
    security(("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"), ("shipment_id" = ShipmentId, Path, description = "The shipment"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}, `units_coming_back`", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn lose_shipment(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersFulfil>,
    Path((order_id, shipment_id)): Path<(OrderId, ShipmentId)>,
    writing: Writing,
) -> Result<Response, Error> {
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &Lose(shipment_id)).await
}

/// Gives a shipment up before it leaves
///
/// Its units can be put on another one, or cancelled. Needs the permission `orders.fulfil`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/shipments/{shipment_id}/cancel", operation_id = "cancelShipment", tag = "orders, staff",
    security(("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"), ("shipment_id" = ShipmentId, Path, description = "The shipment"),
        ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`transition_not_allowed` {object, state, allowed}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn cancel_shipment(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersFulfil>,
    Path((order_id, shipment_id)): Path<(OrderId, ShipmentId)>,
    writing: Writing,
) -> Result<Response, Error> {
    let ask = writing.staff(staff, order_id)?;
    answer(&state, &ask, &CancelShipment(shipment_id)).await
}
