//! What messages are signed with.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::Problem;
use common::access::Permitted;
use common::audit::Entry;
use common::extract::{IdempotencyKey, Json, Path, RequestMeta};
use http::StatusCode;
use kernel::EndpointId;
use serde_json::json;

use super::endpoints::AUDIT;
use super::once::Once;
use super::{PRIVATE, WebhooksWrite};
use crate::webhooks::error::Error;
use crate::webhooks::store::endpoints;
use crate::webhooks::view::NewSecret;
use crate::webhooks::{Webhooks, signature};

/// Makes a new secret for a webhook endpoint
///
/// The answer holds it; it is not shown again. For a while messages carry a signature with the one before too. One that
/// was replaced earlier ends now, so a secret that leaked is out of use after two rotations. Needs the permission
/// `webhooks.write`.
#[utoipa::path(post, path = "/api/v1/admin/webhook-endpoints/{id}/rotate-secret", operation_id = "rotateWebhookSecret", tag = "webhooks, staff",
    security(("bearer" = [])),
    params(("id" = EndpointId, Path, description = "The endpoint"),
           ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each attempt")),
    responses(
        (status = 200, description = "The secret", body = NewSecret),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`request_in_progress`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn rotate_webhook_secret(
    State(webhooks): State<Webhooks>,
    Permitted(staff, _): Permitted<WebhooksWrite>,
    Path(id): Path<EndpointId>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
) -> Result<Response, Error> {
    let once = Once::new(&staff, "webhook_secret.rotate", &id, key, &())?;
    let now = webhooks.clock.now();
    let mut tx = webhooks.db.begin().await?;
    let version = endpoints::find_version_for_update(&mut tx, id).await?;
    version.ok_or(Error::NotFound)?;
    if let Some(answered) = once.begin(&mut tx, now).await? {
        return Ok(answered);
    }
    let until = now
        .saturating_add(webhooks.settings.secret_overlap())
        .map_err(anyhow::Error::from)?;
    endpoints::retire_secrets(&mut tx, id, until, now).await?;
    let secret = signature::new_secret();
    endpoints::insert_secret(&mut tx, id, &secret, now).await?;
    let entry = Entry::new(&staff, "webhook_secret.rotate", "webhook_endpoint", id)
        .at(now)
        .after(json!({"previous_expires_at": until}))
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    let mut answer = NewSecret {
        secret: None,
        previous_expires_at: until,
    };
    once.finish(&mut tx, StatusCode::OK, &answer).await?;
    tx.commit().await?;
    answer.secret = Some(secret);
    Ok(([(http::header::CACHE_CONTROL, PRIVATE)], Json(answer)).into_response())
}
