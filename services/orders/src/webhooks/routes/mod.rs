//! What staff do with webhooks.

mod deliveries;
mod endpoints;
mod once;
mod redelivery;
mod secrets;

use axum::extract::FromRef;
use common::access::Verifier;
use common::openapi::{Routes, routes};

use super::Webhooks;

common::permissions! {
    /// Makes and changes outgoing webhooks, and delivers again.
    pub(super) WebhooksWrite = contract_auth::permission::WEBHOOKS_WRITE;
}

/// What concerns staff only, and changes all the time.
const PRIVATE: &str = "private, no-store";

/// The routes, for whoever serves or describes them.
pub fn router<R: Routes>() -> R
where
    Webhooks: FromRef<R::State>,
    Verifier: FromRef<R::State>,
{
    R::default()
        .routes(routes!(endpoints::list_webhook_event_kinds))
        .routes(routes!(
            endpoints::list_webhook_endpoints,
            endpoints::create_webhook_endpoint
        ))
        .routes(routes!(
            endpoints::get_webhook_endpoint,
            endpoints::update_webhook_endpoint,
            endpoints::delete_webhook_endpoint
        ))
        .routes(routes!(secrets::rotate_webhook_secret))
        .routes(routes!(redelivery::ping_webhook_endpoint))
        .routes(routes!(redelivery::redeliver_webhook_events))
        .routes(routes!(deliveries::list_webhook_deliveries))
        .routes(routes!(deliveries::get_webhook_delivery))
        .routes(routes!(redelivery::redeliver_webhook_delivery))
}
