//! `/admin/stock-locations` and `/admin/stock-settings`.

use axum::extract::State;
use common::Problem;
use common::audit::Entry;
use common::extract::{Json, Path, Permitted, RequestMeta};
use http::StatusCode;
use kernel::LocationId;
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::trail::AUDIT;
use crate::domain::location::{NewStockLocation, StockLocation, StockLocationPatch, StockSettings};
use crate::domain::violation::check_text;
use crate::error::Error;
use crate::routes::permission::{CatalogRead, StockAdjust};
use crate::state::AppState;
use crate::store;

/// Every place that holds stock.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::routes) struct StockLocations {
    /// In their order.
    items: Vec<StockLocation>,
}

/// List the places that hold stock, in their order
///
/// Needs the permission `catalog.read`.
#[utoipa::path(get, path = "/api/v1/admin/stock-locations", operation_id = "listStockLocations", tag = "staff", security(("bearer" = [])),
    responses(
        (status = 200, body = StockLocations),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn list_locations(
    State(state): State<AppState>,
    _: Permitted<CatalogRead>,
) -> Result<Json<StockLocations>, Error> {
    let mut conn = state.db.write().await?;
    let items = store::locations::list_locations(&mut conn, None).await?;
    Ok(Json(StockLocations { items }))
}

/// Make a place that holds stock
///
/// Needs the permission `stock.adjust`.
#[utoipa::path(post, path = "/api/v1/admin/stock-locations", operation_id = "createStockLocation", tag = "staff",
    request_body = NewStockLocation, security(("bearer" = [])),
    responses(
        (status = 201, body = StockLocation),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`location_taken`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn create_location(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<StockAdjust>,
    meta: RequestMeta,
    Json(new): Json<NewStockLocation>,
) -> Result<(StatusCode, Json<StockLocation>), Error> {
    let found = new.violations();
    if !found.is_empty() {
        return Err(found.into());
    }
    let location_id = LocationId::generate();
    let mut tx = state.db.begin().await?;
    store::locations::insert_location(&mut tx, location_id, &new).await?;
    let location = get(&mut tx, location_id).await?;
    let entry = Entry::new(&staff, "location.create", "location", location_id)
        .after(json!({"code": location.code, "name": location.name, "priority": location.priority}))
        .at(state.clock.now())
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(location)))
}

/// Rename a place or change its turn
///
/// Needs the permission `stock.adjust`.
#[utoipa::path(patch, path = "/api/v1/admin/stock-locations/{id}", operation_id = "updateStockLocation", tag = "staff",
    request_body = StockLocationPatch, params(("id" = LocationId, Path)), security(("bearer" = [])),
    responses(
        (status = 200, body = StockLocation),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn update_location(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<StockAdjust>,
    meta: RequestMeta,
    Path(location_id): Path<LocationId>,
    Json(patch): Json<StockLocationPatch>,
) -> Result<Json<StockLocation>, Error> {
    if let Some(violation) = patch
        .name
        .as_deref()
        .and_then(|name| check_text("/name", name))
    {
        return Err(violation.into());
    }
    let mut tx = state.db.begin().await?;
    let before = get(&mut tx, location_id).await?;
    store::locations::update_location(&mut tx, location_id, &patch).await?;
    let after = get(&mut tx, location_id).await?;
    if before != after {
        let picture =
            |place: &StockLocation| json!({"name": place.name, "priority": place.priority});
        let entry = Entry::new(&staff, "location.update", "location", location_id)
            .before(picture(&before))
            .after(picture(&after))
            .at(state.clock.now())
            .request(&meta);
        AUDIT.append(&mut tx, &entry).await?;
        tx.commit().await?;
    }
    Ok(Json(after))
}

/// Remove a place that never held stock
///
/// Needs the permission `stock.adjust`.
#[utoipa::path(delete, path = "/api/v1/admin/stock-locations/{id}", operation_id = "deleteStockLocation", tag = "staff",
    params(("id" = LocationId, Path)), security(("bearer" = [])),
    responses(
        (status = 204),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`location_in_use`"),
    ))]
pub(in crate::routes) async fn delete_location(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<StockAdjust>,
    meta: RequestMeta,
    Path(location_id): Path<LocationId>,
) -> Result<StatusCode, Error> {
    let mut tx = state.db.begin().await?;
    let before = get(&mut tx, location_id).await?;
    if !store::locations::delete_location(&mut tx, location_id).await? {
        return Err(Error::LocationInUse);
    }
    let entry = Entry::new(&staff, "location.delete", "location", location_id)
        .before(json!({"code": before.code, "name": before.name, "priority": before.priority}))
        .at(state.clock.now())
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read how stock is chosen
///
/// Needs the permission `catalog.read`.
#[utoipa::path(get, path = "/api/v1/admin/stock-settings", operation_id = "getStockSettings", tag = "staff", security(("bearer" = [])),
    responses(
        (status = 200, body = StockSettings),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn get_settings(
    State(state): State<AppState>,
    _: Permitted<CatalogRead>,
) -> Result<Json<StockSettings>, Error> {
    let mut conn = state.db.write().await?;
    let strategy = store::locations::get_strategy(&mut conn).await?;
    Ok(Json(StockSettings { strategy }))
}

/// Set how stock is chosen
///
/// Needs the permission `stock.adjust`.
#[utoipa::path(put, path = "/api/v1/admin/stock-settings", operation_id = "setStockSettings", tag = "staff",
    request_body = StockSettings, security(("bearer" = [])),
    responses(
        (status = 200, body = StockSettings),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn set_settings(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<StockAdjust>,
    meta: RequestMeta,
    Json(settings): Json<StockSettings>,
) -> Result<Json<StockSettings>, Error> {
    let mut tx = state.db.begin().await?;
    let before = store::locations::get_strategy(&mut tx).await?;
    if before != settings.strategy {
        store::locations::update_strategy(&mut tx, settings.strategy).await?;
        let entry = Entry::new(&staff, "stock_settings.set", "stock_settings", "shop")
            .before(json!({"strategy": before}))
            .after(json!(settings))
            .at(state.clock.now())
            .request(&meta);
        AUDIT.append(&mut tx, &entry).await?;
        tx.commit().await?;
    }
    Ok(Json(settings))
}

async fn get(conn: &mut PgConnection, location_id: LocationId) -> Result<StockLocation, Error> {
    store::locations::list_locations(conn, Some(location_id))
        .await?
        .pop()
        .ok_or(Error::NotFound)
}
