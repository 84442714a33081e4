//! Every path of the service, in one list.

mod admin;
mod caller;
mod categories;
mod media;
mod permission;
mod products;

use common::openapi::{Routes, routes};

use crate::state::AppState;

/// The routes, for whoever serves or describes them.
pub fn router<R: Routes<State = AppState>>() -> R {
    R::default()
        .routes(routes!(categories::list_categories))
        .routes(routes!(products::list_products))
        .routes(routes!(products::get_product))
        .routes(routes!(media::get_art))
        .routes(routes!(
            admin::products::list_admin_products,
            admin::products::create_product
        ))
        .routes(routes!(
            admin::products::get_admin_product,
            admin::products::update_product
        ))
        .routes(routes!(admin::variants::create_variant))
        .routes(routes!(admin::variants::update_variant))
        .routes(routes!(admin::prices::set_price))
        .routes(routes!(admin::stock::get_stock, admin::stock::change_stock))
        .routes(routes!(admin::stock::transfer_stock))
        .routes(routes!(admin::stock_reports::list_movements))
        .routes(routes!(admin::stock_reports::list_low_stock))
        .routes(routes!(admin::stock_reports::list_stock_audits))
        .routes(routes!(
            admin::locations::list_locations,
            admin::locations::create_location
        ))
        .routes(routes!(
            admin::locations::update_location,
            admin::locations::delete_location
        ))
        .routes(routes!(
            admin::locations::get_settings,
            admin::locations::set_settings
        ))
        .routes(routes!(admin::taxes::list_tax_rates))
        .routes(routes!(
            admin::taxes::set_tax_rate,
            admin::taxes::delete_tax_rate
        ))
        .routes(routes!(
            admin::attributes::list_attributes,
            admin::attributes::create_attribute
        ))
        .merge(common::audit::router("catalog"))
}
