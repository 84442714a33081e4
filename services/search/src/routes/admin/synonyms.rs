//! `/admin/search/synonyms`.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::access::Permitted;
use common::extract::{self, IdempotencyKey, IfMatch, Json, Path, Query, RequestMeta};
use http::{HeaderMap, StatusCode};
use kernel::{Cursor, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::merchandising::SynonymId;
use crate::merchandising::error::Error;
use crate::merchandising::manage::{self, Author};
use crate::merchandising::synonym::{
    DefaultSynonyms, NewSynonym, Synonym, SynonymKind, SynonymPatch,
};
use crate::routes::permission::{SearchRead, SearchWrite};
use crate::state::AppState;
use crate::store::synonyms::{self, SynonymListing};

/// The query of a list of synonyms.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListSynonyms {
    /// In a term or the note, in any case.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Kind.
    #[param(inline)]
    kind: Option<SynonymKind>,
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the shop's synonyms, the newest first
#[utoipa::path(get, path = "/api/v1/admin/search/synonyms", operation_id = "listSynonyms", tag = "staff", params(ListSynonyms),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of synonyms", body = Page<Synonym>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_synonyms(
    State(state): State<AppState>,
    _staff: Permitted<SearchRead>,
    Query(query): Query<ListSynonyms>,
) -> Result<Json<Page<Synonym>>, Error> {
    let (size, cursor) = extract::page(query.limit, query.cursor.as_deref())?;
    let listing = SynonymListing {
        text: super::text(query.q)?,
        kind: query.kind,
        after: cursor.map(Cursor::decode::<SynonymId>).transpose()?,
        limit: size.overfetch(),
    };
    let mut conn = state.db.write().await?;
    let rows = synonyms::list(&mut conn, &listing).await?;
    Ok(Json(Page::from_overfetch(rows, size, |entry| entry.id)))
}

/// List the built-in synonyms
///
/// An entry of kind `disabled` with the same terms switches one off.
#[utoipa::path(get, path = "/api/v1/admin/search/synonyms/defaults", operation_id = "listDefaultSynonyms", tag = "staff",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All of them", body = DefaultSynonyms),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_default_synonyms(
    State(state): State<AppState>,
    _staff: Permitted<SearchRead>,
) -> Result<Json<DefaultSynonyms>, Error> {
    Ok(Json(manage::list_defaults(&state).await?))
}

/// Make a synonym
///
/// It is in force on every instance within two seconds.
#[utoipa::path(post, path = "/api/v1/admin/search/synonyms", operation_id = "createSynonym", tag = "staff", request_body = NewSynonym,
    security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each synonym")),
    responses(
        (status = 201, description = "The synonym", body = Synonym, headers(("ETag" = String), ("Location" = String))),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`synonym_limit` {max}, `request_in_progress` (Retry-After)", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn create_synonym(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<SearchWrite>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
    Json(new): Json<NewSynonym>,
) -> Result<Response, Error> {
    let author = Author {
        staff: &staff,
        meta: &meta,
    };
    let made = manage::create_synonym(&state, author, &key, new).await?;
    let place = format!("/api/v1/admin/search/synonyms/{}", made.object.id);
    let version = made.object.version;
    Ok(super::created(version, &made.object, &place, made.replayed))
}

/// Read a synonym
#[utoipa::path(get, path = "/api/v1/admin/search/synonyms/{id}", operation_id = "getSynonym", tag = "staff",
    params(("id" = SynonymId, Path, description = "The synonym")), security(("bearer" = [])),
    responses(
        (status = 200, description = "The synonym", body = Synonym, headers(("ETag" = String))),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such synonym", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_synonym(
    State(state): State<AppState>,
    _staff: Permitted<SearchRead>,
    headers: HeaderMap,
    Path(id): Path<SynonymId>,
) -> Result<Response, Error> {
    let mut conn = state.db.write().await?;
    let found = synonyms::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(super::answer(&headers, found.version, &found))
}

/// Change a synonym
///
/// `If-Match` is required: the `ETag` of the synonym that the change is based on.
#[utoipa::path(patch, path = "/api/v1/admin/search/synonyms/{id}", operation_id = "updateSynonym", tag = "staff", request_body = SynonymPatch,
    params(("id" = SynonymId, Path, description = "The synonym"), ("If-Match" = String, Header, description = "The ETag that the change is based on")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The synonym", body = Synonym, headers(("ETag" = String))),
        (status = 400, description = "`if_match_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such synonym", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn update_synonym(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<SearchWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
    Path(id): Path<SynonymId>,
    Json(patch): Json<SynonymPatch>,
) -> Result<Response, Error> {
    if_match.required()?;
    let author = Author {
        staff: &staff,
        meta: &meta,
    };
    let changed = manage::update_synonym(&state, author, if_match, id, patch).await?;
    Ok(super::answer(&HeaderMap::new(), changed.version, &changed))
}

/// Delete a synonym
///
/// `If-Match` is required: the `ETag` of the synonym as it was read.
#[utoipa::path(delete, path = "/api/v1/admin/search/synonyms/{id}", operation_id = "deleteSynonym", tag = "staff",
    params(("id" = SynonymId, Path, description = "The synonym"), ("If-Match" = String, Header, description = "The ETag as it was read")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is gone"),
        (status = 400, description = "`if_match_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such synonym", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete_synonym(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<SearchWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
    Path(id): Path<SynonymId>,
) -> Result<StatusCode, Error> {
    if_match.required()?;
    let author = Author {
        staff: &staff,
        meta: &meta,
    };
    manage::delete_synonym(&state, author, if_match, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
