//! Searching.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::Problem;
use common::extract::{Query, RequestMeta, page};
use common::limiter;
use http::{HeaderMap, header};
use search_core::Sort;
use serde::Deserialize;
use utoipa::IntoParams;

use super::filters::Asked;
use crate::domain::query::SearchRequest;
use crate::domain::results::SearchResults;
use crate::error::Error;
use crate::pipeline::Options;
use crate::pipeline::cache::Known;
use crate::signals::Searched;
use crate::state::AppState;

/// Results may be this old in a browser or at the edge.
const CACHE: &str = "public, max-age=1";

/// A search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchQuery {
    /// What was typed. Without it everything matches.
    q: Option<String>,
    /// Slugs of categories: any of them; their subcategories count too.
    #[serde(default)]
    category: Vec<String>,
    /// Slugs of brands: any of them.
    #[serde(default)]
    brand: Vec<String>,
    /// Attributes: `code:value`, or `code:min..max` for numbers (either end may be missing). Any value of an attribute is
    /// enough; every attribute must hold.
    #[serde(default)]
    attr: Vec<String>,
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
/// Words are normalised (units, sizes, model numbers), widened by synonyms and, where the shop has a sentence model,
/// by meaning. What matches nothing is corrected first, then loosened step by step; `query.notes` says how. A facet
/// counts what passes all filters but its own.
#[utoipa::path(get, path = "/api/v1/search", operation_id = "searchProducts", tag = "search", params(SearchQuery),
    responses(
        (status = 200, description = "A page of results with facets", body = SearchResults),
        (status = 503, description = "The index is being built, with Retry-After", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "A parameter or the cursor cannot be read", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn search_products(
    State(state): State<AppState>,
    meta: RequestMeta,
    headers: HeaderMap,
    Query(query): Query<SearchQuery>,
) -> Result<Response, Error> {
    let client = limiter::client(&headers, &meta);
    let request = query.request(&state)?;
    super::ready(&state)?;
    let known = known(&state).await?;
    if let Some(kept) = state.answers.get(&request, known).await {
        metrics::counter!("techmart_search_searches_total", "outcome" => "cached").increment(1);
        if is_counted(&request) {
            state.recorder.repeated(&client, &request.text);
        }
        return Ok(json(kept));
    }
    let outcome = state.pipeline.search(&request, &Options::default()).await?;
    let is_lasting = state.engines().is_embedded(&outcome.engine) && !outcome.degraded;
    let (body, results) = state
        .pipeline
        .written(&request, outcome)
        .map_err(Problem::internal)?;
    if is_counted(&request) {
        record(&state, &client, &request, &results);
    }
    metrics::counter!("techmart_search_searches_total", "outcome" => outcome_of(&results))
        .increment(1);
    let known = if is_lasting { known } else { known.unsure() };
    state.answers.put(&request, known, &body).await;
    Ok(json(body))
}

impl SearchQuery {
    fn request(self, state: &AppState) -> Result<SearchRequest, Problem> {
        let (size, cursor) = page(self.limit, self.cursor.as_deref())?;
        let asked = Asked {
            categories: self.category,
            brands: self.brand,
            attributes: self.attr,
            price_min: self.price_min,
            price_max: self.price_max,
            in_stock: self.in_stock,
        };
        Ok(SearchRequest {
            text: super::typed(self.q.as_deref(), state)?,
            filters: asked.read(state.filter_values_max)?,
            sort: self.sort,
            size,
            cursor: cursor.map(str::to_owned),
        })
    }
}

/// What this instance knows by now.
async fn known(state: &AppState) -> Result<Known, Error> {
    let at = state.clock.now();
    Ok(Known {
        at,
        change: state.engines().embedded().cursor().await?,
        revision: state.merchandising.current().revision,
    })
}

/// A further page is no further search, and what filters leave says nothing of the words.
fn is_counted(request: &SearchRequest) -> bool {
    request.cursor.is_none() && request.filters.is_empty()
}

fn record(state: &AppState, client: &str, request: &SearchRequest, results: &SearchResults) {
    let searched = Searched {
        text: request.text.clone(),
        total: results.total,
        corrected: results.query.corrected.is_some(),
        degraded: results.degraded,
    };
    state.recorder.searched(client, &searched);
}

fn json(body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, CACHE),
    ];
    (headers, body).into_response()
}

fn outcome_of(results: &SearchResults) -> &'static str {
    if results.total == 0 {
        "nothing"
    } else if results.query.corrected.is_some() {
        "corrected"
    } else if results.query.notes.is_empty() {
        "found"
    } else {
        "relaxed"
    }
}
