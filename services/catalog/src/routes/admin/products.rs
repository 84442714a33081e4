//! `/admin/products`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::extract::{self, IfMatch, Json, Path, Permitted, Query, RequestMeta};
use common::{Problem, etag};
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use kernel::{Cursor, InvalidCursor, Page, ProductId, VariantId};
use serde::Deserialize;
use sqlx::PgConnection;
use utoipa::IntoParams;

use super::trail::Change;
use super::{PRIVATE, before, category, check_attributes, finish};
use crate::domain::admin::{AdminProduct, AdminProductSummary, ProductStatus};
use crate::domain::draft::NewProduct;
use crate::domain::patch::ProductPatch;
use crate::domain::slug;
use crate::domain::tax::TaxClass;
use crate::domain::violation::{Violation, check_optional_text, check_text};
use crate::error::Error;
use crate::routes::permission::{CatalogRead, CatalogWrite};
use crate::routes::products::refuse;
use crate::state::AppState;
use crate::store;
use crate::store::admin_list::AdminListing;
use crate::store::write::{ProductColumns, ProductRow};

/// How often a slug is looked for when another product was given it by name in between.
const SLUG_TRIES_MAX: u32 = 3;
/// The longest text that is looked for, in characters.
const TEXT_MAX: usize = 100;

/// The query of a list of products for staff.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ListAdminProducts {
    /// In the title or slug, or a whole SKU or barcode.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Slug of a category; products below it belong to it too.
    category: Option<String>,
    /// State.
    #[param(inline)]
    status: Option<ProductStatus>,
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List products in any state, the newest first
///
/// Needs the permission `catalog.read`.
#[utoipa::path(get, path = "/api/v1/admin/products", operation_id = "listAdminProducts", tag = "staff", params(ListAdminProducts),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Page<AdminProductSummary>),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`invalid_query`, `invalid_cursor`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn list_admin_products(
    State(state): State<AppState>,
    _: Permitted<CatalogRead>,
    Query(query): Query<ListAdminProducts>,
) -> Result<Response, Error> {
    let (size, cursor) = extract::page(query.limit, query.cursor.as_deref())?;
    let after = cursor.map(decode).transpose().map_err(Problem::from)?;
    for (name, text) in [("q", &query.q), ("category", &query.category)] {
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > TEXT_MAX || text.contains('\0'))
        {
            return Err(refuse(
                name,
                &format!("must be a text of at most {TEXT_MAX} characters"),
            )
            .into());
        }
    }
    let listing = AdminListing {
        text: query.q.filter(|text| !text.trim().is_empty()),
        category: query.category.filter(|slug| !slug.is_empty()),
        status: query.status,
        after,
        limit: size.overfetch(),
    };
    let mut conn = state.db.write().await?;
    let rows = store::admin_list::list_admin_products(&mut conn, &listing).await?;
    let page = Page::from_overfetch(rows, size, |row| (row.created_at.as_microsecond(), row.id));
    Ok(Json(page).into_response())
}

/// Make a product
///
/// Needs the permission `catalog.write`.
#[utoipa::path(post, path = "/api/v1/admin/products", operation_id = "createProduct", tag = "staff", request_body = NewProduct,
    security(("bearer" = [])),
    responses(
        (status = 201, body = AdminProduct, headers(("ETag" = String), ("Location" = String))),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`slug_taken`, `sku_taken`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn create_product(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<CatalogWrite>,
    meta: RequestMeta,
    Json(new): Json<NewProduct>,
) -> Result<Response, Error> {
    let new = new.checked(state.currency)?;
    let product_id = ProductId::generate();
    let mut tx = state.db.begin().await?;
    let category_id = category(&mut tx, &new.category).await?;
    check_attributes(&mut tx, &new.attributes).await?;
    let brand = new.brand.as_deref().map(str::trim);
    let brand_id = match brand {
        Some(name) => Some(store::brands::insert_brand(&mut tx, name).await?),
        None => None,
    };
    let row = ProductRow {
        product_id,
        title: new.title.trim(),
        brand_id,
        category_id,
        description: new.description.trim(),
        attributes: &new.attributes,
        tax_class: new.tax_class.unwrap_or(TaxClass::Standard),
        status: new.status.unwrap_or(ProductStatus::Draft),
    };
    insert(&mut tx, &row, new.slug.as_deref()).await?;
    let variants: Vec<_> = new
        .variants
        .iter()
        .map(|variant| (VariantId::generate(), variant))
        .collect();
    store::write::insert_variants(&mut tx, product_id, &variants, &staff.user_id.to_string())
        .await?;
    let change = Change {
        action: "product.create",
        variant: None,
        before: None,
    };
    let who = (&staff, &meta);
    let mut response = finish(&state, who, change, tx, product_id, StatusCode::CREATED).await?;
    if let Ok(place) = HeaderValue::try_from(format!("/api/v1/admin/products/{product_id}")) {
        response.headers_mut().insert(LOCATION, place);
    }
    Ok(response)
}

/// Read a product in any state
///
/// Needs the permission `catalog.read`.
#[utoipa::path(get, path = "/api/v1/admin/products/{id}", operation_id = "getAdminProduct", tag = "staff",
    params(("id" = ProductId, Path)), security(("bearer" = [])),
    responses(
        (status = 200, body = AdminProduct, headers(("ETag" = String))),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn get_admin_product(
    State(state): State<AppState>,
    _: Permitted<CatalogRead>,
    headers: HeaderMap,
    Path(product_id): Path<ProductId>,
) -> Result<Response, Error> {
    let mut conn = state.db.write().await?;
    let product = store::admin::find_admin_product(&mut conn, product_id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(etag::versioned(
        &headers,
        product.version,
        PRIVATE,
        &product,
    ))
}

/// Change a product
///
/// `If-Match` is required: the `ETag` of the product that the change is based on. Needs the permission `catalog.write`.
#[utoipa::path(patch, path = "/api/v1/admin/products/{id}", operation_id = "updateProduct", tag = "staff", request_body = ProductPatch,
    params(("id" = ProductId, Path), ("If-Match" = String, Header)), security(("bearer" = [])),
    responses(
        (status = 200, body = AdminProduct, headers(("ETag" = String))),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "`version_mismatch`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
        (status = 428, body = Problem, content_type = "application/problem+json", description = "`if_match_missing`"),
    ))]
pub(in crate::routes) async fn update_product(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<CatalogWrite>,
    meta: RequestMeta,
    if_match: IfMatch,
    Path(product_id): Path<ProductId>,
    Json(patch): Json<ProductPatch>,
) -> Result<Response, Error> {
    if_match.required()?;
    check_patch(&patch)?;
    let mut tx = state.db.begin().await?;
    super::lock(&mut tx, product_id, if_match).await?;
    let before = before(&mut tx, product_id).await?;
    let mut columns = ProductColumns {
        title: patch.title.as_deref().map(str::trim),
        description: patch.description.as_deref().map(str::trim),
        attributes: patch.attributes.as_ref(),
        tax_class: patch.tax_class,
        status: patch.status,
        ..ProductColumns::default()
    };
    if let Some(slug) = &patch.category {
        columns.category_id = Some(category(&mut tx, slug).await?);
    }
    if let Some(attributes) = &patch.attributes {
        check_attributes(&mut tx, attributes).await?;
    }
    columns.brand_id = match &patch.brand {
        Some(Some(name)) => Some(Some(
            store::brands::insert_brand(&mut tx, name.trim()).await?,
        )),
        Some(None) => Some(None),
        None => None,
    };
    store::write::update_product(&mut tx, product_id, &columns).await?;
    let change = Change {
        action: "product.update",
        variant: None,
        before: Some(&before),
    };
    finish(
        &state,
        (&staff, &meta),
        change,
        tx,
        product_id,
        StatusCode::OK,
    )
    .await
}

fn check_patch(patch: &ProductPatch) -> Result<(), Error> {
    let found: Vec<Violation> = [
        patch
            .title
            .as_deref()
            .and_then(|text| check_text("/title", text)),
        check_optional_text("/description", patch.description.as_deref()),
        patch
            .brand
            .as_ref()
            .and_then(Option::as_deref)
            .and_then(|text| check_text("/brand", text)),
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

/// Inserts the product under the slug that was asked for, or under the first free one of its title.
async fn insert(
    conn: &mut PgConnection,
    row: &ProductRow<'_>,
    wanted: Option<&str>,
) -> Result<(), Error> {
    if let Some(slug) = wanted {
        let inserted = store::write::insert_product(conn, slug, row).await?;
        return if inserted {
            Ok(())
        } else {
            Err(Error::SlugTaken)
        };
    }
    let base = slug::from_title(row.title);
    store::write::lock_slug(conn, &base).await?;
    for _ in 0..SLUG_TRIES_MAX {
        let taken = store::write::list_taken_slugs(conn, &base).await?;
        let free = (1..=u32::MAX)
            .map(|n| slug::candidate(&base, n))
            .find(|slug| !taken.contains(slug));
        if store::write::insert_product(conn, free.as_ref().unwrap_or(&base), row).await? {
            return Ok(());
        }
    }
    Err(Error::SlugTaken)
}

fn decode(text: &str) -> Result<(Timestamp, ProductId), InvalidCursor> {
    let (micros, id): (i64, ProductId) = Cursor::decode(text)?;
    Ok((
        Timestamp::from_microsecond(micros).map_err(|_| InvalidCursor)?,
        id,
    ))
}
