//! Tests, and deliveries that begin anew.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::Problem;
use common::access::Permitted;
use common::audit::Entry;
use common::extract::{IdempotencyKey, Json, Path, RequestMeta};
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kernel::{DeliveryId, EndpointId, EventId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::WebhooksWrite;
use super::endpoints::{AUDIT, found};
use super::once::Once;
use crate::webhooks::error::Error;
use crate::webhooks::store::events::NewEvent;
use crate::webhooks::store::{attempts, deliveries, endpoints, events};
use crate::webhooks::view::{Delivery, DeliveryDetail, EndpointState, Redelivery};
use crate::webhooks::{Webhooks, dispatcher, kinds, message};

/// What to deliver again.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookRedeliveryRequest)]
pub(super) struct RedeliverSince {
    /// Events that happened at this time or later.
    #[garde(skip)]
    since: Timestamp,
    /// Those that the endpoint took already, too.
    #[garde(skip)]
    #[serde(default)]
    include_delivered: bool,
}

/// Sends a test to a webhook endpoint and waits for its answer
///
/// The message is of the kind `webhook.ping` and is tried once. Works for disabled endpoints too. Needs the permission
/// `webhooks.write`.
#[utoipa::path(post, path = "/api/v1/admin/webhook-endpoints/{id}/ping", operation_id = "pingWebhookEndpoint", tag = "webhooks, staff",
    security(("bearer" = [])),
    params(("id" = EndpointId, Path, description = "The endpoint"),
           ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each attempt")),
    responses(
        (status = 200, description = "What came of it: `delivered` or `dead`", body = DeliveryDetail),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`request_in_progress`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn ping_webhook_endpoint(
    State(webhooks): State<Webhooks>,
    Permitted(staff, _): Permitted<WebhooksWrite>,
    Path(id): Path<EndpointId>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
) -> Result<Response, Error> {
    let once = Once::new(&staff, "webhook_endpoint.ping", &id, key, &())?;
    let now = webhooks.clock.now();
    let mut tx = webhooks.db.begin().await?;
    found(&mut tx, id).await?;
    if let Some(answered) = once.begin(&mut tx, now).await? {
        return Ok(answered);
    }
    let data = message::ping();
    let event = NewEvent {
        id: EventId::generate(),
        place: None,
        kind: kinds::PING,
        data: &data,
        occurred_at: now,
    };
    events::insert(&mut tx, &event, now).await?;
    let delivery_id = DeliveryId::generate();
    let lease = dispatcher::lease(now);
    deliveries::insert_one(&mut tx, delivery_id, id, event.id, lease, now).await?;
    let claimed = attempts::claim_one(&mut tx, delivery_id, lease).await?;
    let claimed = claimed.ok_or(Error::NotFound)?;
    let entry = Entry::new(&staff, "webhook_endpoint.ping", "webhook_endpoint", id)
        .at(now)
        .after(json!({"delivery_id": delivery_id}))
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;

    let outcome = dispatcher::attempt(&webhooks, &claimed).await?;
    dispatcher::settle(&webhooks, &claimed, &outcome).await?;
    let mut tx = webhooks.db.begin().await?;
    let known = deliveries::find(&mut tx, id, delivery_id).await?;
    let (delivery, data) = known.ok_or(Error::NotFound)?;
    let log = attempts::list(&mut tx, delivery_id).await?;
    let answer = DeliveryDetail {
        delivery,
        data,
        log,
    };
    once.finish(&mut tx, StatusCode::OK, &answer).await?;
    tx.commit().await?;
    Ok(Json(answer).into_response())
}

/// Begins a delivery anew
///
/// Works for what was delivered, given up or waits for another try. Later events of the same order wait for it. Needs the
/// permission `webhooks.write`.
#[utoipa::path(post, path = "/api/v1/admin/webhook-endpoints/{id}/deliveries/{delivery_id}/redeliver", operation_id = "redeliverWebhookDelivery", tag = "webhooks, staff",
    security(("bearer" = [])),
    params(("id" = EndpointId, Path, description = "The endpoint"), ("delivery_id" = DeliveryId, Path, description = "The delivery"),
           ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each attempt")),
    responses(
        (status = 202, description = "It is on its way", body = Delivery),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`webhook_endpoint_disabled`, `webhook_delivery_waiting`, `request_in_progress`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn redeliver_webhook_delivery(
    State(webhooks): State<Webhooks>,
    Permitted(staff, _): Permitted<WebhooksWrite>,
    Path((id, delivery_id)): Path<(EndpointId, DeliveryId)>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
) -> Result<Response, Error> {
    let once = Once::new(&staff, "webhook_delivery.redeliver", &delivery_id, key, &())?;
    let now = webhooks.clock.now();
    let mut tx = webhooks.db.begin().await?;
    let known = deliveries::find(&mut tx, id, delivery_id).await?;
    let (before, _) = known.ok_or(Error::NotFound)?;
    if let Some(answered) = once.begin(&mut tx, now).await? {
        return Ok(answered);
    }
    active(&mut tx, id).await?;
    if !deliveries::update_begun_anew(&mut tx, delivery_id, now).await? {
        return Err(Error::Waiting);
    }
    let known = deliveries::find(&mut tx, id, delivery_id).await?;
    let (delivery, _) = known.ok_or(Error::NotFound)?;
    let entry = Entry::new(
        &staff,
        "webhook_delivery.redeliver",
        "webhook_delivery",
        delivery_id,
    )
    .at(now)
    .before(json!({"state": before.state}))
    .after(json!({"state": delivery.state}))
    .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    once.finish(&mut tx, StatusCode::ACCEPTED, &delivery)
        .await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(delivery)).into_response())
}

/// Delivers again what happened since a time
///
/// Plans every event that the endpoint wants and did not take: those that were given up, those that wait for another try,
/// and those that happened while it was disabled or did not exist yet. Events are kept for 30 days unless the shop's
/// settings say otherwise, and only while there is an endpoint. Needs the permission `webhooks.write`.
#[utoipa::path(post, path = "/api/v1/admin/webhook-endpoints/{id}/redeliver", operation_id = "redeliverWebhookEvents", tag = "webhooks, staff",
    security(("bearer" = [])), request_body = RedeliverSince,
    params(("id" = EndpointId, Path, description = "The endpoint"),
           ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each attempt")),
    responses(
        (status = 202, description = "How many deliveries were planned", body = Redelivery),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`webhook_endpoint_disabled`, `request_in_progress`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn redeliver_webhook_events(
    State(webhooks): State<Webhooks>,
    Permitted(staff, _): Permitted<WebhooksWrite>,
    Path(id): Path<EndpointId>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
    Json(request): Json<RedeliverSince>,
) -> Result<Response, Error> {
    let once = Once::new(&staff, "webhook_endpoint.redeliver", &id, key, &request)?;
    let now = webhooks.clock.now();
    let mut tx = webhooks.db.begin().await?;
    found(&mut tx, id).await?;
    if let Some(answered) = once.begin(&mut tx, now).await? {
        return Ok(answered);
    }
    active(&mut tx, id).await?;
    let delivered = request.include_delivered;
    let planned = deliveries::upsert_since(&mut tx, id, request.since, delivered, now).await?;
    let answer = Redelivery { planned };
    let entry = Entry::new(&staff, "webhook_endpoint.redeliver", "webhook_endpoint", id)
        .at(now)
        .after(json!({"since": request.since, "include_delivered": delivered, "planned": planned}))
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    once.finish(&mut tx, StatusCode::ACCEPTED, &answer).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// Locks the endpoint; 409 if nothing is sent to it.
async fn active(conn: &mut PgConnection, id: EndpointId) -> Result<(), Error> {
    endpoints::find_version_for_update(conn, id).await?;
    let endpoint = found(conn, id).await?;
    match endpoint.state {
        EndpointState::Active => Ok(()),
        EndpointState::Disabled => Err(Error::Disabled),
    }
}
