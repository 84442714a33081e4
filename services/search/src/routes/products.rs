//! Products without words: like another one, wanted by many, looked at before.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::Problem;
use common::extract::{Json, Query};
use http::header;
use kernel::ProductId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::results::ProductList;
use crate::error::Error;
use crate::state::AppState;

/// Lists may be this old in a browser or at the edge.
const CACHE: &str = "public, max-age=30, stale-while-revalidate=60";
/// Products of a list, unless asked otherwise.
const LIMIT: u16 = 12;
/// Products of a list at most.
const LIMIT_MAX: u16 = 48;

/// Like which product.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SimilarQuery {
    /// The product.
    product: ProductId,
    /// Products at most, 1 to 48.
    #[param(minimum = 1, maximum = 48)]
    limit: Option<u16>,
}

/// Wanted where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct PopularQuery {
    /// Slug of a category; its subcategories count too. Without it the whole shop.
    category: Option<String>,
    /// Products at most, 1 to 48.
    #[param(minimum = 1, maximum = 48)]
    limit: Option<u16>,
}

/// Which products.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ByIdQuery {
    /// The products, at most 48.
    #[serde(default)]
    id: Vec<ProductId>,
}

/// Lists products like another one
///
/// Of the same kind, the nearest in meaning first; those that cannot be had come last.
#[utoipa::path(get, path = "/api/v1/search/similar", operation_id = "listSimilarProducts", tag = "search", params(SimilarQuery),
    responses(
        (status = 200, description = "Products, the most similar first", body = ProductList),
        (status = 404, description = "The product is not on sale", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The index is being built, with Retry-After", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "A parameter cannot be read", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_similar(
    State(state): State<AppState>,
    Query(query): Query<SimilarQuery>,
) -> Result<Response, Error> {
    let limit = limit(query.limit)?;
    super::ready(&state)?;
    Ok(list(state.pipeline.similar(query.product, limit).await?))
}

/// Lists what shoppers want most
#[utoipa::path(get, path = "/api/v1/search/popular", operation_id = "listPopularProducts", tag = "search", params(PopularQuery),
    responses(
        (status = 200, description = "Products that can be had, the most wanted first", body = ProductList),
        (status = 503, description = "The index is being built, with Retry-After", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "A parameter cannot be read", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_popular(
    State(state): State<AppState>,
    Query(query): Query<PopularQuery>,
) -> Result<Response, Error> {
    let limit = limit(query.limit)?;
    super::ready(&state)?;
    Ok(list(state.pipeline.popular(query.category, limit).await?))
}

/// Lists products by their ids
///
/// In the order of the ids; those that are not on sale are left out. For what a shopper looked at before: the ids stay
/// in the browser.
#[utoipa::path(get, path = "/api/v1/search/products", operation_id = "listProductsById", tag = "search", params(ByIdQuery),
    responses(
        (status = 200, description = "The products", body = ProductList),
        (status = 503, description = "The index is being built, with Retry-After", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "A parameter cannot be read", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_by_id(
    State(state): State<AppState>,
    Query(query): Query<ByIdQuery>,
) -> Result<Response, Error> {
    if query.id.len() > LIMIT_MAX.into() {
        return Err(super::refuse("id", &format!("given more than {LIMIT_MAX} times")).into());
    }
    super::ready(&state)?;
    Ok(list(state.pipeline.by_ids(&query.id).await?))
}

fn limit(asked: Option<u16>) -> Result<usize, Problem> {
    match asked.unwrap_or(LIMIT) {
        limit @ 1..=LIMIT_MAX => Ok(limit.into()),
        _ => Err(super::refuse(
            "limit",
            &format!("must lie between 1 and {LIMIT_MAX}"),
        )),
    }
}

fn list(products: ProductList) -> Response {
    ([(header::CACHE_CONTROL, CACHE)], Json(products)).into_response()
}
