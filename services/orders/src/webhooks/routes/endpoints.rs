//! Endpoints: made, read, changed, deleted.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::access::Permitted;
use common::audit::{Audit, Entry};
use common::extract::{IdempotencyKey, IfMatch, Json, PageQuery, Path, Query, RequestMeta};
use common::{Problem, etag};
use garde::Validate;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use kernel::{Cursor, EndpointId, Page};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::once::Once;
use super::{PRIVATE, WebhooksWrite};
use crate::webhooks::error::Error;
use crate::webhooks::store::endpoints::{self, Wanted};
use crate::webhooks::target::Refusal;
use crate::webhooks::view::{Endpoint, EndpointState, EndpointWithSecret, EventKind, EventKinds};
use crate::webhooks::{Webhooks, kinds, signature, target};

pub(super) const AUDIT: Audit = Audit::new("orders");

/// A new endpoint.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhookEndpoint)]
pub(super) struct NewEndpoint {
    /// Where messages go: `https://`, a public address, port 443 or one from 1024 on.
    #[garde(length(bytes, max = target::LENGTH_MAX))]
    #[schema(example = "https://erp.example.com/techmart", max_length = 2000)]
    url: String,
    /// What it is for, at most 500 characters.
    #[garde(length(chars, max = 500))]
    #[serde(default)]
    description: String,
    /// Which kinds of events; empty: all.
    #[garde(length(max = 50))]
    #[serde(default)]
    kinds: Vec<String>,
}

/// What to change of an endpoint.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookEndpointPatch)]
pub(super) struct EndpointPatch {
    /// Where messages go.
    #[garde(inner(length(bytes, max = target::LENGTH_MAX)))]
    url: Option<String>,
    /// What it is for, at most 500 characters.
    #[garde(inner(length(chars, max = 500)))]
    description: Option<String>,
    /// Which kinds of events; empty: all.
    #[garde(inner(length(max = 50)))]
    kinds: Option<Vec<String>>,
    /// Whether messages are sent.
    #[garde(skip)]
    state: Option<EndpointState>,
}

/// Lists the kinds of events
///
/// Needs the permission `webhooks.write`.
#[utoipa::path(get, path = "/api/v1/admin/webhook-event-kinds", operation_id = "listWebhookEventKinds", tag = "webhooks, staff",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Every kind", body = EventKinds),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_webhook_event_kinds(_: Permitted<WebhooksWrite>) -> Json<EventKinds> {
    let items = kinds::KINDS.iter().map(|(kind, meaning)| EventKind {
        kind: (*kind).to_owned(),
        meaning: (*meaning).to_owned(),
    });
    Json(EventKinds {
        items: items.collect(),
    })
}

/// Lists webhook endpoints, newest first
///
/// Needs the permission `webhooks.write`.
#[utoipa::path(get, path = "/api/v1/admin/webhook-endpoints", operation_id = "listWebhookEndpoints", tag = "webhooks, staff",
    security(("bearer" = [])), params(PageQuery),
    responses(
        (status = 200, description = "A page of endpoints", body = Page<Endpoint>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_webhook_endpoints(
    State(webhooks): State<Webhooks>,
    _: Permitted<WebhooksWrite>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Endpoint>>, Error> {
    let (size, cursor) = query.page()?;
    let after = cursor
        .map(Cursor::decode::<(Timestamp, EndpointId)>)
        .transpose()?;
    let after = after.map(|(at, id)| (at, id.uuid()));
    let mut conn = webhooks.db.write().await?;
    let rows = endpoints::list(&mut conn, after, size.overfetch()).await?;
    Ok(Json(Page::from_overfetch(rows, size, |row| {
        (row.created_at, row.id)
    })))
}

/// Creates a webhook endpoint
///
/// The answer holds the secret that messages are signed with; it is not shown again. Messages are signed as
/// <https://www.standardwebhooks.com> says. Needs the permission `webhooks.write`.
#[utoipa::path(post, path = "/api/v1/admin/webhook-endpoints", operation_id = "createWebhookEndpoint", tag = "webhooks, staff",
    security(("bearer" = [])), request_body = NewEndpoint,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each attempt")),
    responses(
        (status = 201, description = "The endpoint and its secret", body = EndpointWithSecret),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`webhook_endpoint_limit` {max}, `request_in_progress`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`, `webhook_url_forbidden`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn create_webhook_endpoint(
    State(webhooks): State<Webhooks>,
    Permitted(staff, _): Permitted<WebhooksWrite>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
    Json(new): Json<NewEndpoint>,
) -> Result<Response, Error> {
    let once = Once::new(&staff, "webhook_endpoint.create", &"", key, &new)?;
    check_kinds(&new.kinds)?;
    check_url(&webhooks, &new.url).await?;
    let now = webhooks.clock.now();
    let mut tx = webhooks.db.begin().await?;
    if let Some(answered) = once.begin(&mut tx, now).await? {
        return Ok(answered);
    }
    let max = webhooks.settings.endpoints_max;
    endpoints::lock_all(&mut tx).await?;
    if endpoints::count(&mut tx).await? >= max {
        return Err(Error::TooMany { max });
    }
    let id = EndpointId::generate();
    let wanted = Wanted {
        url: &new.url,
        description: &new.description,
        kinds: &new.kinds,
    };
    endpoints::insert(&mut tx, id, &wanted, staff.user_id, now).await?;
    let secret = signature::new_secret();
    endpoints::insert_secret(&mut tx, id, &secret, now).await?;
    let endpoint = found(&mut tx, id).await?;
    let entry = Entry::new(&staff, "webhook_endpoint.create", "webhook_endpoint", id)
        .at(now)
        .after(audited(&endpoint))
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    let mut answer = EndpointWithSecret {
        endpoint,
        secret: None,
    };
    once.finish(&mut tx, StatusCode::CREATED, &answer).await?;
    tx.commit().await?;
    answer.secret = Some(secret);
    Ok((
        StatusCode::CREATED,
        [(http::header::CACHE_CONTROL, PRIVATE)],
        Json(answer),
    )
        .into_response())
}

/// Shows a webhook endpoint
///
/// Needs the permission `webhooks.write`.
#[utoipa::path(get, path = "/api/v1/admin/webhook-endpoints/{id}", operation_id = "getWebhookEndpoint", tag = "webhooks, staff",
    security(("bearer" = [])), params(("id" = EndpointId, Path, description = "The endpoint")),
    responses(
        (status = 200, description = "The endpoint", body = Endpoint, headers(("ETag" = String, description = "For If-Match"))),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_webhook_endpoint(
    State(webhooks): State<Webhooks>,
    _: Permitted<WebhooksWrite>,
    Path(id): Path<EndpointId>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut conn = webhooks.db.write().await?;
    let endpoint = found(&mut conn, id).await?;
    Ok(etag::versioned(
        &headers,
        endpoint.version,
        PRIVATE,
        &endpoint,
    ))
}

/// Changes a webhook endpoint, enables or disables it
///
/// While it is disabled nothing is planned for it; what waits goes on when it is enabled, and what it missed can be
/// delivered then. Needs the permission `webhooks.write`.
#[utoipa::path(patch, path = "/api/v1/admin/webhook-endpoints/{id}", operation_id = "updateWebhookEndpoint", tag = "webhooks, staff",
    security(("bearer" = [])), request_body = EndpointPatch,
    params(("id" = EndpointId, Path, description = "The endpoint"), ("If-Match" = String, Header, description = "The ETag that the change is based on")),
    responses(
        (status = 200, description = "The endpoint", body = Endpoint),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch` {version}", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`, `webhook_url_forbidden`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn update_webhook_endpoint(
    State(webhooks): State<Webhooks>,
    Permitted(staff, _): Permitted<WebhooksWrite>,
    Path(id): Path<EndpointId>,
    if_match: IfMatch,
    meta: RequestMeta,
    Json(patch): Json<EndpointPatch>,
) -> Result<Response, Error> {
    if_match.required()?;
    check_kinds(patch.kinds.as_deref().unwrap_or_default())?;
    if let Some(url) = &patch.url {
        check_url(&webhooks, url).await?;
    }
    let now = webhooks.clock.now();
    let mut tx = webhooks.db.begin().await?;
    lock(&mut tx, id, if_match).await?;
    let before = found(&mut tx, id).await?;
    let wanted = Wanted {
        url: patch.url.as_ref().unwrap_or(&before.url),
        description: patch.description.as_ref().unwrap_or(&before.description),
        kinds: patch.kinds.as_ref().unwrap_or(&before.kinds),
    };
    let state = patch.state.unwrap_or(before.state);
    endpoints::update(&mut tx, id, &wanted, state, now).await?;
    let after = found(&mut tx, id).await?;
    let entry = Entry::new(&staff, "webhook_endpoint.update", "webhook_endpoint", id)
        .at(now)
        .before(audited(&before))
        .after(audited(&after))
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(etag::versioned(
        &HeaderMap::new(),
        after.version,
        PRIVATE,
        &after,
    ))
}

/// Deletes a webhook endpoint with its deliveries
///
/// Needs the permission `webhooks.write`.
#[utoipa::path(delete, path = "/api/v1/admin/webhook-endpoints/{id}", operation_id = "deleteWebhookEndpoint", tag = "webhooks, staff",
    security(("bearer" = [])),
    params(("id" = EndpointId, Path, description = "The endpoint"), ("If-Match" = String, Header, description = "The ETag that the change is based on")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch` {version}", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete_webhook_endpoint(
    State(webhooks): State<Webhooks>,
    Permitted(staff, _): Permitted<WebhooksWrite>,
    Path(id): Path<EndpointId>,
    if_match: IfMatch,
    meta: RequestMeta,
) -> Result<StatusCode, Error> {
    if_match.required()?;
    let mut tx = webhooks.db.begin().await?;
    lock(&mut tx, id, if_match).await?;
    let before = found(&mut tx, id).await?;
    endpoints::delete(&mut tx, id).await?;
    let entry = Entry::new(&staff, "webhook_endpoint.delete", "webhook_endpoint", id)
        .at(webhooks.clock.now())
        .before(audited(&before))
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The endpoint, or 404.
pub(super) async fn found(conn: &mut PgConnection, id: EndpointId) -> Result<Endpoint, Error> {
    endpoints::find(conn, id).await?.ok_or(Error::NotFound)
}

/// Locks the endpoint and compares its version.
async fn lock(conn: &mut PgConnection, id: EndpointId, if_match: IfMatch) -> Result<(), Error> {
    let version = endpoints::find_version_for_update(conn, id).await?;
    Ok(if_match.check(version.ok_or(Error::NotFound)?)?)
}

fn check_kinds(wanted: &[String]) -> Result<(), Error> {
    match wanted.iter().position(|kind| !kinds::is_known(kind)) {
        Some(index) => Err(Error::UnknownKind { index }),
        None => Ok(()),
    }
}

async fn check_url(webhooks: &Webhooks, text: &str) -> Result<(), Error> {
    let url = target::check(text, webhooks.client.allows_private())?;
    if let Some(url::Host::Domain(name)) = url.host()
        && webhooks.client.leads_inside(name).await
    {
        return Err(Refusal::NotPublic.into());
    }
    Ok(())
}

fn audited(endpoint: &Endpoint) -> Value {
    json!({"url": endpoint.url, "description": endpoint.description, "kinds": endpoint.kinds,
           "state": endpoint.state, "disabled_reason": endpoint.disabled_reason})
}
