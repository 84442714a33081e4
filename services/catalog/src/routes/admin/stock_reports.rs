//! `/admin/variants/{id}/stock/movements`, `/admin/low-stock`, `/admin/stock-audits`: what staff ask about stock.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::Problem;
use common::extract::{self, Json, PageQuery, Path, Permitted, Query};
use kernel::{Cursor, Page, VariantId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::stock::{LowStock, StockMovement};
use crate::domain::stock_audit::StockAudit;
use crate::error::Error;
use crate::routes::permission::CatalogRead;
use crate::routes::products::refuse;
use crate::state::AppState;
use crate::store;
use crate::store::movements::MovementListing;
use crate::store::stock::LowListing;

/// Free units from which on a variant does not run low, if nothing is asked for: the word in lists turns there too.
const LOW_UNITS: i64 = 5;
/// Differences of one comparison that are shown.
const DIFFERENCES_SHOWN: i64 = 20;

/// The query of a variant's ledger.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ListMovements {
    /// Of this kind only.
    kind: Option<String>,
    /// Code of a place: in this one only.
    location: Option<String>,
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what happened to a variant's units, the newest first
///
/// Needs the permission `catalog.read`.
#[utoipa::path(get, path = "/api/v1/admin/variants/{id}/stock/movements", operation_id = "listStockMovements", tag = "staff",
    params(("id" = VariantId, Path), ListMovements), security(("bearer" = [])),
    responses(
        (status = 200, body = Page<StockMovement>),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`invalid_query`, `invalid_cursor`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn list_movements(
    State(state): State<AppState>,
    _: Permitted<CatalogRead>,
    Path(variant_id): Path<VariantId>,
    Query(query): Query<ListMovements>,
) -> Result<Response, Error> {
    let (size, cursor) = extract::page(query.limit, query.cursor.as_deref())?;
    let before = cursor
        .map(Cursor::decode)
        .transpose()
        .map_err(Problem::from)?;
    let mut conn = state.db.write().await?;
    let location_id = location(&mut conn, query.location.as_deref()).await?;
    if store::stock::find_variant_stock(&mut conn, variant_id)
        .await?
        .is_none()
    {
        return Err(Error::NotFound);
    }
    let listing = MovementListing {
        variant_id,
        kind: query.kind.as_deref().filter(|kind| !kind.contains('\0')),
        location_id,
        before,
        limit: size.overfetch(),
    };
    let rows = store::movements::list_movements(&mut conn, listing).await?;
    Ok(Json(Page::from_overfetch(rows, size, |row| row.id)).into_response())
}

/// The query of what runs low.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ListLowStock {
    /// At most so many free units. 5 if not given.
    #[param(minimum = 0, maximum = 1_000_000)]
    units_max: Option<i64>,
    /// Code of a place: count this one only.
    location: Option<String>,
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List variants on sale that run low, the scarcest first
///
/// Needs the permission `catalog.read`.
#[utoipa::path(get, path = "/api/v1/admin/low-stock", operation_id = "listLowStock", tag = "staff", params(ListLowStock),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Page<LowStock>),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`invalid_query`, `invalid_cursor`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn list_low_stock(
    State(state): State<AppState>,
    _: Permitted<CatalogRead>,
    Query(query): Query<ListLowStock>,
) -> Result<Response, Error> {
    let (size, cursor) = extract::page(query.limit, query.cursor.as_deref())?;
    let units_max = query.units_max.unwrap_or(LOW_UNITS);
    if !(0..=1_000_000).contains(&units_max) {
        return Err(refuse("units_max", "must lie between 0 and 1000000").into());
    }
    let after = cursor
        .map(Cursor::decode)
        .transpose()
        .map_err(Problem::from)?;
    let mut conn = state.db.write().await?;
    let listing = LowListing {
        units_max,
        location_id: location(&mut conn, query.location.as_deref()).await?,
        after,
        limit: size.overfetch(),
    };
    let rows = store::stock::list_low(&mut conn, listing).await?;
    let page = Page::from_overfetch(rows, size, |row| (row.stock.free(), row.variant_id));
    Ok(Json(page).into_response())
}

/// List what comparisons of counters, ledger and reservations found, the newest first
///
/// Needs the permission `catalog.read`.
#[utoipa::path(get, path = "/api/v1/admin/stock-audits", operation_id = "listStockAudits", tag = "staff", params(PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Page<StockAudit>),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`invalid_query`, `invalid_cursor`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn list_stock_audits(
    State(state): State<AppState>,
    _: Permitted<CatalogRead>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Error> {
    let (size, cursor) = query.page()?;
    let before = cursor
        .map(Cursor::decode)
        .transpose()
        .map_err(Problem::from)?;
    let mut conn = state.db.write().await?;
    let rows =
        store::stock_audit::list_audits(&mut conn, before, size.overfetch(), DIFFERENCES_SHOWN)
            .await?;
    Ok(Json(Page::from_overfetch(rows, size, |row| row.id)).into_response())
}

/// The place that a query names, if it names one.
async fn location(
    conn: &mut sqlx::PgConnection,
    code: Option<&str>,
) -> Result<Option<kernel::LocationId>, Error> {
    let Some(code) = code else { return Ok(None) };
    let found = if code.contains('\0') {
        None
    } else {
        store::locations::find_location(conn, code).await?
    };
    match found {
        Some(id) => Ok(Some(id)),
        None => Err(refuse("location", "there is no such place").into()),
    }
}
