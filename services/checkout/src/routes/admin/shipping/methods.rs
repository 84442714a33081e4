//! Shipping methods with their rates.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::Problem;
use common::extract::{IfMatch, Json, Path, Permitted, RequestMeta};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{answer, audit, coherent, same_code};
use crate::domain::shipping::Method;
use crate::error::Error;
use crate::routes::admin::permission::ShippingWrite;
use crate::state::AppState;
use crate::store::shipping_admin as shipping;

/// A method with its version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VersionedMethod {
    #[serde(flatten)]
    method: Method,
    /// Rises with every change.
    version: i64,
}

/// All methods.
#[derive(Debug, Serialize, ToSchema)]
pub struct Methods {
    /// In the shop's order.
    items: Vec<VersionedMethod>,
}

/// List shipping methods
///
/// Needs the permission `shipping.write`.
#[utoipa::path(
    get, path = "/api/v1/admin/shipping/methods", operation_id = "listShippingMethods", tag = "admin",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All of them", body = Methods),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_shipping_methods(
    State(state): State<AppState>,
    _: Permitted<ShippingWrite>,
) -> Result<Json<Methods>, Error> {
    let mut conn = state.db.write().await?;
    let rows = shipping::list_methods(&mut conn).await?;
    let items = rows.into_iter();
    let items = items.map(|(method, version)| VersionedMethod { method, version });
    Ok(Json(Methods {
        items: items.collect(),
    }))
}

/// Make a shipping method
///
/// Needs the permission `shipping.write`.
#[utoipa::path(
    post, path = "/api/v1/admin/shipping/methods", operation_id = "createShippingMethod", tag = "admin",
    security(("bearer" = [])), request_body = Method,
    responses(
        (status = 201, description = "The method with all of its rates", body = VersionedMethod),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`code_taken`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn create_shipping_method(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<ShippingWrite>,
    meta: RequestMeta,
    Json(method): Json<Method>,
) -> Result<Response, Error> {
    coherent(method.contradiction())?;
    let mut tx = state.db.begin().await?;
    let version = shipping::insert_method(&mut tx, &method).await?;
    let (who, change) = ((&staff, &meta), (None, Some(json!(method))));
    audit(
        &mut tx,
        &state,
        who,
        "shipping_method.create",
        &method.code,
        change,
    )
    .await?;
    tx.commit().await?;
    let view = VersionedMethod { method, version };
    Ok(answer(StatusCode::CREATED, version, &view))
}

/// Change a shipping method
///
/// The body replaces the whole method with all of its rates. Needs the permission `shipping.write`.
#[utoipa::path(
    put, path = "/api/v1/admin/shipping/methods/{code}", operation_id = "replaceShippingMethod", tag = "admin",
    security(("bearer" = [])),
    params(
        ("code" = String, Path, description = "The method's code"),
        ("If-Match" = String, Header, description = "The method's version, in quotes"),
    ),
    request_body = Method,
    responses(
        (status = 200, description = "The method with all of its rates", body = VersionedMethod),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such method", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn replace_shipping_method(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Permitted(staff, _): Permitted<ShippingWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
    Json(method): Json<Method>,
) -> Result<Response, Error> {
    same_code(&code, &method.code)?;
    coherent(method.contradiction())?;
    if_match.required()?;
    let mut tx = state.db.begin().await?;
    let current = shipping::lock_method(&mut tx, &code).await?;
    if_match.check(current.ok_or(Error::NotFound)?)?;
    let before = shipping::list_methods(&mut tx).await?;
    let before = before.into_iter().find(|(old, _)| old.code == code);
    let version = shipping::update_method(&mut tx, &method).await?;
    let change = (before.map(|(old, _)| json!(old)), Some(json!(method)));
    let who = (&staff, &meta);
    audit(
        &mut tx,
        &state,
        who,
        "shipping_method.update",
        &code,
        change,
    )
    .await?;
    tx.commit().await?;
    let view = VersionedMethod { method, version };
    Ok(answer(StatusCode::OK, version, &view))
}

/// Take a shipping method away
///
/// Only one that no checkout chose; others can be disabled. Needs the permission `shipping.write`.
#[utoipa::path(
    delete, path = "/api/v1/admin/shipping/methods/{code}", operation_id = "deleteShippingMethod", tag = "admin",
    security(("bearer" = [])),
    params(
        ("code" = String, Path, description = "The method's code"),
        ("If-Match" = String, Header, description = "The method's version, in quotes"),
    ),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such method", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`in_use`", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn delete_shipping_method(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Permitted(staff, _): Permitted<ShippingWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
) -> Result<Response, Error> {
    if_match.required()?;
    let mut tx = state.db.begin().await?;
    let current = shipping::lock_method(&mut tx, &code).await?;
    if_match.check(current.ok_or(Error::NotFound)?)?;
    let before = shipping::list_methods(&mut tx).await?;
    let before = before.into_iter().find(|(old, _)| old.code == code);
    shipping::delete_method(&mut tx, &code).await?;
    let change = (before.map(|(old, _)| json!(old)), None);
    let who = (&staff, &meta);
    audit(
        &mut tx,
        &state,
        who,
        "shipping_method.delete",
        &code,
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
