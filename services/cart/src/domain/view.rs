//! A cart as the shopper sees it: its lines at today's prices, and what they add up to.

use contract_catalog::{Availability, Media, Quote};
use jiff::Timestamp;
use kernel::{
    CartId, CartLineId, CouponId, Currency, Money, OrderId, ProductId, Quantity, UserId, VariantId,
};
use pricing::{PricingError, TaxClass, Totals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::coupon::{CartCoupon, HeldCoupon};
use super::principal::TokenHash;

/// How many units the shop tells it has. More than that is nobody's business.
const SHOWN_UNITS_MAX: i32 = 10;

/// A cart without its lines.
#[derive(Debug, Clone)]
pub struct CartHead {
    /// The cart.
    pub cart_id: CartId,
    /// Its customer; `None` for a guest's cart.
    pub customer_id: Option<UserId>,
    /// Of its guest's token.
    pub token_hash: Option<TokenHash>,
    /// Currency of its prices.
    pub currency: Currency,
    /// Where it stands.
    pub state: CartState,
    /// Rises with every change.
    pub version: i64,
    /// The order it became.
    pub order_id: Option<OrderId>,
    /// The coupon that it remembers.
    pub coupon_id: Option<CouponId>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What somebody put into a cart.
#[derive(Debug, Clone, Copy)]
pub struct StoredLine {
    /// The line.
    pub line_id: CartLineId,
    /// The variant.
    pub variant_id: VariantId,
    /// How many.
    pub quantity: Quantity,
}

/// Where a cart stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CartState {
    /// Can be changed.
    Open,
    /// Being paid.
    Completing,
    /// Became an order.
    Ordered,
    /// Its lines went into another cart.
    Merged,
}

/// Why a line cannot be bought as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineProblem {
    /// No longer on sale.
    Unavailable,
    /// None left.
    OutOfStock,
    /// Fewer left than asked for.
    InsufficientStock,
}

/// The product of a line.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CartProduct {
    /// The product.
    pub id: ProductId,
    /// Stable name in addresses.
    pub slug: String,
    /// Name as shown.
    pub title: String,
}

/// A line at today's price.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CartLine {
    /// The line.
    pub id: CartLineId,
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product: CartProduct,
    /// What tells the variant from its siblings; empty for the only one.
    pub variant_title: String,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// The variant's picture.
    pub image: Media,
    /// How many.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price: Money,
    /// Price of all, before discounts. Not part of the totals while `problem` is `unavailable`.
    pub total: Money,
    /// How much is left, coarsely.
    pub availability: Availability,
    /// How many are left, at most 10; null where stock is not counted.
    pub available_quantity: Option<i32>,
    /// The most that can be put into this cart now.
    pub max_quantity: i32,
    /// Why the line cannot be bought as it is.
    pub problem: Option<LineProblem>,
}

/// What became of a guest's line when the carts were merged.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MergeNote {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product's name.
    pub title: String,
    /// Units in both carts.
    pub requested: i32,
    /// Units kept.
    pub kept: i32,
    /// Why fewer were kept.
    pub reason: LineProblem,
}

/// A cart.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Cart {
    /// The cart.
    pub id: CartId,
    /// Where it stands.
    pub state: CartState,
    /// Currency of its prices.
    pub currency: Currency,
    /// Rises with every change.
    pub version: i64,
    /// Units over all lines.
    pub item_count: i64,
    /// Its lines, in the order in which they were added.
    pub lines: Vec<CartLine>,
    /// The coupon that was put into it; null for none.
    #[schema(required)]
    pub coupon: Option<CartCoupon>,
    /// What they add up to. Shipping and tax are not known before checkout.
    pub totals: Totals,
    /// The order it became.
    pub order_id: Option<OrderId>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// After a merge: the lines of which fewer were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merge: Vec<MergeNote>,
}

/// All that the view of a cart is made of.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The cart.
    pub head: &'a CartHead,
    /// What is in it.
    pub lines: &'a [StoredLine],
    /// What the catalogue says of that.
    pub quotes: &'a [Quote],
    /// Its coupon.
    pub coupon: Option<&'a HeldCoupon>,
    /// The time.
    pub now: Timestamp,
}

/// The view of a cart. A variant without a quote no longer exists and has no line in the view.
///
/// # Errors
/// When the amounts do not fit.
pub fn build(inputs: Inputs<'_>) -> Result<Cart, PricingError> {
    let head = inputs.head;
    let mut shown = Vec::with_capacity(inputs.lines.len());
    let mut priced = Vec::with_capacity(inputs.lines.len());
    for line in inputs.lines {
        let Some(quote) = inputs
            .quotes
            .iter()
            .find(|q| q.variant_id == line.variant_id)
        else {
            continue;
        };
        shown.push(show(line, quote)?);
        if quote.purchasable {
            priced.push(pricing::Line {
                key: line.line_id,
                quantity: line.quantity,
                unit_price: quote.unit_price,
                // Without a place there is no tax yet, so its class does not matter here.
                tax_class: TaxClass::Standard,
                weight_g: quote.weight_g,
            });
        }
    }
    let mut totals = pricing::price_order(head.currency, &priced, &[], None, None)?.totals;
    let mut coupon = None;
    if let Some(held) = inputs.coupon {
        let problem = held.problem(head.state, inputs.now, totals.subtotal);
        if let (None, Some(discount)) = (problem, held.discount()) {
            let order = pricing::price_order(head.currency, &priced, &[discount], None, None)?;
            totals = order.totals;
        }
        coupon = Some(held.view(problem));
    }
    Ok(Cart {
        id: head.cart_id,
        state: head.state,
        currency: head.currency,
        version: head.version,
        item_count: shown.iter().map(|l| i64::from(l.quantity.get())).sum(),
        lines: shown,
        coupon,
        totals,
        order_id: head.order_id,
        updated_at: head.updated_at,
        merge: Vec::new(),
    })
}

fn show(line: &StoredLine, quote: &Quote) -> Result<CartLine, PricingError> {
    Ok(CartLine {
        id: line.line_id,
        variant_id: line.variant_id,
        product: CartProduct {
            id: quote.product_id,
            slug: quote.slug.clone(),
            title: quote.title.clone(),
        },
        variant_title: quote.variant_title.clone(),
        sku: quote.sku.clone(),
        image: quote.media(),
        quantity: line.quantity,
        unit_price: quote.unit_price,
        total: quote.unit_price.checked_mul(line.quantity)?,
        availability: quote.availability,
        available_quantity: quote.available.map(|n| n.min(SHOWN_UNITS_MAX)),
        max_quantity: quote.max_quantity(),
        problem: problem(quote, i32::from(line.quantity.get())),
    })
}

/// Why `quantity` of a variant cannot be bought, if so.
pub fn problem(quote: &Quote, quantity: i32) -> Option<LineProblem> {
    if !quote.purchasable {
        Some(LineProblem::Unavailable)
    } else if quote.available.is_some_and(|left| left <= 0) {
        Some(LineProblem::OutOfStock)
    } else if quantity > quote.max_quantity() {
        Some(LineProblem::InsufficientStock)
    } else {
        None
    }
}
