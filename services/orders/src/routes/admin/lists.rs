//! `/admin/returns` and `/admin/refunds`: what there is to do, over all orders.

use axum::extract::State;
use common::access::Permitted;
use common::extract::{Json, Query, page};
use jiff::Timestamp;
use kernel::{Cursor, Page};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::domain::actions;
use crate::domain::admin::{RefundSummary, ReturnSummary};
use crate::domain::present_parts::{refund_view, return_view};
use crate::domain::states::{RefundState, ReturnState};
use crate::error::Error;
use crate::routes::permission::OrdersRead;
use crate::routes::refusals::StaffList;
use crate::state::AppState;
use crate::store::lists;
use crate::store::orders::After;

/// Which returns.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ListReturns {
    /// In this state.
    state: Option<ReturnState>,
    /// Returns per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which refunds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ListRefunds {
    /// In this state.
    state: Option<RefundState>,
    /// Refunds per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

fn after(cursor: Option<&str>) -> Result<Option<After>, Error> {
    let after: Option<(Timestamp, Uuid)> = cursor.map(Cursor::decode).transpose()?;
    Ok(after)
}

/// Lists returns, newest first
///
/// Needs the permission `orders.read`.
#[utoipa::path(get, path = "/api/v1/admin/returns", operation_id = "listReturns", tag = "orders, staff",
    security(("bearer" = [])), params(ListReturns),
    responses((status = 200, description = "A page of returns", body = Page<ReturnSummary>), StaffList))]
pub(in crate::routes) async fn list_returns(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRead>,
    Query(query): Query<ListReturns>,
) -> Result<Json<Page<ReturnSummary>>, Error> {
    let (size, cursor) = page(query.limit, query.cursor.as_deref())?;
    let after = after(cursor)?;
    let mut conn = state.db.write().await?;
    let rows = lists::list_returns(&mut conn, query.state, after, size.overfetch()).await?;
    let page = Page::from_overfetch(rows, size, |row| (row.created_at, row.id));
    Ok(Json(page.map(|row| ReturnSummary {
        order_id: row.order_id,
        order_number: row.order_number,
        email: row.email,
        item: return_view(&row.item, actions::of_return(&row.item, &staff)),
    })))
}

/// Lists refunds, newest first
///
/// Needs the permission `orders.read`.
#[utoipa::path(get, path = "/api/v1/admin/refunds", operation_id = "listRefunds", tag = "orders, staff",
    security(("bearer" = [])), params(ListRefunds),
    responses((status = 200, description = "A page of refunds", body = Page<RefundSummary>), StaffList))]
pub(in crate::routes) async fn list_refunds(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersRead>,
    Query(query): Query<ListRefunds>,
) -> Result<Json<Page<RefundSummary>>, Error> {
    let (size, cursor) = page(query.limit, query.cursor.as_deref())?;
    let after = after(cursor)?;
    let mut conn = state.db.write().await?;
    let rows = lists::list_refunds(&mut conn, query.state, after, size.overfetch()).await?;
    let page = Page::from_overfetch(rows, size, |row| (row.created_at, row.id));
    let Page { items, next_cursor } = page;
    let items = items
        .into_iter()
        .map(|row| {
            Ok(RefundSummary {
                order_id: row.order_id,
                order_number: row.order_number,
                email: row.email,
                item: refund_view(&row.item, row.currency, &staff)?,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Json(Page { items, next_cursor }))
}
