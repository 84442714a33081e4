//! `/admin/products/{id}/variants` and `/admin/variants`.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::extract::{IfMatch, Json, Path, Permitted, RequestMeta};
use http::StatusCode;
use kernel::{ProductId, VariantId};

use super::trail::Change;
use super::{before, finish};
use crate::domain::admin::AdminProduct;
use crate::domain::draft::{NewVariant, VARIANTS_MAX, tidy_options};
use crate::domain::options::Options;
use crate::domain::patch::VariantPatch;
use crate::domain::violation::{Violation, check_optional_text};
use crate::error::Error;
use crate::routes::permission::CatalogWrite;
use crate::state::AppState;
use crate::store;
use crate::store::write::VariantColumns;

/// Add a variant to a product
///
/// Needs the permission `catalog.write`.
#[utoipa::path(post, path = "/api/v1/admin/products/{id}/variants", operation_id = "createVariant", tag = "staff",
    request_body = NewVariant, params(("id" = ProductId, Path), ("If-Match" = Option<String>, Header)), security(("bearer" = [])),
    responses(
        (status = 201, body = AdminProduct, headers(("ETag" = String))),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`sku_taken`, `options_taken`"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "`version_mismatch`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn create_variant(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<CatalogWrite>,
    meta: RequestMeta,
    if_match: IfMatch,
    Path(product_id): Path<ProductId>,
    Json(new): Json<NewVariant>,
) -> Result<Response, Error> {
    let mut tx = state.db.begin().await?;
    super::lock(&mut tx, product_id, if_match).await?;
    let sibling = store::write::find_sibling(&mut tx, product_id, None).await?;
    let new = new.checked(state.currency, sibling.as_ref())?;
    let count = store::write::count_variants(&mut tx, product_id).await?;
    if usize::try_from(count).is_ok_and(|count| count >= VARIANTS_MAX) {
        return Err(Violation::new(
            "",
            "out_of_range",
            format!("a product has at most {VARIANTS_MAX} variants"),
        )
        .into());
    }
    let variant_id = VariantId::generate();
    let variants = [(variant_id, &new)];
    store::write::insert_variants(&mut tx, product_id, &variants, &staff.user_id.to_string())
        .await?;
    let change = Change {
        action: "variant.create",
        variant: Some(variant_id),
        before: None,
    };
    let who = (&staff, &meta);
    finish(&state, who, change, tx, product_id, StatusCode::CREATED).await
}

/// Change a variant
///
/// Needs the permission `catalog.write`.
#[utoipa::path(patch, path = "/api/v1/admin/variants/{id}", operation_id = "updateVariant", tag = "staff",
    request_body = VariantPatch, params(("id" = VariantId, Path), ("If-Match" = Option<String>, Header)), security(("bearer" = [])),
    responses(
        (status = 200, body = AdminProduct, headers(("ETag" = String))),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`sku_taken`, `options_taken`"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "`version_mismatch`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn update_variant(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<CatalogWrite>,
    meta: RequestMeta,
    if_match: IfMatch,
    Path(variant_id): Path<VariantId>,
    Json(patch): Json<VariantPatch>,
) -> Result<Response, Error> {
    check(&patch)?;
    let mut tx = state.db.begin().await?;
    let owner = store::write::find_owner_for_update(&mut tx, variant_id)
        .await?
        .ok_or(Error::NotFound)?;
    super::lock(&mut tx, owner.product_id, if_match).await?;
    let before = before(&mut tx, owner.product_id).await?;
    let options = match patch.options.clone() {
        Some(options) => {
            let sibling =
                store::write::find_sibling(&mut tx, owner.product_id, Some(variant_id)).await?;
            let options = tidy_options(options, sibling.as_ref())
                .map_err(|error| Violation::new("/options", "invalid", error.to_string()))?;
            Some(options)
        }
        None => None,
    };
    // A title that was made from the options follows them.
    let made = options
        .as_ref()
        .filter(|_| owner.title == owner.options.title())
        .map(Options::title);
    let columns = VariantColumns {
        sku: patch.sku.as_ref().map(Option::as_deref),
        barcode: patch.barcode.as_ref().map(Option::as_deref),
        title: patch.title.as_deref().map(str::trim).or(made.as_deref()),
        options: options.as_ref(),
        weight_g: patch.weight_g,
        max_per_order: patch.max_per_order,
        track_inventory: patch.track_inventory,
        status: patch.status,
    };
    store::write::update_variant(&mut tx, variant_id, &columns).await?;
    let change = Change {
        action: "variant.update",
        variant: Some(variant_id),
        before: Some(&before),
    };
    let who = (&staff, &meta);
    finish(&state, who, change, tx, owner.product_id, StatusCode::OK).await
}

fn check(patch: &VariantPatch) -> Result<(), Error> {
    let found: Vec<Violation> = [
        check_optional_text("/sku", patch.sku.as_ref().and_then(Option::as_deref)),
        check_optional_text(
            "/barcode",
            patch.barcode.as_ref().and_then(Option::as_deref),
        ),
        check_optional_text("/title", patch.title.as_deref()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.into())
    }
}
