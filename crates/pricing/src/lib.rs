//! The commercial rules that cart, checkout and orders share, so that all three reach one total.
//! Pure: no IO, no clock, no settings; the same input always gives the same result.
//!
//! Map:
//! - [`order`]: [`price_order`] turns lines, discounts, shipping and tax rates into a
//!   [`PricedOrder`].
//! - [`discount`]: what is taken off an order. [`coupon`]: what a coupon takes off.
//! - [`shipping`]: which methods reach an address, and what they cost by zone and weight.
//! - [`refund`]: what returning units or amounts of a line gives back.
//! - [`tax`]: tax classes, and the rates of a country or region.
//! - [`split`]: dividing an amount without losing a cent.
//!
//! Invariants: Σ lines − Σ discounts + shipping + Σ exclusive tax = total, and the parts of the
//! lines sum to the parts of the totals; nothing is negative; integers only; rounding is half away
//! from zero, once per line; all that is given back of a line is at most what was paid for it, and
//! exactly that once every unit has returned.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

pub mod coupon;
pub mod discount;
pub mod order;
pub mod refund;
pub mod shipping;
pub mod split;
pub mod tax;

pub use coupon::coupon_discount;
pub use discount::Discount;
pub use order::{
    Line, PricedLine, PricedOrder, PricingError, Taxed, Totals, price_order, weight_g,
};
pub use refund::{PaidLine, Portion, RefundError, Refunded, spread};
pub use shipping::{ShippingMethod, ShippingQuote, ShippingRate, ShippingZone, available};
pub use tax::{TaxClass, TaxClassError, TaxRates, TaxTable, TaxTableError, TaxZone};
