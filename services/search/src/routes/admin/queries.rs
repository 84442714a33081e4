//! `/admin/search/queries`.

use axum::extract::State;
use common::Problem;
use common::access::Permitted;
use common::extract::{self, Json, Query};
use kernel::{Cursor, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::merchandising::error::Error;
use crate::merchandising::text;
use crate::routes::permission::SearchRead;
use crate::signals::report::{QueryKind, QueryReport};
use crate::state::AppState;
use crate::store::queries::{self, QueryListing};

/// The query of a list of queries.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListSearchQueries {
    /// Which, and in what order: `top` if not given.
    #[serde(default)]
    #[param(inline)]
    kind: QueryKind,
    /// Of how many days, today included: 1 to 90. 7 if not given.
    #[param(minimum = 1, maximum = 90)]
    days: Option<u16>,
    /// In the text, in any case.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what shoppers search for
///
/// A text is shown when it was searched three times or more in these days (`signals.searches_min`). Texts that look like
/// a person's data are never kept, and counts say nothing of who searched.
#[utoipa::path(get, path = "/api/v1/admin/search/queries", operation_id = "listSearchQueries", tag = "staff", params(ListSearchQueries),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of texts", body = Page<QueryReport>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_search_queries(
    State(state): State<AppState>,
    _staff: Permitted<SearchRead>,
    Query(query): Query<ListSearchQueries>,
) -> Result<Json<Page<QueryReport>>, Error> {
    let (size, cursor) = extract::page(query.limit, query.cursor.as_deref())?;
    let most = state.recorder.kept_days();
    let days = query.days.unwrap_or(7);
    if !(1..=most).contains(&days) {
        let reason = format!("must lie between 1 and {most}");
        return Err(Error::BadParameter {
            name: "days",
            reason,
        });
    }
    let listing = QueryListing {
        kind: query.kind,
        days: days.into(),
        searches_min: state.recorder.searches_min().into(),
        text: super::text(query.q)?.map(|text| text::normalise(&text)),
        after: cursor.map(Cursor::decode::<(i64, String)>).transpose()?,
        limit: size.overfetch(),
    };
    if let Some((_, text)) = &listing.after
        && text.contains('\0')
    {
        return Err(Problem::invalid_cursor().into());
    }
    let mut conn = state.db.read().await?;
    let rows = queries::list(&mut conn, &listing, state.clock.now()).await?;
    Ok(Json(Page::from_overfetch(rows, size, |row| {
        (row.number, row.query.clone())
    })))
}
