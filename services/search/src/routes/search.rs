//! Searching.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::Problem;
use common::extract::{Json, Query, page};
use http::header;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::query::{Filters, SearchRequest, Sort};
use crate::domain::results::SearchResults;
use crate::error::Error;
use crate::state::AppState;

/// Results may be this old in a browser or at the edge.
const CACHE: &str = "public, max-age=2, stale-while-revalidate=10";

/// A search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchQuery {
    /// What was typed. Without it everything matches.
    q: Option<String>,
    /// Slug of a category; its subcategories count too.
    category: Option<String>,
    /// Slugs of brands: any of them.
    #[serde(default)]
    brand: Vec<String>,
    /// Lowest price in minor units of the shop's currency.
    #[param(minimum = 0)]
    price_min: Option<i64>,
    /// Highest price in minor units of the shop's currency.
    #[param(minimum = 0)]
    price_max: Option<i64>,
    /// Only what can be had now.
    #[serde(default)]
    in_stock: bool,
    /// The order of results.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// Results per page, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Searches products
///
/// Every word must match; what matches nothing is corrected first, then loosened to any of its words. A facet counts
/// what passes all filters but its own.
#[utoipa::path(get, path = "/api/v1/search", operation_id = "searchProducts", tag = "search", params(SearchQuery),
    responses(
        (status = 200, description = "A page of results with facets", body = SearchResults),
        (status = 503, description = "The index is being built, with Retry-After", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "A parameter or the cursor cannot be read", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn search_products(
    State(state): State<AppState>,
    Query(query): Query<SearchQuery>,
) -> Result<Response, Error> {
    let request = query.request(&state)?;
    let engine = super::complete_index(&state)?;
    let results = tokio::task::spawn_blocking(move || engine.search(&request)).await??;
    metrics::counter!("techmart_search_searches_total", "outcome" => outcome(&results))
        .increment(1);
    Ok(([(header::CACHE_CONTROL, CACHE)], Json(results)).into_response())
}

impl SearchQuery {
    fn request(self, state: &AppState) -> Result<SearchRequest, Problem> {
        let (size, cursor) = page(self.limit, self.cursor.as_deref())?;
        for (name, price) in [("price_min", self.price_min), ("price_max", self.price_max)] {
            if price.is_some_and(|minor| minor < 0) {
                return Err(super::refuse(name, "must not be negative"));
            }
        }
        if self.brand.len() > state.brands_max {
            return Err(super::refuse(
                "brand",
                &format!("given more than {} times", state.brands_max),
            ));
        }
        Ok(SearchRequest {
            text: super::typed(self.q.as_deref(), state)?,
            filters: Filters {
                category: self.category.filter(|slug| !slug.is_empty()),
                brands: self
                    .brand
                    .into_iter()
                    .filter(|slug| !slug.is_empty())
                    .collect(),
                price_min: self.price_min,
                price_max: self.price_max,
                in_stock: self.in_stock,
            },
            sort: self.sort,
            size,
            cursor: cursor.map(str::to_owned),
        })
    }
}

fn outcome(results: &SearchResults) -> &'static str {
    match (results.total, &results.query.corrected) {
        (0, _) => "nothing",
        (_, Some(_)) => "corrected",
        (_, None) => "found",
    }
}
