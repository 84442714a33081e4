//! Pricing a checkout anew from the cart, the catalogue and the shop's rules.

use contract_cart::CartLine;
use jiff::Timestamp;
use kernel::VariantId;
use sqlx::PgConnection;

use crate::domain::state::CheckoutState;
use crate::domain::summary::{Inputs, Summary, summarize, tax_rates};
use crate::error::Error;
use crate::store;
use crate::store::checkouts::Checkout;
use crate::view::{CheckoutView, Quoted};

/// What the checkout costs with these lines.
pub async fn load(
    conn: &mut PgConnection,
    checkout: &Checkout,
    lines: &[CartLine],
) -> Result<Summary, Error> {
    let currency = checkout.currency;
    let variants: Vec<VariantId> = lines.iter().map(|line| line.variant_id).collect();
    let quotes = contract_catalog::quote::list_quotes(conn, &variants, currency).await?;
    let methods = store::shipping_methods::list(conn, currency).await?;
    let rates = match &checkout.shipping_address {
        None => None,
        Some(address) => {
            let country = address.country.to_string();
            let region = address.region.as_deref();
            let rows = contract_catalog::quote::list_tax_rates(conn, &country, region).await?;
            Some(tax_rates(&rows))
        }
    };
    Ok(summarize(&Inputs {
        currency,
        lines,
        quotes: &quotes,
        methods: &methods,
        country: checkout
            .shipping_address
            .as_ref()
            .map(|address| address.country),
        rates,
        method: checkout.shipping_method.as_deref(),
        email_known: checkout.email.is_some(),
    })?)
}

/// The checkout as its shopper sees it: computed anew while it is open, as agreed to from a payment on.
pub async fn view(
    conn: &mut PgConnection,
    mut checkout: Checkout,
    now: Timestamp,
) -> Result<CheckoutView, Error> {
    if let Some(quoted) = checkout.quoted.take() {
        let quoted: Quoted =
            serde_json::from_value(quoted).map_err(|error| sqlx::Error::Decode(error.into()))?;
        return Ok(CheckoutView::new(checkout, quoted, Vec::new()));
    }
    if checkout.state == CheckoutState::Open && checkout.expires_at <= now {
        checkout.state = CheckoutState::Expired;
    }
    let cart = contract_cart::find_cart(conn, checkout.cart_id, &checkout.owner)
        .await?
        .ok_or(Error::NotFound)?;
    let summary = load(conn, &checkout, &cart.lines).await?;
    Ok(CheckoutView::new(
        checkout,
        Quoted::from(&summary),
        summary.requirements,
    ))
}
