//! Documents of shoppers, and what all paths of documents share.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::Problem;
use common::access::MaybeUser;
use common::extract::Path;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use kernel::{Id, Kind, OrderId};

use super::PRIVATE;
use super::writing::shopper;
use crate::error::Error;
use crate::ops::render_document::{self, File};
use crate::state::AppState;
use crate::store;

/// The id in a file's name: `inv_….pdf`. Anything else names nothing.
pub(super) fn id_of<K: Kind>(file: &str) -> Result<Id<K>, Error> {
    let id = file.strip_suffix(".pdf").and_then(|id| id.parse().ok());
    id.ok_or(Error::NotFound)
}

/// A file as an answer. Numbers are of letters, digits and dashes, so that they need no escaping.
pub(super) fn answer_file(file: File) -> Response {
    let name = format!("inline; filename=\"{}.pdf\"", file.name);
    let name = HeaderValue::try_from(name).unwrap_or_else(|_| HeaderValue::from_static("inline"));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, HeaderValue::from_static(PRIVATE)),
    ];
    (headers, file.bytes).into_response()
}

/// Shows an invoice or credit note as PDF
#[utoipa::path(get, path = "/api/v1/orders/{id}/invoices/{file}", operation_id = "getInvoice", tag = "orders",
    security((), ("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"),
        ("file" = String, Path, description = "The document's id and `.pdf`", example = "inv_01h455vb4pex5vsknk084sn02q.pdf"),
        ("Order-Token" = Option<String>, Header, description = "A guest's proof, from checkout or a message")),
    responses(
        (status = 200, description = "The file", content_type = "application/pdf", body = [u8]),
        (status = 401, description = "The bearer token is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing, or not the caller's", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_invoice(
    State(state): State<AppState>,
    Path((order_id, file)): Path<(OrderId, String)>,
    user: MaybeUser,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let by = shopper(&state, order_id, user, &headers)?;
    let invoice_id = id_of(&file)?;
    if let Some(customer_id) = by.customer_id() {
        let mut conn = state.db.write().await?;
        let own = store::record::find_record(&mut conn, order_id, Some(customer_id)).await?;
        own.ok_or(Error::NotFound)?;
    }
    render_document::invoice(&state, order_id, invoice_id)
        .await
        .map(answer_file)
}
