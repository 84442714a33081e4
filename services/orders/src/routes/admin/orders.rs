//! `/admin/orders`: reading, holding, cancelling, taking the payment.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::access::Permitted;
use common::etag;
use common::extract::{IdempotencyKey, Json, Path, Query, page};
use contract_orders::OrderState;
use garde::Validate;
use http::HeaderMap;
use jiff::Timestamp;
use kernel::{Money, OrderId, Page, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{LineUnits, MaybeReason, Reason};
use crate::domain::admin::{AdminOrder, AttentionCounts};
use crate::domain::allowed::distinct;
use crate::domain::attention::{Attention, FulfilmentAxis, PaymentAxis};
use crate::domain::record::Units;
use crate::domain::refusal::Refusal;
use crate::domain::view::OrderSummary;
use crate::error::Error;
use crate::ops::cancel::Cancel;
use crate::ops::capture::Capture;
use crate::ops::hold::{Hold, Release};
use crate::routes::permission::{OrdersCancel, OrdersHold, OrdersRead, PaymentsCapture};
use crate::routes::refusals::{StaffList, StaffRead, StaffWrite};
use crate::routes::writing::{Writing, answer};
use crate::routes::{PRIVATE, paging};
use crate::state::AppState;
use crate::store;
use crate::store::orders::Filter;

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ListAdminOrders {
    /// In this state.
    state: Option<OrderState>,
    /// With their payment there.
    #[param(inline)]
    payment_state: Option<PaymentAxis>,
    /// With their delivery there.
    #[param(inline)]
    fulfilment_state: Option<FulfilmentAxis>,
    /// That wait for staff for this reason.
    #[param(inline)]
    attention: Option<Attention>,
    /// With exactly this number or e-mail address.
    #[param(max_length = 320)]
    q: Option<String>,
    /// Begun at this time or later, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Begun before this time, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Of this customer.
    customer_id: Option<UserId>,
    /// Orders per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists all orders, newest first
///
/// Needs the permission `orders.read`.
#[utoipa::path(get, path = "/api/v1/admin/orders", operation_id = "listAdminOrders", tag = "orders, staff",
    security(("bearer" = [])), params(ListAdminOrders),
    responses((status = 200, description = "A page of orders", body = Page<OrderSummary>), StaffList))]
pub(in crate::routes) async fn list_admin_orders(
    State(state): State<AppState>,
    _: Permitted<OrdersRead>,
    Query(query): Query<ListAdminOrders>,
) -> Result<Json<Page<OrderSummary>>, Error> {
    let (size, cursor) = page(query.limit, query.cursor.as_deref())?;
    let after = paging::after(cursor)?;
    let text = query
        .q
        .map(|q| q.trim().to_owned())
        .filter(|q| !q.is_empty());
    if text
        .as_ref()
        .is_some_and(|text| text.contains('\0') || text.chars().count() > 320)
    {
        return Err(
            Problem::bad_request("invalid_query", "A parameter of the query is wrong")
                .detail("q: at most 320 characters")
                .with("parameter", "q")
                .into(),
        );
    }
    let filter = Filter {
        state: query.state,
        payment_state: query.payment_state.map(PaymentAxis::as_str),
        fulfilment_state: query.fulfilment_state.map(FulfilmentAxis::as_str),
        text,
        from: query.from,
        to: query.to,
        customer_id: query.customer_id,
        attention: query.attention,
    };
    // The primary: staff look here right after they did something.
    let mut conn = state.db.write().await?;
    let rows = store::orders::list_orders(&mut conn, &filter, after, size.overfetch()).await?;
    Ok(Json(paging::page(rows, size)))
}

/// Counts the orders that wait for staff
///
/// By reason; `attention` of the list shows them. Needs the permission `orders.read`.
#[utoipa::path(get, path = "/api/v1/admin/orders/attention", operation_id = "countOrdersAttention", tag = "orders, staff",
    security(("bearer" = [])), responses((status = 200, description = "How many, by reason", body = AttentionCounts), StaffList))]
pub(in crate::routes) async fn count_orders_attention(
    State(state): State<AppState>,
    _: Permitted<OrdersRead>,
) -> Result<Json<AttentionCounts>, Error> {
    let mut conn = state.db.write().await?;
    Ok(Json(store::lists::count_attention(&mut conn).await?))
}

/// Shows any order
///
/// With payments, units, notes and what the reader may do now. Needs the permission `orders.read`.
#[utoipa::path(get, path = "/api/v1/admin/orders/{id}", operation_id = "getAdminOrder", tag = "orders, staff",
    security(("bearer" = [])), params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))), StaffRead))]
pub(in crate::routes) async fn get_admin_order(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRead>,
    Path(order_id): Path<OrderId>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    // One snapshot for the order and its payments.
    let mut tx = state.db.begin().await?;
    let found = store::record::find_record(&mut tx, order_id, None).await?;
    let order = found.ok_or(Error::NotFound)?;
    let payments = contract_checkout::order_payments(&mut tx, order_id).await?;
    tx.commit().await?;
    let view = order.admin_view(&payments, &staff)?;
    Ok(etag::versioned(&headers, view.version, PRIVATE, &view))
}

/// Holds an order back
///
/// Nothing of it is shipped until it is released. Needs the permission `orders.hold`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/hold", operation_id = "holdOrder", tag = "orders, staff",
    security(("bearer" = [])), request_body = Reason,
    params(("id" = OrderId, Path, description = "The order"), ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`order_state_conflict` {state}, `order_shipped`", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn hold_order(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersHold>,
    Path(order_id): Path<OrderId>,
    writing: Writing,
    Json(body): Json<Reason>,
) -> Result<Response, Error> {
    let ask = writing.staff(staff, order_id)?;
    answer(
        &state,
        &ask,
        &Hold {
            reason: body.reason,
        },
    )
    .await
}

/// Lets an order go on
///
/// Needs the permission `orders.hold`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/release", operation_id = "releaseOrder", tag = "orders, staff",
    security(("bearer" = [])), request_body = MaybeReason,
    params(("id" = OrderId, Path, description = "The order"), ("If-Match" = String, Header, description = "The order's ETag")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`order_state_conflict` {state}", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn release_order(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersHold>,
    Path(order_id): Path<OrderId>,
    writing: Writing,
    Json(body): Json<MaybeReason>,
) -> Result<Response, Error> {
    let ask = writing.staff(staff, order_id)?;
    answer(
        &state,
        &ask,
        &Release {
            reason: body.reason,
        },
    )
    .await
}

/// What to cancel.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct CancelOrder {
    /// 1 to 2,000 characters.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// Units that are not shipped yet; the whole order if not given.
    #[garde(dive)]
    #[serde(default)]
    lines: Option<Vec<LineUnits>>,
    /// Whether what was paid for shipping goes back as well; if not given, only with the whole order.
    #[garde(skip)]
    #[serde(default)]
    refund_shipping: Option<bool>,
    /// Whether the coupon may be used again, where the whole order is cancelled; true if not given.
    #[garde(skip)]
    #[serde(default = "yes")]
    return_coupon: bool,
}

pub(super) const fn yes() -> bool {
    true
}

/// Cancels an order, or units of it that are not shipped yet
///
/// What is only authorised is let go, what was taken goes back, stock is free again. Needs the permission `orders.cancel`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/cancel", operation_id = "cancelAdminOrder", tag = "orders, staff",
    security(("bearer" = [])), request_body = CancelOrder,
    params(("id" = OrderId, Path, description = "The order"), ("If-Match" = String, Header, description = "The order's ETag"),
        ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`order_state_conflict` {state}, `order_shipped`, `units_not_cancellable` {lines}, `capture_in_progress` (Retry-After)", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn cancel_admin_order(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersCancel>,
    Path(order_id): Path<OrderId>,
    writing: Writing,
    key: IdempotencyKey,
    Json(body): Json<CancelOrder>,
) -> Result<Response, Error> {
    let ask = writing.staff_once(staff, order_id, key, &body)?;
    if body.lines.as_ref().is_some_and(Vec::is_empty) {
        return Err(Refusal::field("/lines", "at least one line, or none named at all").into());
    }
    let lines = body
        .lines
        .map(|lines| distinct(lines.into_iter().map(Units::from)))
        .transpose()?;
    let act = Cancel {
        lines,
        reason: Some(body.reason),
        refund_shipping: body.refund_shipping,
        return_coupon: body.return_coupon,
    };
    answer(&state, &ask, &act).await
}

/// What to take.
#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct CaptureOrder {
    /// How much; all that is authorised and not cancelled if not given. What is left is let go for good.
    #[garde(skip)]
    #[serde(default)]
    amount: Option<Money>,
}

/// Takes an authorised payment
///
/// Asked for here and carried out right after. Needs the permission `payments.capture`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/capture", operation_id = "captureOrder", tag = "orders, staff",
    security(("bearer" = [])), request_body = CaptureOrder,
    params(("id" = OrderId, Path, description = "The order"), ("If-Match" = String, Header, description = "The order's ETag"),
        ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))),
        (status = 409, description = "`order_state_conflict` {state}, `nothing_to_capture`, `capture_exceeds_authorized` {most}, `capture_in_progress` (Retry-After)", body = Problem, content_type = "application/problem+json"), StaffWrite))]
pub(in crate::routes) async fn capture_order(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<PaymentsCapture>,
    Path(order_id): Path<OrderId>,
    writing: Writing,
    key: IdempotencyKey,
    Json(body): Json<CaptureOrder>,
) -> Result<Response, Error> {
    let ask = writing.staff_once(staff, order_id, key, &body)?;
    answer(
        &state,
        &ask,
        &Capture {
            amount: body.amount,
        },
    )
    .await
}
