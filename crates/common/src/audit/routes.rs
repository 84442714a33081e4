//! The log over HTTP: one path per service.

use axum::extract::{FromRef, State};
use axum::routing::get;
use jiff::Timestamp;
use kernel::{Cursor, Page, UserId};
use serde::Deserialize;
use utoipa::openapi::OpenApi;
use utoipa::{IntoParams, OpenApi as _};

use super::{ActorKind, After, Audit, AuditEntry, Filter};
use crate::access::{Permitted, Verifier};
use crate::db::{Db, DbError};
use crate::extract::{Json, Query, page};
use crate::openapi::Routes;
use crate::problem::Problem;

crate::permissions! {
    /// Reads the logs.
    pub AuditRead = "audit.read";
}

/// The path in the document below, replaced by the service's own.
const PATH: &str = "/api/v1/admin/audit";

#[derive(utoipa::OpenApi)]
#[openapi(paths(list_audit))]
struct Document;

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListAudit {
    /// About this kind of thing.
    object_type: Option<String>,
    /// About this thing, by its id.
    object_id: Option<String>,
    /// By this account.
    actor_id: Option<UserId>,
    /// By this kind of actor.
    actor_kind: Option<ActorKind>,
    /// This action; with a dot at its end (`note.`) every action on that noun.
    action: Option<String>,
    /// At this time or later, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before this time, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Entries per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// `GET /api/v1/admin/audit/<service>`: the log in the schema of the same name.
pub fn router<R: Routes>(service: &'static str) -> R
where
    Verifier: FromRef<R::State>,
    Db: FromRef<R::State>,
{
    let audit = Audit::new(service);
    let handler =
        move |permitted: Permitted<AuditRead>,
              State(db): State<Db>,
              Query(query): Query<ListAudit>| { list_audit(audit, permitted, db, query) };
    R::default()
        .describe(|| document(service))
        .route(&path(service), get(handler))
}

fn path(service: &str) -> String {
    format!("{PATH}/{service}")
}

fn document(service: &str) -> OpenApi {
    let mut document = Document::openapi();
    if let Some(mut item) = document.paths.paths.remove(PATH) {
        if let Some(operation) = &mut item.get {
            let (first, rest) = service.split_at(1);
            operation.operation_id = Some(format!("list{}{rest}Audit", first.to_uppercase()));
        }
        document.paths.paths.insert(path(service), item);
    }
    document
}

/// Who changed what
///
/// The newest first. Needs the permission `audit.read`.
#[utoipa::path(get, path = "/api/v1/admin/audit", operation_id = "listAudit", tag = "audit",
    security(("bearer" = [])), params(ListAudit),
    responses(
        (status = 200, description = "A page of the log", body = Page<AuditEntry>),
        (status = 400, description = "invalid_query or invalid_cursor", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "forbidden or permission_missing", body = Problem, content_type = "application/problem+json")))]
async fn list_audit(
    audit: Audit,
    _: Permitted<AuditRead>,
    db: Db,
    query: ListAudit,
) -> Result<Json<Page<AuditEntry>>, Problem> {
    let (size, cursor) = page(query.limit, query.cursor.as_deref())?;
    let after: Option<After> = cursor.map(Cursor::decode).transpose()?;
    let filter = Filter {
        object_type: query.object_type,
        object_id: query.object_id,
        actor_id: query.actor_id,
        actor_kind: query.actor_kind,
        action: query.action,
        from: query.from,
        to: query.to,
    };
    // The primary: staff look here right after they did something.
    let mut conn = db.write().await?;
    let entries = audit
        .list(&mut conn, &filter, after, size.overfetch())
        .await
        .map_err(DbError::from)?;
    Ok(Json(Page::from_overfetch(entries, size, |entry| {
        (entry.at, entry.id)
    })))
}
