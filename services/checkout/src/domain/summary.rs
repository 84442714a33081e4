//! What a cart costs on its way to an order: lines, shipping methods, totals and what is still missing.

use contract_cart::{CartLine, Coupon, CouponProblem};
use contract_catalog::{Quote, TaxRate};
use contract_orders::NewOrderLine;
use jiff::Timestamp;
use kernel::{CountryCode, CouponId, Currency, Money, Ppm, Quantity};
use pricing::{
    Discount, Line, PricedLine, PricingError, ShippingMethod, ShippingQuote, ShippingZone,
    TaxClass, TaxRates, Taxed, Totals,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::requirement::{self, Requirement};
use super::tender::{self, Purse, Share};

/// Why a line cannot be bought as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineProblem {
    /// Not on sale any more.
    Unavailable,
    /// None left.
    OutOfStock,
    /// Fewer left, or fewer allowed per order, than the line asks for.
    InsufficientStock,
}

/// All that the price depends on.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// Currency of every amount.
    pub currency: Currency,
    /// What is wanted.
    pub lines: &'a [CartLine],
    /// What the catalogue says of it.
    pub quotes: &'a [Quote],
    /// Every way to send an order.
    pub methods: &'a [ShippingMethod],
    /// The places that their rates are for.
    pub zones: &'a [ShippingZone],
    /// Where it goes, once known.
    pub country: Option<CountryCode>,
    /// The state or province there.
    pub region: Option<&'a str>,
    /// The coupon that the cart remembers.
    pub coupon: Option<CouponInput<'a>>,
    /// What pays before a card does, in this order.
    pub purses: &'a [Purse],
    /// The tax rates there; `None` as long as the address is not known.
    pub rates: Option<TaxRates>,
    /// The chosen shipping method.
    pub method: Option<&'a str>,
    /// Whether there is an e-mail address.
    pub email_known: bool,
}

/// A coupon, and what decides whether it applies.
#[derive(Debug, Clone, Copy)]
pub struct CouponInput<'a> {
    /// The coupon.
    pub coupon: &'a Coupon,
    /// How often this customer used it.
    pub customer_uses: i32,
    /// The time.
    pub now: Timestamp,
}

/// What a coupon does for a checkout.
#[derive(Debug, Clone)]
pub struct SummaryCoupon {
    /// The coupon.
    pub coupon_id: CouponId,
    /// What the shopper typed.
    pub code: String,
    /// What it promises.
    pub description: String,
    /// What it takes off.
    pub discount: Money,
    /// Why it takes nothing off.
    pub problem: Option<CouponProblem>,
}

/// One line with its price.
#[derive(Debug, Clone)]
pub struct SummaryLine {
    /// What the catalogue says of the variant.
    pub quote: Quote,
    /// How many.
    pub quantity: Quantity,
    /// Why it cannot be bought as it is.
    pub problem: Option<LineProblem>,
    /// What it costs.
    pub price: PricedLine<usize>,
}

/// A priced checkout.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The lines, in the cart's order. A line of an unknown variant is left out and shows as a requirement.
    pub lines: Vec<SummaryLine>,
    /// The sums, as far as known.
    pub totals: Totals,
    /// Whether prices contain the tax.
    pub tax_included: bool,
    /// The shipping methods to choose from; none as long as the address is not known.
    pub methods: Vec<ShippingQuote>,
    /// The chosen one, if it is among them.
    pub chosen: Option<ShippingQuote>,
    /// What the chosen one costs, with its tax.
    pub shipping: Option<Taxed>,
    /// The coupon that the cart remembers.
    pub coupon: Option<SummaryCoupon>,
    /// What pays before a card does.
    pub shares: Vec<Share>,
    /// What is left for a card.
    pub charge: Money,
    /// What is missing. `payment_method` is among it whenever there is something to pay.
    pub requirements: Vec<Requirement>,
}

/// The rates of a place. Where the shop knows of no tax there is none.
pub fn tax_rates(rows: &[TaxRate]) -> TaxRates {
    let rate = |class: TaxClass| {
        let row = rows.iter().find(|row| row.tax_class == class.as_str())?;
        u32::try_from(row.rate_ppm)
            .ok()
            .and_then(|ppm| Ppm::new(ppm).ok())
    };
    let standard = rate(TaxClass::Standard).unwrap_or(Ppm::ZERO);
    TaxRates {
        included: rows.iter().any(|row| row.included),
        standard,
        reduced: rate(TaxClass::Reduced).unwrap_or(standard),
    }
}

/// Prices a checkout.
///
/// # Errors
/// When an amount is out of range.
pub fn summarize(inputs: &Inputs<'_>) -> Result<Summary, PricingError> {
    let wanted: Vec<(Quote, Quantity)> = inputs
        .lines
        .iter()
        .filter_map(|line| {
            let quote = inputs
                .quotes
                .iter()
                .find(|quote| quote.variant_id == line.variant_id)?;
            Some((quote.clone(), line.quantity))
        })
        .collect();
    let lines: Vec<Line<usize>> = wanted
        .iter()
        .enumerate()
        .map(|(key, (quote, quantity))| Line {
            key,
            quantity: *quantity,
            unit_price: quote.unit_price,
            tax_class: quote.tax_class.parse().unwrap_or_default(),
            weight_g: quote.weight_g,
        })
        .collect();
    let price =
        |discounts: &[Discount], chosen: Option<&ShippingQuote>, rates: Option<&TaxRates>| {
            pricing::price_order(inputs.currency, &lines, discounts, chosen, rates)
        };
    let subtotal = price(&[], None, None)?.totals.subtotal;
    let problem = |input: &CouponInput<'_>| {
        input
            .coupon
            .problem(input.now, subtotal, input.customer_uses)
    };
    let discounts: Vec<Discount> = inputs
        .coupon
        .filter(|input| problem(input).is_none())
        .and_then(|input| pricing::coupon_discount(input.coupon.percent(), input.coupon.amount()))
        .into_iter()
        .collect();
    let merchandise = price(&discounts, None, None)?;
    let methods = inputs.country.map_or_else(Vec::new, |country| {
        pricing::available(
            inputs.methods,
            inputs.zones,
            country,
            inputs.region,
            pricing::weight_g(&lines),
            merchandise.totals.total,
        )
    });
    let chosen = methods
        .iter()
        .find(|quote| Some(quote.code.as_str()) == inputs.method)
        .cloned();
    let order = price(&discounts, chosen.as_ref(), inputs.rates.as_ref())?;
    let coupon = inputs.coupon.map(|input| SummaryCoupon {
        coupon_id: input.coupon.coupon_id,
        code: input.coupon.code.clone(),
        description: input.coupon.description.clone(),
        discount: order.totals.discount,
        problem: problem(&input),
    });
    let (shares, charge) = tender::spread(order.totals.total, inputs.purses);

    let complete = wanted.len() == inputs.lines.len();
    let lines = with_prices(wanted, order.lines);
    let sellable = complete && !lines.is_empty() && lines.iter().all(SummaryLine::may_be_ordered);
    let requirements = requirement::open(&[
        (Requirement::Lines, sellable),
        (Requirement::Email, inputs.email_known),
        (Requirement::ShippingAddress, inputs.country.is_some()),
        (Requirement::ShippingMethod, chosen.is_some()),
        (Requirement::PaymentMethod, charge.is_zero()),
    ]);
    Ok(Summary {
        lines,
        totals: order.totals,
        tax_included: order.tax_included,
        methods,
        chosen,
        shipping: order.shipping,
        coupon,
        shares,
        charge,
        requirements,
    })
}

fn with_prices(wanted: Vec<(Quote, Quantity)>, prices: Vec<PricedLine<usize>>) -> Vec<SummaryLine> {
    wanted
        .into_iter()
        .zip(prices)
        .map(|((quote, quantity), price)| SummaryLine {
            problem: line_problem(&quote, quantity),
            quote,
            quantity,
            price,
        })
        .collect()
}

fn line_problem(quote: &Quote, quantity: Quantity) -> Option<LineProblem> {
    let wanted = i32::from(quantity);
    if !quote.purchasable {
        Some(LineProblem::Unavailable)
    } else if quote.available.is_some_and(|available| available <= 0) {
        Some(LineProblem::OutOfStock)
    } else if quote.max_quantity() < wanted {
        Some(LineProblem::InsufficientStock)
    } else {
        None
    }
}

impl SummaryLine {
    /// Whether the line may become an order's, if there is stock. Only the reservation decides on stock.
    fn may_be_ordered(&self) -> bool {
        self.quote.purchasable && i32::from(self.quantity) <= self.quote.max_per_order
    }

    /// The line as an order keeps it.
    pub fn to_order_line(&self) -> NewOrderLine {
        let quote = &self.quote;
        NewOrderLine {
            variant_id: quote.variant_id,
            product_id: quote.product_id,
            slug: quote.slug.clone(),
            title: quote.title.clone(),
            variant_title: quote.variant_title.clone(),
            sku: quote.sku.clone(),
            art: quote.art.clone(),
            color: quote.color.clone(),
            quantity: self.quantity,
            unit_price_minor: quote.unit_price.minor(),
            discount_minor: self.price.discount.minor(),
            tax_minor: self.price.tax.minor(),
            // A rate is at most a million.
            tax_rate_ppm: i32::try_from(self.price.tax_rate_ppm.get()).unwrap_or(i32::MAX),
            total_minor: self.price.total.minor(),
        }
    }
}

impl Summary {
    /// What is missing for completion, when `payment_given` says whether there is something to pay with.
    pub fn missing(&self, payment_given: bool) -> Vec<Requirement> {
        let met =
            |requirement: &Requirement| payment_given && *requirement == Requirement::PaymentMethod;
        self.requirements
            .iter()
            .copied()
            .filter(|requirement| !met(requirement))
            .collect()
    }
}

#[cfg(test)]
mod tests;
