//! `/admin/variants/{id}/stock` and `/admin/stock-transfers`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::Problem;
use common::audit::Entry;
use common::db::sqlstate;
use common::extract::{IdempotencyKey, IfMatch, Json, Path, Permitted, RequestMeta};
use http::StatusCode;
use kernel::{EventId, LocationId, VariantId};
use serde_json::json;
use sqlx::PgConnection;

use super::once::{Claim, Once};
use super::trail::AUDIT;
use crate::domain::stock::{StockLevel, VariantStock};
use crate::domain::stock_change::{StockChange, StockTransfer, StockTransferred};
use crate::domain::violation::Violation;
use crate::error::Error;
use crate::routes::permission::{CatalogRead, StockAdjust};
use crate::state::AppState;
use crate::store;
use crate::store::stock::{Adjustment, Transfer};

/// Read a variant's units, by place
///
/// Needs the permission `catalog.read`.
#[utoipa::path(get, path = "/api/v1/admin/variants/{id}/stock", operation_id = "getStock", tag = "staff",
    params(("id" = VariantId, Path)), security(("bearer" = [])),
    responses(
        (status = 200, body = VariantStock),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn get_stock(
    State(state): State<AppState>,
    _: Permitted<CatalogRead>,
    Path(variant_id): Path<VariantId>,
) -> Result<Json<VariantStock>, Error> {
    let mut conn = state.db.write().await?;
    store::stock::find_variant_stock(&mut conn, variant_id)
        .await?
        .map(Json)
        .ok_or(Error::NotFound)
}

/// Book units that came, went or were counted
///
/// `expected_on_hand` or `If-Match` refuses a change that was thought out for another state. Needs the permission
/// `stock.adjust`.
#[utoipa::path(post, path = "/api/v1/admin/variants/{id}/stock", operation_id = "changeStock", tag = "staff",
    request_body = StockChange, security(("bearer" = [])),
    params(("id" = VariantId, Path), ("Idempotency-Key" = String, Header), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, body = StockLevel, description = "The units of the place; a repeated key gets the first answer with `Idempotent-Replayed`"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`idempotency_key_missing`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "`stock_below_commitments`, `stock_count_changed`, `request_in_progress`"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "`version_mismatch`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`, `idempotency_key_reused`"),
    ))]
pub(in crate::routes) async fn change_stock(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<StockAdjust>,
    (meta, key): (RequestMeta, IdempotencyKey),
    if_match: IfMatch,
    Path(variant_id): Path<VariantId>,
    Json(change): Json<StockChange>,
) -> Result<Response, Error> {
    let found = change.violations();
    if !found.is_empty() {
        return Err(found.into());
    }
    let mut tx = state.db.begin().await?;
    let object = variant_id.to_string();
    let operation = ("changeStock", object.as_str());
    let now = state.clock.now();
    let once = match Once::begin(&mut tx, &staff, key, operation, &change, now).await? {
        Claim::Fresh(once) => once,
        Claim::Done(answer) => return Ok(answer),
    };
    let owner = store::write::find_owner_for_update(&mut tx, variant_id)
        .await?
        .ok_or(Error::NotFound)?;
    super::lock(&mut tx, owner.product_id, if_match).await?;
    let location_id = location(&mut tx, "/location", &change.location).await?;
    let on_hand = store::stock::lock_on_hand(&mut tx, variant_id, location_id).await?;
    if change
        .expected_on_hand
        .is_some_and(|expected| i64::from(expected) != on_hand)
    {
        return Err(Error::StockCountChanged { on_hand });
    }
    let before = store::stock::get_level(&mut tx, variant_id, location_id).await?;
    let reason = change.reason.trim();
    let adjustment = Adjustment {
        variant_id,
        location_id,
        kind: change.kind.as_str(),
        delta: change.units(on_hand)?,
        backorder_limit: change.backorder_limit,
        reason,
        actor: &staff.user_id.to_string(),
    };
    store::stock::adjust(&mut tx, &adjustment).await?;
    let level = store::stock::get_level(&mut tx, variant_id, location_id).await?;
    let picture = |level: StockLevel| json!({"location": change.location, "on_hand": level.on_hand, "backorder_limit": level.backorder_limit});
    let action = format!("stock.{}", change.kind.as_str());
    let entry = Entry::new(&staff, &action, "variant", variant_id)
        .at(now)
        .before(picture(before))
        .after(picture(level))
        .reason(reason)
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    let refreshed =
        store::refresh::refresh_products(&mut tx, &[owner.product_id], state.currency).await?;
    let body = once.finish(&mut tx, StatusCode::OK, &level).await?;
    tx.commit().await?;
    state.cache.written(staff.user_id, &refreshed).await;
    Ok(Json(body).into_response())
}

/// Move free units from one place to another
///
/// Needs the permission `stock.adjust`.
#[utoipa::path(post, path = "/api/v1/admin/stock-transfers", operation_id = "transferStock", tag = "staff",
    request_body = StockTransfer, security(("bearer" = [])), params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, body = StockTransferred, description = "A repeated key gets the first answer with `Idempotent-Replayed`"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`idempotency_key_missing`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "`stock_not_free` with `available`, `request_in_progress`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`, `idempotency_key_reused`"),
    ))]
pub(in crate::routes) async fn transfer_stock(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<StockAdjust>,
    meta: RequestMeta,
    key: IdempotencyKey,
    Json(body): Json<StockTransfer>,
) -> Result<Response, Error> {
    let found = body.violations();
    if !found.is_empty() {
        return Err(found.into());
    }
    let mut tx = state.db.begin().await?;
    let now = state.clock.now();
    let once = match Once::begin(&mut tx, &staff, key, ("transferStock", ""), &body, now).await? {
        Claim::Fresh(once) => once,
        Claim::Done(answer) => return Ok(answer),
    };
    let owner = store::write::find_owner_for_update(&mut tx, body.variant_id)
        .await?
        .ok_or_else(|| {
            Violation::new("/variant_id", "unknown_value", "there is no such variant")
        })?;
    let transfer = Transfer {
        transfer_id: EventId::generate().uuid(),
        variant_id: body.variant_id,
        from: location(&mut tx, "/from", &body.from).await?,
        to: location(&mut tx, "/to", &body.to).await?,
        quantity: body.quantity,
        reason: body.reason.trim(),
        actor: &staff.user_id.to_string(),
    };
    transfer_units(&mut tx, &transfer).await?;
    let transferred = StockTransferred {
        id: transfer.transfer_id,
        variant_id: body.variant_id,
        quantity: body.quantity,
        from: store::stock::get_level(&mut tx, body.variant_id, transfer.from).await?,
        to: store::stock::get_level(&mut tx, body.variant_id, transfer.to).await?,
    };
    let entry = Entry::new(&staff, "stock.transfer", "variant", body.variant_id)
        .at(now)
        .after(json!({"transfer_id": transfer.transfer_id, "from": body.from, "to": body.to, "quantity": body.quantity}))
        .reason(transfer.reason)
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    let refreshed =
        store::refresh::refresh_products(&mut tx, &[owner.product_id], state.currency).await?;
    let answer = once
        .finish(&mut tx, StatusCode::CREATED, &transferred)
        .await?;
    tx.commit().await?;
    state.cache.written(staff.user_id, &refreshed).await;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Moves the units, or says how many are free.
async fn transfer_units(conn: &mut PgConnection, transfer: &Transfer<'_>) -> Result<(), Error> {
    let free = store::stock::get_level(conn, transfer.variant_id, transfer.from)
        .await?
        .free();
    match store::stock::transfer(conn, transfer).await {
        Err(error) if sqlstate(&error).as_deref() == Some("TM006") => Err(Error::StockNotFree {
            available: free.max(0),
        }),
        done => Ok(done?),
    }
}

/// The place with this code.
async fn location(conn: &mut PgConnection, pointer: &str, code: &str) -> Result<LocationId, Error> {
    Ok(store::locations::find_location(conn, code)
        .await?
        .ok_or_else(|| Violation::new(pointer, "unknown_value", "there is no such place"))?)
}
