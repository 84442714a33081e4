//! Orders of customers and guests.

use axum::extract::State;
use axum::response::Response;
use common::access::{CurrentUser, MaybeUser};
use common::extract::{IdempotencyKey, Json, PageQuery, Path, Query};
use common::{Problem, etag};
use garde::Validate;
use http::HeaderMap;
use kernel::{OrderId, Page};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::ShopWrite;
use super::writing::{Writing, answer, shopper};
use super::{PRIVATE, paging};
use crate::domain::allowed::allowed;
use crate::domain::view::{Order, OrderSummary};
use crate::error::Error;
use crate::ops::cancel::Cancel;
use crate::state::AppState;
use crate::store;

/// Lists the customer's orders, newest first
#[utoipa::path(get, path = "/api/v1/orders", operation_id = "listOrders", tag = "orders",
    security(("bearer" = [])), params(PageQuery),
    responses(
        (status = 200, description = "A page of orders", body = Page<OrderSummary>),
        (status = 400, description = "A parameter or the cursor cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_orders(
    State(state): State<AppState>,
    user: CurrentUser,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<OrderSummary>>, Error> {
    let (size, cursor) = query.page()?;
    let after = paging::after(cursor)?;
    let mut conn = state.db.write().await?;
    let rows =
        store::orders::list_customer_orders(&mut conn, user.user_id, after, size.overfetch())
            .await?;
    let page = paging::page(rows, size).map(|order| OrderSummary {
        email: None,
        ..order
    });
    Ok(Json(page))
}

/// Shows an order to its customer, or to a guest with its token
///
/// With its parcels, refunds, returns, documents, and what the shopper may do now.
#[utoipa::path(get, path = "/api/v1/orders/{id}", operation_id = "getOrder", tag = "orders",
    security((), ("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"),
        ("Order-Token" = Option<String>, Header, description = "A guest's proof, from checkout or a message")),
    responses(
        (status = 200, description = "The order", body = Order, headers(("ETag" = String))),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
        (status = 401, description = "The bearer token is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing, or not the caller's", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_order(
    State(state): State<AppState>,
    Path(order_id): Path<OrderId>,
    user: MaybeUser,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let by = shopper(&state, order_id, user, &headers)?;
    let customer_id = by.customer_id();
    let mut conn = state.db.write().await?;
    let found = store::record::find_record(&mut conn, order_id, customer_id).await?;
    let order = found.ok_or(Error::NotFound)?;
    let view = order.shop_view(allowed(&order, state.clock.now(), &state.policy))?;
    Ok(etag::versioned(&headers, view.version, PRIVATE, &view))
}

/// Why an order is cancelled.
#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelOwnOrder {
    /// 1 to 2,000 characters.
    #[garde(inner(length(chars, min = 1, max = 2000)))]
    #[schema(min_length = 1, max_length = 2000)]
    #[serde(default)]
    reason: Option<String>,
}

/// Cancels an order
///
/// Until `allowed.cancellable_until` of the order, while nothing of it is being packed. What was paid goes back.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancel", operation_id = "cancelOrder", tag = "orders",
    security((), ("bearer" = [])), request_body = CancelOwnOrder,
    params(("id" = OrderId, Path, description = "The order"),
        ("Order-Token" = Option<String>, Header, description = "A guest's proof, from checkout or a message"),
        ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The order", body = Order, headers(("ETag" = String))),
        (status = 409, description = "`order_not_cancellable`, `capture_in_progress` (Retry-After)", body = Problem, content_type = "application/problem+json"), ShopWrite))]
pub(super) async fn cancel_order(
    State(state): State<AppState>,
    Path(order_id): Path<OrderId>,
    user: MaybeUser,
    headers: HeaderMap,
    writing: Writing,
    key: IdempotencyKey,
    Json(body): Json<CancelOwnOrder>,
) -> Result<Response, Error> {
    let by = shopper(&state, order_id, user, &headers)?;
    let ask = writing.shopper_once(by, order_id, key, &body);
    let act = Cancel {
        lines: None,
        reason: body.reason,
        refund_shipping: None,
        return_coupon: true,
    };
    answer(&state, &ask, &act).await
}
