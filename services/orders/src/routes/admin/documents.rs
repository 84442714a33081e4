//! Documents as staff see them.

use axum::extract::State;
use axum::response::Response;
use common::access::Permitted;
use common::extract::Path;
use kernel::{OrderId, ShipmentId};

use crate::error::Error;
use crate::ops::render_document;
use crate::routes::documents::{answer_file, id_of};
use crate::routes::permission::OrdersRead;
use crate::routes::refusals::StaffRead;
use crate::state::AppState;

/// Shows an invoice or credit note as PDF
///
/// Needs the permission `orders.read`.
#[utoipa::path(get, path = "/api/v1/admin/orders/{id}/invoices/{file}", operation_id = "getAdminInvoice", tag = "orders, staff",
    security(("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"),
        ("file" = String, Path, description = "The document's id and `.pdf`", example = "inv_01h455vb4pex5vsknk084sn02q.pdf")),
    responses((status = 200, description = "The file", content_type = "application/pdf", body = [u8]), StaffRead))]
pub(in crate::routes) async fn get_admin_invoice(
    State(state): State<AppState>,
    _: Permitted<OrdersRead>,
    Path((order_id, file)): Path<(OrderId, String)>,
) -> Result<Response, Error> {
    render_document::invoice(&state, order_id, id_of(&file)?)
        .await
        .map(answer_file)
}

/// Shows the packing slip of a shipment as PDF
///
/// Without prices. Needs the permission `orders.read`.
#[utoipa::path(get, path = "/api/v1/admin/orders/{id}/shipments/{shipment_id}/packing-slip.pdf", operation_id = "getPackingSlip", tag = "orders, staff",
    security(("bearer" = [])),
    params(("id" = OrderId, Path, description = "The order"), ("shipment_id" = ShipmentId, Path, description = "The shipment")),
    responses((status = 200, description = "The file", content_type = "application/pdf", body = [u8]), StaffRead))]
pub(in crate::routes) async fn get_packing_slip(
    State(state): State<AppState>,
    _: Permitted<OrdersRead>,
    Path((order_id, shipment_id)): Path<(OrderId, ShipmentId)>,
) -> Result<Response, Error> {
    render_document::slip(&state, order_id, shipment_id)
        .await
        .map(answer_file)
}
