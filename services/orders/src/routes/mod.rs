//! Every path of the orders service.

use common::openapi::{Routes, routes};

use crate::state::AppState;

mod admin;
mod documents;
mod orders;
mod paging;
mod permission;
mod refusals;
mod returns;
mod writing;

/// Answers about a person are nobody else's to keep.
const PRIVATE: &str = "private, no-store";

/// The routes, for whoever serves or describes them.
pub fn router<R: Routes<State = AppState>>() -> R {
    R::default()
        .merge(shop())
        .merge(staff())
        .merge(common::audit::router("orders"))
        .merge(mail::mailbox::router("orders"))
        .merge(crate::webhooks::router())
}

fn shop<R: Routes<State = AppState>>() -> R {
    R::default()
        .routes(routes!(orders::list_orders))
        .routes(routes!(orders::get_order))
        .routes(routes!(orders::cancel_order))
        .routes(routes!(returns::create_return))
        .routes(routes!(returns::cancel_return))
        .routes(routes!(returns::send_return))
        .routes(routes!(documents::get_invoice))
}

fn staff<R: Routes<State = AppState>>() -> R {
    use admin::{claims, documents, lists, notes, orders, refunds, returns, shipments};
    R::default()
        .routes(routes!(orders::list_admin_orders))
        .routes(routes!(orders::count_orders_attention))
        .routes(routes!(orders::get_admin_order))
        .routes(routes!(orders::hold_order))
        .routes(routes!(orders::release_order))
        .routes(routes!(orders::cancel_admin_order))
        .routes(routes!(orders::capture_order))
        .routes(routes!(notes::add_order_note))
        .routes(routes!(shipments::create_shipment))
        .routes(routes!(shipments::update_shipment))
        .routes(routes!(shipments::pick_shipment))
        .routes(routes!(shipments::ship_shipment))
        .routes(routes!(shipments::deliver_shipment))
        .routes(routes!(shipments::lose_shipment))
        .routes(routes!(shipments::cancel_shipment))
        .routes(routes!(refunds::create_refund))
        .routes(routes!(refunds::approve_refund))
        .routes(routes!(refunds::deny_refund))
        .routes(routes!(refunds::retry_refund))
        .routes(routes!(refunds::abandon_refund))
        .routes(routes!(returns::create_admin_return))
        .routes(routes!(returns::approve_return))
        .routes(routes!(returns::reject_return))
        .routes(routes!(returns::receive_return))
        .routes(routes!(returns::cancel_admin_return))
        .routes(routes!(returns::close_return))
        .routes(routes!(claims::create_claim))
        .routes(routes!(claims::approve_claim))
        .routes(routes!(claims::deny_claim))
        .routes(routes!(lists::list_returns))
        .routes(routes!(lists::list_refunds))
        .routes(routes!(documents::get_admin_invoice))
        .routes(routes!(documents::get_packing_slip))
}
