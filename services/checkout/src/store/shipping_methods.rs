//! Table `checkout.shipping_method`.

use kernel::{CountryCode, Currency, Money};
use pricing::{ShippingMethod, TaxClass};
use sqlx::PgConnection;

use super::undecodable;

/// Every way to send an order in a currency, in the shop's order.
pub async fn list(
    conn: &mut PgConnection,
    currency: Currency,
) -> Result<Vec<ShippingMethod>, sqlx::Error> {
    let rows = sqlx::query!(
        "select code, name, countries, price_minor, free_over_minor, weight_g_max, days_min, days_max
           from checkout.shipping_method
          where currency = $1
          order by position, code",
        currency.code()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let money = |minor| Money::new(minor, currency).map_err(undecodable);
            let days = |days: i32| u16::try_from(days).map_err(undecodable);
            let countries: Result<Vec<CountryCode>, _> =
                row.countries.iter().map(|code| code.parse()).collect();
            Ok(ShippingMethod {
                price: money(row.price_minor)?,
                free_over: row.free_over_minor.map(money).transpose()?,
                countries: countries
                    .map_err(|error: kernel::CountryCodeError| undecodable(error))?,
                max_weight_g: row
                    .weight_g_max
                    .map(u64::try_from)
                    .transpose()
                    .map_err(undecodable)?,
                min_days: days(row.days_min)?,
                max_days: days(row.days_max)?,
                tax_class: TaxClass::Standard,
                code: row.code,
                name: row.name,
            })
        })
        .collect()
}
