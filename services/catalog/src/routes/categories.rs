//! `/categories`.

use axum::extract::State;
use axum::response::Response;
use common::db::DbError;
use common::{Problem, etag};
use http::HeaderMap;
use serde_json::value::{RawValue, to_raw_value};

use super::caller::{Caller, cache_rule};
use crate::cache::Source;
use crate::domain::category::CategoryTree;
use crate::error::Error;
use crate::state::AppState;
use crate::store;

const SHARED: &str = "public, max-age=60";

/// The category tree
///
/// Counts are of products on sale and include descendants.
#[utoipa::path(get, path = "/api/v1/categories", operation_id = "listCategories", tag = "catalog",
    responses(
        (status = 200, body = CategoryTree, headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "Not changed"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn list_categories(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let fresh = caller.wants_primary(&state).await;
    if fresh {
        let body = load(&state, Source::Primary).await?;
        return Ok(etag::versioned(
            &headers,
            0,
            cache_rule(fresh, SHARED),
            &body,
        ));
    }
    let ttl = state.cache.categories_ttl();
    let entry = state
        .cache
        .list("categories", ttl, |source| load(&state, source))
        .await?;
    Ok(etag::versioned(&headers, 0, SHARED, &entry.body))
}

async fn load(state: &AppState, source: Source) -> Result<Box<RawValue>, DbError> {
    let mut conn = source.connection(&state.db).await?;
    let flat = store::categories::list_categories(&mut conn).await?;
    let tree = CategoryTree::build(flat);
    to_raw_value(&tree).map_err(|error| sqlx::Error::Encode(Box::new(error)).into())
}
