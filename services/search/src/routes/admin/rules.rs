//! `/admin/search/rules`.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::access::Permitted;
use common::extract::{self, IdempotencyKey, IfMatch, Json, Path, Query, RequestMeta};
use http::{HeaderMap, StatusCode};
use kernel::{Cursor, Page, ProductId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::merchandising::RuleId;
use crate::merchandising::error::Error;
use crate::merchandising::manage::{self, Author};
use crate::merchandising::rule::{NewSearchRule, SearchRule, SearchRulePatch};
use crate::routes::permission::{SearchRead, SearchWrite};
use crate::state::AppState;
use crate::store::rules::{self, RuleListing};

/// The query of a list of rules.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListSearchRules {
    /// In the query, the redirect or the note, in any case.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Pins or buries this product.
    #[param(value_type = Option<ProductId>)]
    product: Option<ProductId>,
    /// Whether it is enabled.
    enabled: Option<bool>,
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List rules, the newest first
#[utoipa::path(get, path = "/api/v1/admin/search/rules", operation_id = "listSearchRules", tag = "staff", params(ListSearchRules),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of rules", body = Page<SearchRule>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_search_rules(
    State(state): State<AppState>,
    _staff: Permitted<SearchRead>,
    Query(query): Query<ListSearchRules>,
) -> Result<Json<Page<SearchRule>>, Error> {
    let (size, cursor) = extract::page(query.limit, query.cursor.as_deref())?;
    let listing = RuleListing {
        text: super::text(query.q)?,
        product: query.product,
        enabled: query.enabled,
        after: cursor.map(Cursor::decode::<RuleId>).transpose()?,
        limit: size.overfetch(),
    };
    let mut conn = state.db.write().await?;
    let rows = rules::list(&mut conn, &listing).await?;
    Ok(Json(Page::from_overfetch(rows, size, |entry| entry.id)))
}

/// Make a rule
///
/// It is in force on every instance within two seconds.
#[utoipa::path(post, path = "/api/v1/admin/search/rules", operation_id = "createSearchRule", tag = "staff", request_body = NewSearchRule,
    security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each rule")),
    responses(
        (status = 201, description = "The rule", body = SearchRule, headers(("ETag" = String), ("Location" = String))),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`search_rule_limit` {max}, `request_in_progress` (Retry-After)", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn create_search_rule(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<SearchWrite>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
    Json(new): Json<NewSearchRule>,
) -> Result<Response, Error> {
    let author = Author {
        staff: &staff,
        meta: &meta,
    };
    let made = manage::create_rule(&state, author, &key, new).await?;
    let place = format!("/api/v1/admin/search/rules/{}", made.object.id);
    let version = made.object.version;
    Ok(super::created(version, &made.object, &place, made.replayed))
}

/// Read a rule
#[utoipa::path(get, path = "/api/v1/admin/search/rules/{id}", operation_id = "getSearchRule", tag = "staff",
    params(("id" = RuleId, Path, description = "The rule")), security(("bearer" = [])),
    responses(
        (status = 200, description = "The rule", body = SearchRule, headers(("ETag" = String))),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such rule", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_search_rule(
    State(state): State<AppState>,
    _staff: Permitted<SearchRead>,
    headers: HeaderMap,
    Path(id): Path<RuleId>,
) -> Result<Response, Error> {
    let mut conn = state.db.write().await?;
    let found = rules::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    Ok(super::answer(&headers, found.version, &found))
}

/// Change a rule
///
/// `If-Match` is required: the `ETag` of the rule that the change is based on.
#[utoipa::path(patch, path = "/api/v1/admin/search/rules/{id}", operation_id = "updateSearchRule", tag = "staff", request_body = SearchRulePatch,
    params(("id" = RuleId, Path, description = "The rule"), ("If-Match" = String, Header, description = "The ETag that the change is based on")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The rule", body = SearchRule, headers(("ETag" = String))),
        (status = 400, description = "`if_match_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such rule", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn update_search_rule(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<SearchWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
    Path(id): Path<RuleId>,
    Json(patch): Json<SearchRulePatch>,
) -> Result<Response, Error> {
    if_match.required()?;
    let author = Author {
        staff: &staff,
        meta: &meta,
    };
    let changed = manage::update_rule(&state, author, if_match, id, patch).await?;
    Ok(super::answer(&HeaderMap::new(), changed.version, &changed))
}

/// Delete a rule
///
/// `If-Match` is required: the `ETag` of the rule as it was read.
#[utoipa::path(delete, path = "/api/v1/admin/search/rules/{id}", operation_id = "deleteSearchRule", tag = "staff",
    params(("id" = RuleId, Path, description = "The rule"), ("If-Match" = String, Header, description = "The ETag as it was read")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is gone"),
        (status = 400, description = "`if_match_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such rule", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete_search_rule(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<SearchWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
    Path(id): Path<RuleId>,
) -> Result<StatusCode, Error> {
    if_match.required()?;
    let author = Author {
        staff: &staff,
        meta: &meta,
    };
    manage::delete_rule(&state, author, if_match, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
