//! What is given back when units of a line return, or a part of what was paid.
//!
//! Invariants: all that is given back of a line, in any number of steps, by units or by amounts, never exceeds what
//! was paid for it; when every unit has returned it is exactly that. The same holds for the tax in it.

use kernel::{Money, Quantity};

use crate::split::allocate;

#[cfg(test)]
mod tests;

/// A sum of money and the tax in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Portion {
    /// All of it, with the tax.
    pub total: Money,
    /// The tax in it, whether prices contained it or it came on top.
    pub tax: Money,
}

/// A line of an order as it was paid. Shipping is a line of one unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PaidLine {
    /// How many.
    pub quantity: Quantity,
    /// What was paid for all of them: after discounts, with tax.
    pub paid: Portion,
}

/// What was given back of a line before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refunded {
    /// The units that returned or were cancelled.
    pub units: u16,
    /// The money, for units and otherwise.
    pub portion: Portion,
}

/// Why nothing is given back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RefundError {
    /// More units than the line has left.
    #[error("the line has {left} units left to refund")]
    TooManyUnits {
        /// How many it has.
        left: u16,
    },
    /// More money than is left of what was paid.
    #[error("{left} is left to refund")]
    TooMuch {
        /// How much is left.
        left: Money,
    },
    /// Nothing, or less.
    #[error("an amount to refund is above zero")]
    NotPositive,
    /// The line, what was given back before and the amount do not fit together: negative amounts, more tax than money,
    /// or several currencies.
    #[error("the amounts of the line contradict each other")]
    Inconsistent,
}

impl PaidLine {
    /// What `units` of the line give back after `before`.
    ///
    /// Units cost the same but for the smallest unit of money: of 100 for 3, the first gives 34 back and the others 33.
    /// Where amounts were given back besides, the last units give what is left.
    pub fn refund_units(&self, before: &Refunded, units: Quantity) -> Result<Portion, RefundError> {
        let left = self.left(before)?;
        let units_left = self.quantity.get().saturating_sub(before.units);
        let after = before
            .units
            .checked_add(units.get())
            .filter(|after| *after <= self.quantity.get())
            .ok_or(RefundError::TooManyUnits { left: units_left })?;
        let share = self
            .first_units(after)
            .saturating_sub(self.first_units(before.units));
        portion(left, share.min(left.total.minor()))
    }

    /// What an amount of money out of the line is after `before`: the amount, and the tax in it.
    pub fn refund_amount(&self, before: &Refunded, amount: Money) -> Result<Portion, RefundError> {
        let left = self.left(before)?;
        if amount.currency() != left.total.currency() {
            return Err(RefundError::Inconsistent);
        }
        if amount.minor() <= 0 {
            return Err(RefundError::NotPositive);
        }
        if amount.minor() > left.total.minor() {
            return Err(RefundError::TooMuch { left: left.total });
        }
        portion(left, amount.minor())
    }

    /// What is left to give back.
    ///
    /// # Errors
    /// [`RefundError::Inconsistent`]
    pub fn left(&self, before: &Refunded) -> Result<Portion, RefundError> {
        let inconsistent = |_| RefundError::Inconsistent;
        let minus = |paid: Money, given: Money| paid.checked_sub(given).map_err(inconsistent);
        let left = Portion {
            total: minus(self.paid.total, before.portion.total)?,
            tax: minus(self.paid.tax, before.portion.tax)?,
        };
        let sound = |portion: Portion| {
            portion.total.currency() == portion.tax.currency()
                && 0 <= portion.tax.minor()
                && portion.tax.minor() <= portion.total.minor()
        };
        if [self.paid, before.portion, left].into_iter().all(sound)
            && before.units <= self.quantity.get()
        {
            Ok(left)
        } else {
            Err(RefundError::Inconsistent)
        }
    }

    /// What the first `units` of the line cost, in minor units: each an equal share, and the remainder to the first.
    fn first_units(&self, units: u16) -> i64 {
        let (paid, quantity) = (self.paid.total.minor(), i64::from(self.quantity.get()));
        // A quantity is never zero; the shares of all units are what was paid.
        let share = paid.checked_div(quantity).unwrap_or(0);
        let remainder = paid.checked_rem(quantity).unwrap_or(0);
        share
            .saturating_mul(units.into())
            .saturating_add(remainder.min(units.into()))
    }
}

/// `minor` out of what is left, with its part of the tax that is left.
fn portion(left: Portion, minor: i64) -> Result<Portion, RefundError> {
    let money =
        |minor| Money::new(minor, left.total.currency()).map_err(|_| RefundError::Inconsistent);
    let rest = left.total.minor().saturating_sub(minor);
    let tax = if rest == 0 {
        left.tax.minor()
    } else {
        allocate(left.tax.minor(), &[minor, rest])
            .first()
            .copied()
            .unwrap_or(0)
    };
    Ok(Portion {
        total: money(minor)?,
        tax: money(tax)?,
    })
}

/// Divides an amount over several others in proportion to them, by largest remainder: an order's shipping over its
/// lines, or an amount given back over what is left of each line. The parts sum to the amount; none exceeds its share
/// as long as the amount does not exceed the sum.
///
/// # Errors
/// [`RefundError::Inconsistent`] for several currencies, nothing to divide over, or a negative amount.
pub fn spread(amount: Money, over: &[Money]) -> Result<Vec<Money>, RefundError> {
    let currency = amount.currency();
    let foreign = |other: &Money| other.currency() != currency || other.is_negative();
    if over.is_empty() || amount.is_negative() || over.iter().any(foreign) {
        return Err(RefundError::Inconsistent);
    }
    let weights: Vec<i64> = over.iter().map(|other| other.minor()).collect();
    allocate(amount.minor(), &weights)
        .into_iter()
        .map(|minor| Money::new(minor, currency).map_err(|_| RefundError::Inconsistent))
        .collect()
}
