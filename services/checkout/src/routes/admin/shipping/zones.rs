//! Shipping zones.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::Problem;
use common::extract::{IfMatch, Json, Path, Permitted, RequestMeta};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{answer, audit, coherent, same_code};
use crate::domain::shipping::Zone;
use crate::error::Error;
use crate::routes::admin::permission::ShippingWrite;
use crate::state::AppState;
use crate::store::shipping_admin as shipping;

/// A zone with its version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VersionedZone {
    #[serde(flatten)]
    zone: Zone,
    /// Rises with every change.
    version: i64,
}

/// All zones.
#[derive(Debug, Serialize, ToSchema)]
pub struct Zones {
    /// By their codes.
    items: Vec<VersionedZone>,
}

/// List shipping zones
///
/// Needs the permission `shipping.write`.
#[utoipa::path(
    get, path = "/api/v1/admin/shipping/zones", operation_id = "listShippingZones", tag = "admin",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All of them", body = Zones),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_shipping_zones(
    State(state): State<AppState>,
    _: Permitted<ShippingWrite>,
) -> Result<Json<Zones>, Error> {
    let mut conn = state.db.write().await?;
    let rows = shipping::list_zones(&mut conn).await?;
    let items = rows.into_iter();
    let items = items.map(|(zone, version)| VersionedZone { zone, version });
    Ok(Json(Zones {
        items: items.collect(),
    }))
}

/// Make a shipping zone
///
/// Needs the permission `shipping.write`.
#[utoipa::path(
    post, path = "/api/v1/admin/shipping/zones", operation_id = "createShippingZone", tag = "admin",
    security(("bearer" = [])), request_body = Zone,
    responses(
        (status = 201, description = "The zone", body = VersionedZone),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`code_taken`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn create_shipping_zone(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<ShippingWrite>,
    meta: RequestMeta,
    Json(zone): Json<Zone>,
) -> Result<Response, Error> {
    coherent(zone.contradiction())?;
    let mut tx = state.db.begin().await?;
    let version = shipping::insert_zone(&mut tx, &zone).await?;
    let (who, change) = ((&staff, &meta), (None, Some(json!(zone))));
    audit(
        &mut tx,
        &state,
        who,
        "shipping_zone.create",
        &zone.code,
        change,
    )
    .await?;
    tx.commit().await?;
    let view = VersionedZone { zone, version };
    Ok(answer(StatusCode::CREATED, version, &view))
}

/// Change a shipping zone
///
/// The body replaces the whole zone. Needs the permission `shipping.write`.
#[utoipa::path(
    put, path = "/api/v1/admin/shipping/zones/{code}", operation_id = "replaceShippingZone", tag = "admin",
    security(("bearer" = [])),
    params(
        ("code" = String, Path, description = "The zone's code"),
        ("If-Match" = String, Header, description = "The zone's version, in quotes"),
    ),
    request_body = Zone,
    responses(
        (status = 200, description = "The zone", body = VersionedZone),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such zone", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn replace_shipping_zone(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Permitted(staff, _): Permitted<ShippingWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
    Json(zone): Json<Zone>,
) -> Result<Response, Error> {
    same_code(&code, &zone.code)?;
    coherent(zone.contradiction())?;
    if_match.required()?;
    let mut tx = state.db.begin().await?;
    let current = shipping::lock_zone(&mut tx, &code).await?;
    if_match.check(current.ok_or(Error::NotFound)?)?;
    let before = shipping::list_zones(&mut tx).await?;
    let before = before.into_iter().find(|(old, _)| old.code == code);
    let version = shipping::update_zone(&mut tx, &zone).await?;
    let change = (before.map(|(old, _)| json!(old)), Some(json!(zone)));
    let who = (&staff, &meta);
    audit(&mut tx, &state, who, "shipping_zone.update", &code, change).await?;
    tx.commit().await?;
    let view = VersionedZone { zone, version };
    Ok(answer(StatusCode::OK, version, &view))
}

/// Take a shipping zone away
///
/// Only one that no rate names. Needs the permission `shipping.write`.
#[utoipa::path(
    delete, path = "/api/v1/admin/shipping/zones/{code}", operation_id = "deleteShippingZone", tag = "admin",
    security(("bearer" = [])),
    params(
        ("code" = String, Path, description = "The zone's code"),
        ("If-Match" = String, Header, description = "The zone's version, in quotes"),
    ),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such zone", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`in_use`", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn delete_shipping_zone(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Permitted(staff, _): Permitted<ShippingWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
) -> Result<Response, Error> {
    if_match.required()?;
    let mut tx = state.db.begin().await?;
    let current = shipping::lock_zone(&mut tx, &code).await?;
    if_match.check(current.ok_or(Error::NotFound)?)?;
    let before = shipping::list_zones(&mut tx).await?;
    let before = before.into_iter().find(|(old, _)| old.code == code);
    if shipping::count_rates(&mut tx, &code).await? > 0 {
        return Err(Error::InUse);
    }
    shipping::delete_zone(&mut tx, &code).await?;
    let change = (before.map(|(old, _)| json!(old)), None);
    let who = (&staff, &meta);
    audit(&mut tx, &state, who, "shipping_zone.delete", &code, change).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
