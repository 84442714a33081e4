//! Orders of customers and guests.

use axum::extract::State;
use axum::response::Response;
use common::access::{CurrentUser, MaybeUser};
use common::extract::{Json, PageQuery, Path, Query};
use common::{Problem, etag};
use http::HeaderMap;
use kernel::{OrderId, Page};

use super::paging;
use crate::domain::view::{Order, OrderSummary};
use crate::error::Error;
use crate::state::AppState;
use crate::store;

/// Header that carries a guest's order token.
const ORDER_TOKEN: &str = "order-token";
/// Answers about a person are nobody else's to keep.
pub(super) const PRIVATE: &str = "private, no-store";

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
#[utoipa::path(get, path = "/api/v1/orders/{id}", operation_id = "getOrder", tag = "orders",
    security((), ("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"),
        ("Order-Token" = Option<String>, Header, description = "A guest's proof, from checkout or a message")),
    responses(
        (status = 200, description = "The order", body = Order),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
        (status = 401, description = "The bearer token is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing, or not the caller's", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_order(
    State(state): State<AppState>,
    Path(order_id): Path<OrderId>,
    MaybeUser(user): MaybeUser,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let token = headers
        .get(ORDER_TOKEN)
        .and_then(|value| value.to_str().ok());
    let opened = token.and_then(|token| state.token_key.verify(token, state.clock.now()));
    let customer_id = if opened == Some(order_id) {
        None
    } else {
        Some(user.ok_or(Error::NotFound)?.user_id)
    };
    let mut conn = state.db.write().await?;
    let found = store::orders::find_order(&mut conn, order_id, customer_id).await?;
    let order = found.ok_or(Error::NotFound)?;
    Ok(etag::versioned(&headers, order.version, PRIVATE, &order))
}
