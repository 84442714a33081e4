//! Amounts that add up, or no paper.

use kernel::{Currency, Money};

use crate::{DocumentError, MAX_LINES, Shipping, TaxMode, TaxRow};

/// Refuses more lines than a paper holds.
pub(crate) fn count(lines: usize) -> Result<(), DocumentError> {
    if lines > MAX_LINES {
        return Err(DocumentError::TooManyLines(lines));
    }
    Ok(())
}

/// The sum of `amounts`, which must all be of `currency`.
pub(crate) fn sum<'a>(
    currency: Currency,
    amounts: impl IntoIterator<Item = &'a Money>,
) -> Result<Money, DocumentError> {
    Ok(Money::sum(currency, amounts.into_iter().copied())?)
}

/// Lines, shipping and tax must make the total; so must the tax table, if there is one.
pub(crate) fn total<'a>(
    total: Money,
    lines: impl IntoIterator<Item = &'a Money>,
    shipping: Option<&Shipping>,
    mode: TaxMode,
    taxes: &[TaxRow],
) -> Result<(), DocumentError> {
    let currency = total.currency();
    let mut expected = sum(currency, lines)?;
    if let Some(shipping) = shipping {
        expected = expected.checked_add(shipping.amount)?;
    }
    let tax = sum(currency, taxes.iter().map(|row| &row.tax))?;
    let net = sum(currency, taxes.iter().map(|row| &row.net))?;
    if mode == TaxMode::Exclusive {
        expected = expected.checked_add(tax)?;
    }
    if expected != total {
        return Err(DocumentError::Inconsistent(
            "lines, shipping and tax do not add up to the total",
        ));
    }
    if !taxes.is_empty() && net.checked_add(tax)? != total {
        return Err(DocumentError::Inconsistent(
            "the tax table does not add up to the total",
        ));
    }
    Ok(())
}
