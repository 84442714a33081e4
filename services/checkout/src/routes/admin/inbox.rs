//! `/admin/inbox`: the provider's reports that could not be applied.

use axum::extract::State;
use common::Problem;
use common::audit::Entry;
use common::extract::{Json, Path, Permitted, Query, RequestMeta, page};
use http::StatusCode;
use jiff::Timestamp;
use kernel::{Cursor, Page};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::permission::PaymentsRead;
use crate::error::Error;
use crate::state::{AUDIT, AppState};
use crate::store::inbox::{self, InboxRow};

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InboxState {
    /// Waits for its turn, or for a payment that is not known yet.
    Parked,
    /// Given up: a person must look.
    Dead,
    /// Dealt with.
    Done,
}

impl InboxState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Parked => "parked",
            Self::Dead => "dead",
            Self::Done => "done",
        }
    }
}

/// Which reports.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListInbox {
    /// In this state; all of them, if it is left out.
    #[param(inline)]
    state: Option<InboxState>,
    /// Reports per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the provider's reports
///
/// The newest first. Needs the permission `payments.read`.
#[utoipa::path(
    get, path = "/api/v1/admin/inbox", operation_id = "listInbox", tag = "admin",
    security(("bearer" = [])), params(ListInbox),
    responses(
        (status = 200, description = "The newest first", body = Page<InboxRow>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_inbox(
    State(state): State<AppState>,
    _: Permitted<PaymentsRead>,
    Query(query): Query<ListInbox>,
) -> Result<Json<Page<InboxRow>>, Error> {
    let (size, cursor) = page(query.limit, query.cursor.as_deref())?;
    let after: Option<(Timestamp, String)> = cursor
        .map(Cursor::decode)
        .transpose()
        .map_err(Problem::from)?;
    let mut conn = state.db.write().await?;
    let wanted = query.state.map(InboxState::as_str);
    let rows = inbox::list(&mut conn, wanted, after, size.overfetch()).await?;
    Ok(Json(Page::from_overfetch(rows, size, |row| {
        (row.received_at, row.event_id.clone())
    })))
}

/// Work on a report again
///
/// Needs the permission `payments.read`.
#[utoipa::path(
    post, path = "/api/v1/admin/inbox/{event_id}/retry", operation_id = "retryInboxEvent", tag = "admin",
    security(("bearer" = [])), params(("event_id" = String, Path, description = "The provider's id of the report")),
    responses(
        (status = 204, description = "It is worked on at once"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such report", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`report_done`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn retry_inbox_event(
    State(state): State<AppState>,
    Path(event_id): Path<String>,
    Permitted(staff, _): Permitted<PaymentsRead>,
    meta: RequestMeta,
) -> Result<StatusCode, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    match inbox::update_retried(&mut tx, &event_id, now).await? {
        None => return Err(Error::NotFound),
        Some(false) => return Err(Error::ReportDone),
        Some(true) => {}
    }
    let entry = Entry::new(&staff, "report.retry", "report", &event_id)
        .at(now)
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
