//! Pricing a checkout anew from the cart, the catalogue and the shop's rules.

use contract_cart::{CartLine, Coupon, CustomerKey, count_uses};
use jiff::Timestamp;
use kernel::VariantId;
use sqlx::PgConnection;

use crate::domain::state::CheckoutState;
use crate::domain::summary::{CouponInput, Inputs, Summary, summarize, tax_rates};
use crate::error::Error;
use crate::store;
use crate::store::checkouts::Checkout;
use crate::view::{CheckoutView, Quoted};

/// What the checkout costs with these lines and this coupon, and what pays for it.
pub async fn load(
    conn: &mut PgConnection,
    checkout: &Checkout,
    lines: &[CartLine],
    coupon: Option<&Coupon>,
    now: Timestamp,
) -> Result<Summary, Error> {
    let currency = checkout.currency;
    let variants: Vec<VariantId> = lines.iter().map(|line| line.variant_id).collect();
    let quotes = contract_catalog::quote::list_quotes(conn, &variants, currency).await?;
    let methods = store::shipping_methods::list(conn, currency).await?;
    let zones = store::shipping_methods::list_zones(conn).await?;
    let customer_uses = match (coupon, coupon_key(checkout)) {
        (Some(coupon), Some(key)) => count_uses(conn, coupon.coupon_id, &key).await?,
        _ => 0,
    };
    let credit_of = checkout.customer_id().filter(|_| checkout.use_store_credit);
    let checkout_id = checkout.checkout_id;
    let purses =
        store::stored_values::list_purses(conn, checkout_id, credit_of, currency, now).await?;
    let rates = match &checkout.shipping_address {
        None => None,
        Some(address) => {
            let country = address.country.to_string();
            let region = address.region.as_deref();
            let rows = contract_catalog::quote::list_tax_rates(conn, &country, region).await?;
            Some(tax_rates(&rows))
        }
    };
    let address = checkout.shipping_address.as_ref();
    Ok(summarize(&Inputs {
        currency,
        lines,
        quotes: &quotes,
        methods: &methods,
        zones: &zones,
        country: address.map(|address| address.country),
        region: address.and_then(|address| address.region.as_deref()),
        coupon: coupon.map(|coupon| CouponInput {
            coupon,
            customer_uses,
            now,
        }),
        purses: &purses,
        rates,
        method: checkout.shipping_method.as_deref(),
        email_known: checkout.email.is_some(),
    })?)
}

/// Whose uses of a coupon count together; `None` as long as a guest has no e-mail address.
pub fn coupon_key(checkout: &Checkout) -> Option<CustomerKey> {
    match (checkout.customer_id(), &checkout.email) {
        (Some(customer_id), _) => Some(CustomerKey::customer(customer_id)),
        (None, Some(email)) => Some(CustomerKey::guest(email)),
        (None, None) => None,
    }
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
    let summary = load(conn, &checkout, &cart.lines, cart.coupon.as_ref(), now).await?;
    Ok(CheckoutView::new(
        checkout,
        Quoted::from(&summary),
        summary.requirements,
    ))
}
