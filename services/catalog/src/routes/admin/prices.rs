//! `/admin/variants/{id}/prices`.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::extract::{IfMatch, Json, Path, Permitted, RequestMeta};
use http::StatusCode;
use kernel::{Currency, VariantId};

use super::trail::Change;
use super::{before, finish};
use crate::domain::admin::AdminProduct;
use crate::domain::patch::PriceChange;
use crate::domain::violation::check_reduction;
use crate::error::Error;
use crate::routes::permission::CatalogWrite;
use crate::state::AppState;
use crate::store;

/// Set a variant's price in a currency
///
/// Needs the permission `catalog.write`.
#[utoipa::path(put, path = "/api/v1/admin/variants/{id}/prices/{currency}", operation_id = "setPrice", tag = "staff",
    request_body = PriceChange,
    params(("id" = VariantId, Path), ("currency" = inline(Currency), Path), ("If-Match" = Option<String>, Header)), security(("bearer" = [])),
    responses(
        (status = 200, body = AdminProduct, headers(("ETag" = String))),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "`version_mismatch`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn set_price(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<CatalogWrite>,
    meta: RequestMeta,
    if_match: IfMatch,
    Path((variant_id, currency)): Path<(VariantId, Currency)>,
    Json(price): Json<PriceChange>,
) -> Result<Response, Error> {
    if let Some(violation) = check_reduction("/compare_at", price.amount, price.compare_at) {
        return Err(violation.into());
    }
    let mut tx = state.db.begin().await?;
    let owner = store::write::find_owner_for_update(&mut tx, variant_id)
        .await?
        .ok_or(Error::NotFound)?;
    super::lock(&mut tx, owner.product_id, if_match).await?;
    let before = before(&mut tx, owner.product_id).await?;
    store::write::upsert_price(&mut tx, variant_id, currency, price).await?;
    let change = Change {
        action: "price.set",
        variant: Some(variant_id),
        before: Some(&before),
    };
    let who = (&staff, &meta);
    finish(&state, who, change, tx, owner.product_id, StatusCode::OK).await
}
