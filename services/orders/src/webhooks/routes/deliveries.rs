//! The log of deliveries.

use axum::extract::State;
use common::Problem;
use common::access::Permitted;
use common::extract::{Json, Path, Query, page};
use jiff::Timestamp;
use kernel::{Cursor, DeliveryId, EndpointId, OrderId, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use super::WebhooksWrite;
use super::endpoints::found;
use crate::webhooks::Webhooks;
use crate::webhooks::error::Error;
use crate::webhooks::store::deliveries::Filter;
use crate::webhooks::store::{attempts, deliveries};
use crate::webhooks::view::{Delivery, DeliveryDetail, DeliveryState};

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListDeliveries {
    /// In this state.
    state: Option<DeliveryState>,
    /// Of this kind of event.
    kind: Option<String>,
    /// Of this order.
    order_id: Option<OrderId>,
    /// Deliveries per page, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Lists the deliveries of a webhook endpoint, newest first
///
/// Needs the permission `webhooks.write`.
#[utoipa::path(get, path = "/api/v1/admin/webhook-endpoints/{id}/deliveries", operation_id = "listWebhookDeliveries", tag = "webhooks, staff",
    security(("bearer" = [])), params(("id" = EndpointId, Path, description = "The endpoint"), ListDeliveries),
    responses(
        (status = 200, description = "A page of deliveries", body = Page<Delivery>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_webhook_deliveries(
    State(webhooks): State<Webhooks>,
    _: Permitted<WebhooksWrite>,
    Path(id): Path<EndpointId>,
    Query(query): Query<ListDeliveries>,
) -> Result<Json<Page<Delivery>>, Error> {
    let (size, cursor) = page(query.limit, query.cursor.as_deref())?;
    let after = cursor
        .map(Cursor::decode::<(Timestamp, DeliveryId)>)
        .transpose()?;
    let after = after.map(|(at, id)| (at, id.uuid()));
    let filter = Filter {
        state: query.state,
        kind: query.kind.filter(|kind| !kind.contains('\0')),
        order_id: query.order_id,
    };
    let mut conn = webhooks.db.write().await?;
    found(&mut conn, id).await?;
    let rows = deliveries::list(&mut conn, id, &filter, after, size.overfetch()).await?;
    Ok(Json(Page::from_overfetch(rows, size, |row| {
        (row.created_at, row.id)
    })))
}

/// Shows a delivery with what was sent and each attempt
///
/// Needs the permission `webhooks.write`.
#[utoipa::path(get, path = "/api/v1/admin/webhook-endpoints/{id}/deliveries/{delivery_id}", operation_id = "getWebhookDelivery", tag = "webhooks, staff",
    security(("bearer" = [])),
    params(("id" = EndpointId, Path, description = "The endpoint"), ("delivery_id" = DeliveryId, Path, description = "The delivery")),
    responses(
        (status = 200, description = "The delivery", body = DeliveryDetail),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_webhook_delivery(
    State(webhooks): State<Webhooks>,
    _: Permitted<WebhooksWrite>,
    Path((id, delivery_id)): Path<(EndpointId, DeliveryId)>,
) -> Result<Json<DeliveryDetail>, Error> {
    let mut conn = webhooks.db.write().await?;
    let known = deliveries::find(&mut conn, id, delivery_id).await?;
    let (delivery, data) = known.ok_or(Error::NotFound)?;
    let log = attempts::list(&mut conn, delivery_id).await?;
    Ok(Json(DeliveryDetail {
        delivery,
        data,
        log,
    }))
}
