//! The price of an order: one function, so that every service reaches the same total.

use kernel::{Currency, Money, MoneyError, Ppm, Quantity};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::split::allocate;
use crate::{Discount, ShippingQuote, TaxClass, TaxRates};

#[cfg(test)]
mod tests;

/// What somebody wants to buy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line<K> {
    /// What the caller finds the priced line by.
    pub key: K,
    /// How many.
    pub quantity: Quantity,
    /// The price of one, with tax or without as in [`TaxRates::included`].
    pub unit_price: Money,
    /// Which rate applies.
    pub tax_class: TaxClass,
    /// The weight of one in grams.
    pub weight_g: u32,
}

/// A line with all that makes its price.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PricedLine<K> {
    /// The line's [`Line::key`].
    pub key: K,
    /// Unit price times quantity.
    pub gross: Money,
    /// The line's share of the order's discounts.
    pub discount: Money,
    /// Gross less discount: what tax is computed on.
    pub net: Money,
    /// The tax, contained in `net` or on top of it; nothing while tax is not known.
    pub tax: Money,
    /// What the line costs: `net`, and `tax` where that comes on top.
    pub total: Money,
    /// The rate that `tax` was computed with.
    pub tax_rate_ppm: Ppm,
}

/// An amount with its tax.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taxed {
    /// The amount that the tax was computed on.
    pub net: Money,
    /// The tax, contained in `net` or on top of it; nothing while tax is not known.
    pub tax: Money,
    /// What there is to pay: `net`, and `tax` where that comes on top.
    pub total: Money,
    /// The rate that `tax` was computed with.
    pub tax_rate_ppm: Ppm,
}

/// An order's sums, as carts, checkouts and orders show them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// The lines before discounts.
    pub subtotal: Money,
    /// What the discounts take off, as a positive amount.
    pub discount: Money,
    /// Shipping before tax that comes on top; null while not known.
    #[schema(required)]
    pub shipping: Option<Money>,
    /// The tax of lines and shipping, on top or contained; null while not known.
    #[schema(required)]
    pub tax: Option<Money>,
    /// What there is to pay, as far as known.
    pub total: Money,
}

/// A priced order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PricedOrder<K> {
    /// The lines, in the order given.
    pub lines: Vec<PricedLine<K>>,
    /// What each discount took off, in the order given.
    pub discounts: Vec<Money>,
    /// Shipping with its tax, if a method was given.
    pub shipping: Option<Taxed>,
    /// Whether prices contain the tax. False while tax is not known.
    pub tax_included: bool,
    /// The sums.
    pub totals: Totals,
}

/// Why an order has no price.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PricingError {
    /// A unit price, a discount or shipping is below zero.
    #[error("{what} must not be negative, but is {amount}")]
    Negative {
        /// Which amount.
        what: &'static str,
        /// Its value.
        amount: Money,
    },
    /// An amount has another currency than the order, or the order is too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The parts do not sum to the total: a defect of this crate, better seen than charged.
    #[error("the parts of the order do not sum to its total")]
    Inconsistent,
}

/// The weight of all lines in grams.
pub fn weight_g<K>(lines: &[Line<K>]) -> u64 {
    lines.iter().fold(0, |sum: u64, line| {
        let pieces = u64::from(line.quantity.get());
        sum.saturating_add(pieces.saturating_mul(line.weight_g.into()))
    })
}

/// Prices an order in `currency`.
///
/// Discounts apply one after the other and spread over the lines by largest remainder. Tax is
/// computed per line on what discounts leave, and on shipping by its own class. `shipping` and `tax`
/// are `None` while they are not known: the total is then what is known so far.
pub fn price_order<K: Copy>(
    currency: Currency,
    lines: &[Line<K>],
    discounts: &[Discount],
    shipping: Option<&ShippingQuote>,
    tax: Option<&TaxRates>,
) -> Result<PricedOrder<K>, PricingError> {
    let gross = lines
        .iter()
        .map(|line| {
            let unit_price = checked(currency, "a unit price", line.unit_price)?;
            Ok(unit_price.checked_mul(line.quantity)?)
        })
        .collect::<Result<Vec<_>, PricingError>>()?;
    let subtotal = Money::sum(currency, gross.iter().copied())?;
    let (net, discounts) = take_off(subtotal, &gross, discounts)?;

    let lines = lines
        .iter()
        .zip(gross.iter().zip(net))
        .map(|(line, (&gross, net))| {
            let taxed = tax_on(net, line.tax_class, tax)?;
            Ok(PricedLine {
                key: line.key,
                gross,
                discount: gross.checked_sub(net)?,
                net,
                tax: taxed.tax,
                total: taxed.total,
                tax_rate_ppm: taxed.tax_rate_ppm,
            })
        })
        .collect::<Result<Vec<_>, PricingError>>()?;
    let shipping = shipping
        .map(|quote| {
            tax_on(
                checked(currency, "shipping", quote.price)?,
                quote.tax_class,
                tax,
            )
        })
        .transpose()?;

    let tax_included = tax.is_some_and(|rates| rates.included);
    let all_tax = lines
        .iter()
        .map(|line| line.tax)
        .chain(shipping.map(|s| s.tax));
    let all_totals = lines
        .iter()
        .map(|line| line.total)
        .chain(shipping.map(|s| s.total));
    let totals = Totals {
        subtotal,
        discount: Money::sum(currency, discounts.iter().copied())?,
        shipping: shipping.map(|shipping| shipping.net),
        tax: tax.map(|_| Money::sum(currency, all_tax)).transpose()?,
        total: Money::sum(currency, all_totals)?,
    };
    let added_tax = totals.tax.filter(|_| !tax_included);
    let sum_of_parts = subtotal
        .checked_sub(totals.discount)?
        .checked_add(totals.shipping.unwrap_or(Money::zero(currency)))?
        .checked_add(added_tax.unwrap_or(Money::zero(currency)))?;
    if sum_of_parts != totals.total {
        return Err(PricingError::Inconsistent);
    }
    Ok(PricedOrder {
        lines,
        discounts,
        shipping,
        tax_included,
        totals,
    })
}

/// The amount, if it has the order's currency and is not below zero.
fn checked(currency: Currency, what: &'static str, amount: Money) -> Result<Money, PricingError> {
    Money::zero(currency).checked_add(amount)?;
    if amount.is_negative() {
        return Err(PricingError::Negative { what, amount });
    }
    Ok(amount)
}

/// What the discounts leave of each line, and what each discount took.
fn take_off(
    subtotal: Money,
    gross: &[Money],
    discounts: &[Discount],
) -> Result<(Vec<Money>, Vec<Money>), PricingError> {
    let currency = subtotal.currency();
    let mut left = subtotal;
    let mut net = gross.to_vec();
    let mut taken = Vec::with_capacity(discounts.len());
    for discount in discounts {
        if let Discount::Amount(amount) = discount {
            checked(currency, "a discount", *amount)?;
        }
        let off = Money::new(discount.off(left.minor()), currency)?;
        let weights: Vec<i64> = net.iter().map(|amount| amount.minor()).collect();
        for (amount, share) in net.iter_mut().zip(allocate(off.minor(), &weights)) {
            *amount = amount.checked_sub(Money::new(share, currency)?)?;
        }
        left = left.checked_sub(off)?;
        taken.push(off);
    }
    Ok((net, taken))
}

/// The tax on an amount, rounded once.
fn tax_on(net: Money, class: TaxClass, rates: Option<&TaxRates>) -> Result<Taxed, PricingError> {
    let rate = rates.map_or(Ppm::ZERO, |rates| rates.rate(class));
    let (tax, added) = match rates {
        Some(rates) if !rates.included => (rate.of(net.minor()), true),
        _ => (rate.contained_in(net.minor()), false),
    };
    let tax = Money::new(tax, net.currency())?;
    Ok(Taxed {
        net,
        tax,
        total: if added { net.checked_add(tax)? } else { net },
        tax_rate_ppm: rate,
    })
}
