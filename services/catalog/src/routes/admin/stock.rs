//! `/admin/variants/{id}/stock`.

use axum::extract::State;
use common::Problem;
use common::extract::{IfMatch, Json, Path, Staff};
use kernel::VariantId;

use crate::domain::draft::UNITS_MAX;
use crate::domain::patch::StockChange;
use crate::domain::stock::{SlotLevel, StockLevel, spread};
use crate::domain::violation::{Violation, check_text};
use crate::error::Error;
use crate::state::AppState;
use crate::store;

/// Book units that came, went or were counted
#[utoipa::path(post, path = "/api/v1/admin/variants/{id}/stock", operation_id = "changeStock", tag = "staff",
    request_body = StockChange, params(("id" = VariantId, Path), ("If-Match" = Option<String>, Header)), security(("bearer" = [])),
    responses(
        (status = 200, body = StockLevel),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`stock_below_commitments`"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "`version_mismatch`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn change_stock(
    State(state): State<AppState>,
    staff: Staff,
    if_match: IfMatch,
    Path(variant_id): Path<VariantId>,
    Json(change): Json<StockChange>,
) -> Result<Json<StockLevel>, Error> {
    check(&change)?;
    let mut tx = state.db.begin().await?;
    let owner = store::write::find_owner_for_update(&mut tx, variant_id)
        .await?
        .ok_or(Error::NotFound)?;
    super::lock(&mut tx, owner.product_id, if_match).await?;
    let location_id = store::stock::find_location(&mut tx, &change.location)
        .await?
        .ok_or_else(|| Violation::new("/location", "unknown_value", "there is no such place"))?;
    store::stock::insert_level(&mut tx, variant_id, location_id).await?;
    let levels = store::stock::list_levels_for_update(&mut tx, variant_id, location_id).await?;
    let moves = spread(&levels, delta(&change, &levels)?)?;
    let actor = staff.0.user_id.to_string();
    store::stock::adjust_levels(
        &mut tx,
        variant_id,
        location_id,
        &moves,
        change.reason.trim(),
        &actor,
    )
    .await?;
    if let Some(limit) = change.backorder_limit {
        store::stock::update_backorder_limit(&mut tx, variant_id, location_id, limit).await?;
    }
    let level = store::stock::get_level(&mut tx, variant_id, location_id).await?;
    let refreshed =
        store::refresh::refresh_products(&mut tx, &[owner.product_id], state.currency).await?;
    tx.commit().await?;
    state.cache.written(staff.0.user_id, &refreshed).await;
    Ok(Json(level))
}

fn check(change: &StockChange) -> Result<(), Error> {
    let found = match (change.delta, change.on_hand, change.backorder_limit) {
        (Some(_), Some(_), _) => Some(Violation::new(
            "/on_hand",
            "invalid",
            "give either `delta` or `on_hand`",
        )),
        (None, None, None) => Some(Violation::new(
            "/delta",
            "required",
            "give `delta`, `on_hand` or `backorder_limit`",
        )),
        _ => None,
    };
    let found: Vec<Violation> = found
        .into_iter()
        .chain(check_text("/reason", &change.reason))
        .chain(check_text("/location", &change.location))
        .collect();
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.into())
    }
}

/// The units that come or go.
fn delta(change: &StockChange, levels: &[SlotLevel]) -> Result<i32, Error> {
    let there: i64 = levels.iter().map(|level| i64::from(level.on_hand)).sum();
    let delta = match (change.delta, change.on_hand) {
        (Some(delta), _) => i64::from(delta),
        (None, Some(counted)) => i64::from(counted) - there,
        (None, None) => 0,
    };
    if there + delta > i64::from(UNITS_MAX) {
        let field = if change.delta.is_some() {
            "/delta"
        } else {
            "/on_hand"
        };
        return Err(Violation::new(
            field,
            "out_of_range",
            format!("a place holds at most {UNITS_MAX} units"),
        )
        .into());
    }
    i32::try_from(delta).map_err(|_| Error::StockBelowCommitments)
}
