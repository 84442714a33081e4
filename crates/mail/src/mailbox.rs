//! The messages of a service as staff see them: `GET /api/v1/admin/messages/<service>` and one
//! message with its text. A secret message shows its text only while no SMTP server is configured,
//! when this page is the one place where it can be had, and only to staff who may do everything:
//! a link to set a password is as good as the account it belongs to.

mod list;
mod view;

use axum::extract::{FromRef, State};
use axum::routing::get;
use common::Problem;
use common::access::{EVERYTHING, Permitted, Verifier};
use common::db::{Db, DbError};
use common::extract::{Json, Path, Query, page};
use common::openapi::Routes;
use jiff::Timestamp;
use kernel::{Cursor, MessageId, Page, SharedClock};
use serde::Deserialize;
use utoipa::openapi::OpenApi;
use utoipa::{IntoParams, OpenApi as _};

use crate::outbox::Outbox;

pub use list::Filter;
pub use view::{Body, Letter, LetterSummary, Progress};

common::permissions! {
    /// Reads messages to customers and staff.
    pub MailboxRead = "mailbox.read";
}

/// The path in the document below, replaced by the service's own.
const PATH: &str = "/api/v1/admin/messages";

/// What the routes need, part of a service's state.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// The database.
    pub db: Db,
    /// The messages.
    pub outbox: Outbox,
    /// Whether an SMTP server is configured.
    pub sends: bool,
    /// The time.
    pub clock: SharedClock,
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list_messages, get_message))]
struct Document;

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListMessages {
    /// To exactly this address.
    recipient: Option<String>,
    /// Which message.
    template: Option<String>,
    /// Messages per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The routes of a service's mailbox.
pub fn router<R: Routes>(service: &'static str) -> R
where
    Verifier: FromRef<R::State>,
    Mailbox: FromRef<R::State>,
{
    let list = format!("{PATH}/{service}");
    let one = format!("{list}/{{id}}");
    R::default()
        .describe(|| document(service))
        .route(&list, get(list_messages))
        .route(&one, get(get_message))
}

fn document(service: &str) -> OpenApi {
    let mut document = Document::openapi();
    let (first, rest) = service.split_at(1);
    let name = format!("{}{rest}", first.to_uppercase());
    let paths = std::mem::take(&mut document.paths.paths);
    for (path, mut item) in paths {
        if let Some(operation) = &mut item.get {
            let id = operation.operation_id.take().unwrap_or_default();
            operation.operation_id = Some(id.replace("Message", &format!("{name}Message")));
        }
        let own = path.replacen(PATH, &format!("{PATH}/{service}"), 1);
        document.paths.paths.insert(own, item);
    }
    document
}

/// Messages, newest first
///
/// Without their text. Needs the permission `mailbox.read`.
#[utoipa::path(get, path = "/api/v1/admin/messages", operation_id = "listMessages", tag = "mailbox",
    security(("bearer" = [])), params(ListMessages),
    responses(
        (status = 200, description = "A page of messages", body = Page<LetterSummary>),
        (status = 400, description = "invalid_query or invalid_cursor", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "forbidden or permission_missing", body = Problem, content_type = "application/problem+json")))]
async fn list_messages(
    _: Permitted<MailboxRead>,
    State(mailbox): State<Mailbox>,
    Query(query): Query<ListMessages>,
) -> Result<Json<Page<LetterSummary>>, Problem> {
    let (size, cursor) = page(query.limit, query.cursor.as_deref())?;
    let after: Option<(Timestamp, MessageId)> = cursor.map(Cursor::decode).transpose()?;
    let filter = Filter {
        recipient: query.recipient.map(|text| text.trim().to_lowercase()),
        template: query.template,
    };
    let mut conn = mailbox.db.write().await?;
    let now = mailbox.clock.now();
    let found = mailbox
        .outbox
        .list(&mut conn, &filter, after, size.overfetch(), now)
        .await
        .map_err(DbError::from)?;
    Ok(Json(Page::from_overfetch(found, size, |message| {
        (message.created_at, message.id)
    })))
}

/// One message with its text
///
/// The text of a secret message is withheld once a mail server is configured, is shown to staff with
/// all permissions (`*`) only, and is gone once the message was sent. Needs the permission
/// `mailbox.read`.
#[utoipa::path(get, path = "/api/v1/admin/messages/{id}", operation_id = "getMessage", tag = "mailbox",
    security(("bearer" = [])), params(("id" = MessageId, Path, description = "The message")),
    responses(
        (status = 200, description = "The message", body = Letter),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "forbidden or permission_missing", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing", body = Problem, content_type = "application/problem+json")))]
async fn get_message(
    Permitted(reader, _): Permitted<MailboxRead>,
    State(mailbox): State<Mailbox>,
    Path(id): Path<MessageId>,
) -> Result<Json<Letter>, Problem> {
    let mut conn = mailbox.db.write().await?;
    let found = mailbox
        .outbox
        .find(&mut conn, id, mailbox.clock.now())
        .await
        .map_err(DbError::from)?;
    let mut letter = found.ok_or_else(Problem::not_found)?;
    if letter.summary.secret && (mailbox.sends || !reader.may(EVERYTHING)) {
        letter.body = None;
    }
    Ok(Json(letter))
}
