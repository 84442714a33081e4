//! A checkout as its shopper sees it.

use contract_cart::CouponProblem;
use contract_catalog::Media;
use jiff::Timestamp;
use kernel::{
    CartId, CheckoutId, Email, GiftCardId, Money, OrderId, ProductId, Quantity, VariantId,
};
use pricing::{ShippingQuote, Totals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::address::Address;
use crate::domain::requirement::Requirement;
use crate::domain::state::CheckoutState;
use crate::domain::summary::{LineProblem, Summary, SummaryCoupon, SummaryLine};
use crate::domain::tender::{Share, StoredValueKind};
use crate::store::checkouts::Checkout;

/// A checkout: a cart on its way to an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Checkout)]
pub struct CheckoutView {
    /// The checkout.
    pub id: CheckoutId,
    /// Where it stands.
    pub state: CheckoutState,
    /// Rises with every change; sent back with the request that completes it.
    pub version: i64,
    /// What is bought.
    pub cart_id: CartId,
    /// Where messages go.
    #[schema(required)]
    pub email: Option<Email>,
    /// Where the goods go.
    #[schema(required)]
    pub shipping_address: Option<Address>,
    /// Where the invoice goes; null means to the shipping address.
    #[schema(required)]
    pub billing_address: Option<Address>,
    /// The code of the chosen shipping method.
    #[schema(required)]
    pub shipping_method: Option<String>,
    /// The shipping methods to choose from; empty until the address is known.
    pub shipping_methods: Vec<ShippingMethodView>,
    /// What is missing. `payment_method` comes with the request that completes the checkout.
    #[schema(inline)]
    pub requirements: Vec<Requirement>,
    /// What is bought.
    pub lines: Vec<CheckoutLine>,
    /// The sums, as far as known.
    pub totals: Totals,
    /// The coupon that the cart remembers.
    #[schema(required)]
    pub coupon: Option<CheckoutCoupon>,
    /// The gift cards and the store credit that pay before a card does.
    pub tenders: Vec<CheckoutTender>,
    /// Whether the customer's store credit is to pay.
    pub use_store_credit: bool,
    /// What is left of the total for a card.
    pub charge: Money,
    /// The order under payment, or the one that came of it.
    #[schema(required)]
    pub order_id: Option<OrderId>,
    /// When an open checkout is given up.
    pub expires_at: Timestamp,
}

/// A way to send this order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ShippingMethod)]
pub struct ShippingMethodView {
    /// Names it in requests.
    pub code: String,
    /// What shoppers read.
    pub name: String,
    /// What it costs for this order.
    pub price: Money,
    /// Days to arrive, at the least.
    pub min_days: u16,
    /// Days to arrive, at the most.
    pub max_days: u16,
}

/// One line of a checkout.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CheckoutLine {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's stable name in addresses.
    pub slug: String,
    /// The product's name.
    pub title: String,
    /// What tells the variant from its siblings.
    pub variant_title: String,
    /// Its picture.
    pub image: Media,
    /// How many.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price: Money,
    /// Unit price times quantity.
    pub total: Money,
    /// Why it cannot be bought as it is.
    #[schema(required, inline)]
    pub problem: Option<LineProblem>,
}

/// A coupon in a checkout.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CheckoutCoupon {
    /// What the shopper typed.
    pub code: String,
    /// What it promises.
    pub description: String,
    /// What it takes off.
    pub discount: Money,
    /// Why it takes nothing off.
    #[schema(required, inline)]
    pub problem: Option<CouponProblem>,
}

/// What pays before a card does.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CheckoutTender {
    /// The gift card or the credit.
    pub id: GiftCardId,
    /// What it is.
    pub kind: StoredValueKind,
    /// The last characters of a gift card's code.
    #[schema(required)]
    pub last4: Option<String>,
    /// What is on it.
    pub balance: Money,
    /// What of it pays for this order.
    pub amount: Money,
}

/// What a shopper agreed to, kept while a payment is under way and after.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Quoted {
    shipping_methods: Vec<ShippingMethodView>,
    lines: Vec<CheckoutLine>,
    totals: Totals,
    #[serde(default)]
    coupon: Option<CheckoutCoupon>,
    #[serde(default)]
    tenders: Vec<CheckoutTender>,
    #[serde(default)]
    charge: Option<Money>,
}

impl From<&SummaryCoupon> for CheckoutCoupon {
    fn from(coupon: &SummaryCoupon) -> Self {
        Self {
            code: coupon.code.clone(),
            description: coupon.description.clone(),
            discount: coupon.discount,
            problem: coupon.problem,
        }
    }
}

impl From<&Share> for CheckoutTender {
    fn from(share: &Share) -> Self {
        Self {
            id: share.purse.stored_value_id,
            kind: share.purse.kind,
            last4: share.purse.last4.clone(),
            balance: share.purse.balance,
            amount: share.amount,
        }
    }
}

impl From<&ShippingQuote> for ShippingMethodView {
    fn from(quote: &ShippingQuote) -> Self {
        Self {
            code: quote.code.clone(),
            name: quote.name.clone(),
            price: quote.price,
            min_days: quote.min_days,
            max_days: quote.max_days,
        }
    }
}

impl From<&SummaryLine> for CheckoutLine {
    fn from(line: &SummaryLine) -> Self {
        let quote = &line.quote;
        Self {
            variant_id: quote.variant_id,
            product_id: quote.product_id,
            slug: quote.slug.clone(),
            title: quote.title.clone(),
            variant_title: quote.variant_title.clone(),
            image: quote.media(),
            quantity: line.quantity,
            unit_price: quote.unit_price,
            total: line.price.gross,
            problem: line.problem,
        }
    }
}

impl From<&Summary> for Quoted {
    fn from(summary: &Summary) -> Self {
        Self {
            shipping_methods: summary
                .methods
                .iter()
                .map(ShippingMethodView::from)
                .collect(),
            lines: summary.lines.iter().map(CheckoutLine::from).collect(),
            totals: summary.totals,
            coupon: summary.coupon.as_ref().map(CheckoutCoupon::from),
            tenders: summary.shares.iter().map(CheckoutTender::from).collect(),
            charge: Some(summary.charge),
        }
    }
}

impl CheckoutView {
    /// A checkout with lines and totals; `requirements` says what is missing.
    pub fn new(checkout: Checkout, quoted: Quoted, requirements: Vec<Requirement>) -> Self {
        let chosen = checkout.shipping_method.filter(|code| {
            quoted
                .shipping_methods
                .iter()
                .any(|method| method.code == *code)
        });
        Self {
            id: checkout.checkout_id,
            state: checkout.state,
            version: checkout.version,
            cart_id: checkout.cart_id,
            email: checkout.email,
            shipping_address: checkout.shipping_address,
            billing_address: checkout.billing_address,
            shipping_method: chosen,
            shipping_methods: quoted.shipping_methods,
            requirements,
            lines: quoted.lines,
            totals: quoted.totals,
            coupon: quoted.coupon,
            tenders: quoted.tenders,
            use_store_credit: checkout.use_store_credit,
            charge: quoted.charge.unwrap_or(quoted.totals.total),
            order_id: checkout.order_id,
            expires_at: checkout.expires_at,
        }
    }
}
