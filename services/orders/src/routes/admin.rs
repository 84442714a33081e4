//! Orders as staff see them.

use axum::extract::State;
use axum::response::Response;
use common::access::Staff;
use common::extract::{Json, Path, Query, page};
use common::{Problem, etag};
use contract_orders::OrderState;
use http::HeaderMap;
use kernel::{OrderId, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use super::orders::PRIVATE;
use super::paging;
use crate::domain::view::{Order, OrderSummary};
use crate::error::Error;
use crate::state::AppState;
use crate::store;
use crate::store::orders::Filter;

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListAdminOrders {
    /// In this state.
    state: Option<OrderState>,
    /// With exactly this number or e-mail address.
    q: Option<String>,
    /// Orders per page, 1 to 100.
    limit: Option<i64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Lists all orders, newest first
#[utoipa::path(get, path = "/api/v1/admin/orders", operation_id = "listAdminOrders", tag = "orders, staff",
    security(("bearer" = [])), params(ListAdminOrders),
    responses(
        (status = 200, description = "A page of orders", body = Page<OrderSummary>),
        (status = 400, description = "A parameter or the cursor cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not staff", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_admin_orders(
    State(state): State<AppState>,
    _: Staff,
    Query(query): Query<ListAdminOrders>,
) -> Result<Json<Page<OrderSummary>>, Error> {
    let (size, cursor) = page(query.limit, query.cursor.as_deref())?;
    let after = paging::after(cursor)?;
    let text = query
        .q
        .map(|q| q.trim().to_owned())
        .filter(|q| !q.is_empty());
    let filter = Filter {
        state: query.state,
        text,
    };
    let mut conn = state.db.read().await?;
    let rows = store::orders::list_orders(&mut conn, &filter, after, size.overfetch()).await?;
    Ok(Json(paging::page(rows, size)))
}

/// Shows any order
#[utoipa::path(get, path = "/api/v1/admin/orders/{id}", operation_id = "getAdminOrder", tag = "orders, staff",
    security(("bearer" = [])), params(("id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The order", body = Order),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not staff", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_admin_order(
    State(state): State<AppState>,
    _: Staff,
    Path(order_id): Path<OrderId>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut conn = state.db.write().await?;
    let found = store::orders::find_order(&mut conn, order_id, None).await?;
    let order = found.ok_or(Error::NotFound)?;
    Ok(etag::versioned(&headers, order.version, PRIVATE, &order))
}
