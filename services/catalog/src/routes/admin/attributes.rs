//! `/admin/attributes`: what attribute codes mean.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::Problem;
use common::audit::Entry;
use common::extract::{Json, PageQuery, Permitted, Query, RequestMeta};
use http::StatusCode;
use kernel::{Cursor, Page};
use serde_json::json;

use super::trail::AUDIT;
use crate::domain::attribute::AttributeDefinition;
use crate::domain::violation::{Violation, check_optional_text, check_text};
use crate::error::Error;
use crate::routes::permission::{CatalogRead, CatalogWrite};
use crate::state::AppState;
use crate::store;

/// List attribute definitions, by code
///
/// Needs the permission `catalog.read`.
#[utoipa::path(get, path = "/api/v1/admin/attributes", operation_id = "listAttributes", tag = "staff", params(PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Page<AttributeDefinition>),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`invalid_query`, `invalid_cursor`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn list_attributes(
    State(state): State<AppState>,
    _: Permitted<CatalogRead>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Error> {
    let (size, cursor) = query.page()?;
    let after = cursor
        .map(Cursor::decode::<String>)
        .transpose()
        .map_err(Problem::from)?
        .filter(|code| !code.contains('\0'));
    let mut conn = state.db.write().await?;
    let rows =
        store::attributes::list_attributes(&mut conn, after.as_deref(), size.overfetch()).await?;
    Ok(Json(Page::from_overfetch(rows, size, |row| row.code.clone())).into_response())
}

/// Define an attribute
///
/// Needs the permission `catalog.write`.
#[utoipa::path(post, path = "/api/v1/admin/attributes", operation_id = "createAttribute", tag = "staff",
    request_body = AttributeDefinition, security(("bearer" = [])),
    responses(
        (status = 201, body = AttributeDefinition),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`attribute_taken`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn create_attribute(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<CatalogWrite>,
    meta: RequestMeta,
    Json(new): Json<AttributeDefinition>,
) -> Result<(StatusCode, Json<AttributeDefinition>), Error> {
    check(&new)?;
    let mut tx = state.db.begin().await?;
    if !store::attributes::insert_attribute(&mut tx, &new).await? {
        return Err(Error::AttributeTaken);
    }
    let entry = Entry::new(&staff, "attribute.create", "attribute", &new.code)
        .after(json!(new))
        .at(state.clock.now())
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(new)))
}

fn check(new: &AttributeDefinition) -> Result<(), Error> {
    let code = !AttributeDefinition::is_code(&new.code);
    let found: Vec<Violation> = code
        .then(|| {
            Violation::new(
                "/code",
                "invalid",
                "is 1 to 80 small letters, digits and underscores",
            )
        })
        .into_iter()
        .chain(check_text("/name", &new.name))
        .chain(check_optional_text("/unit", new.unit.as_deref()))
        .collect();
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.into())
    }
}
