//! Every path of the service.

pub mod abandon;
pub mod admin;
pub mod checkouts;
mod client;
pub mod completions;
pub mod gift_cards;
pub mod payment_methods;
pub mod payments;
pub mod principal;

use common::openapi::{Routes, routes};

use crate::state::AppState;

/// The routes, for whoever serves or describes them.
pub fn router<R: Routes<State = AppState>>() -> R {
    R::default()
        .routes(routes!(checkouts::create_checkout))
        .routes(routes!(checkouts::get_checkout, checkouts::update_checkout))
        .routes(routes!(completions::complete_checkout))
        .routes(routes!(abandon::abandon_payment))
        .routes(routes!(gift_cards::add_gift_card))
        .routes(routes!(gift_cards::remove_gift_card))
        .routes(routes!(gift_cards::get_gift_card_balance))
        .routes(routes!(gift_cards::get_my_store_credit))
        .routes(routes!(payment_methods::list_payment_methods))
        .routes(routes!(payment_methods::delete_payment_method))
        .routes(routes!(payments::get_payment_config))
        .routes(routes!(payments::receive_payment_report))
        .merge(staff())
        .merge(common::audit::router("checkout"))
}

fn staff<R: Routes<State = AppState>>() -> R {
    use admin::shipping::{methods, zones};
    use admin::{checkouts, gift_cards, inbox, ledger, store_credit};

    R::default()
        .routes(routes!(checkouts::get_admin_checkout))
        .routes(routes!(inbox::list_inbox))
        .routes(routes!(inbox::retry_inbox_event))
        .routes(routes!(ledger::list_ledger))
        .routes(routes!(ledger::get_ledger_totals))
        .routes(routes!(
            gift_cards::issue_gift_card,
            gift_cards::list_gift_cards
        ))
        .routes(routes!(gift_cards::disable_gift_card))
        .routes(routes!(gift_cards::enable_gift_card))
        .routes(routes!(
            store_credit::get_customer_store_credit,
            store_credit::change_store_credit
        ))
        .routes(routes!(
            zones::list_shipping_zones,
            zones::create_shipping_zone
        ))
        .routes(routes!(
            zones::replace_shipping_zone,
            zones::delete_shipping_zone
        ))
        .routes(routes!(
            methods::list_shipping_methods,
            methods::create_shipping_method
        ))
        .routes(routes!(
            methods::replace_shipping_method,
            methods::delete_shipping_method
        ))
}
