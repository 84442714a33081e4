//! `/admin/orders/{id}/notes`.

use axum::extract::State;
use axum::response::Response;
use common::access::Permitted;
use common::extract::{Json, Path};
use garde::Validate;
use kernel::OrderId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::admin::AdminOrder;
use crate::error::Error;
use crate::ops::add_note::AddNote;
use crate::routes::permission::OrdersNote;
use crate::routes::refusals::StaffWrite;
use crate::routes::writing::{Writing, answer};
use crate::state::AppState;

/// A remark.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct NewNote {
    /// 1 to 4,000 characters.
    #[garde(length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    body: String,
}

/// Writes a remark on an order
///
/// Shoppers never see it. Needs the permission `orders.note`.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/notes", operation_id = "addOrderNote", tag = "orders, staff",
    security(("bearer" = [])), request_body = NewNote, params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The order", body = AdminOrder, headers(("ETag" = String))), StaffWrite))]
pub(in crate::routes) async fn add_order_note(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<OrdersNote>,
    Path(order_id): Path<OrderId>,
    writing: Writing,
    Json(body): Json<NewNote>,
) -> Result<Response, Error> {
    let ask = writing.staff_anyhow(staff, order_id);
    answer(&state, &ask, &AddNote { body: body.body }).await
}
