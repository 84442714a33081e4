//! Tables `checkout.shipping_method`, `checkout.shipping_zone` and `checkout.shipping_rate`, as prices are made of them.

use kernel::{CountryCode, Currency, Money};
use pricing::{ShippingMethod, ShippingRate, ShippingZone};
use sqlx::PgConnection;

use super::undecodable;

/// Every way to send an order in a currency, in the shop's order. A method without a rate in it is not among them.
pub async fn list(
    conn: &mut PgConnection,
    currency: Currency,
) -> Result<Vec<ShippingMethod>, sqlx::Error> {
    let rows = sqlx::query!(
        "select m.code, m.name, m.days_min, m.days_max, m.tax_class, r.zone_code, r.weight_g_max, r.price_minor, r.free_over_minor
           from checkout.shipping_method m join checkout.shipping_rate r on r.method_code = m.code
          where m.enabled and r.currency = $1
          order by m.position, m.code, r.zone_code, r.weight_g_max nulls last",
        currency.code()
    )
    .fetch_all(conn)
    .await?;
    let mut methods: Vec<ShippingMethod> = Vec::new();
    for row in rows {
        let money = |minor| Money::new(minor, currency).map_err(undecodable);
        let days = |days: i32| u16::try_from(days).map_err(undecodable);
        let weight_g_max = row.weight_g_max.map(u64::try_from);
        let rate = ShippingRate {
            zone: row.zone_code,
            weight_g_max: weight_g_max.transpose().map_err(undecodable)?,
            price: money(row.price_minor)?,
            free_over: row.free_over_minor.map(money).transpose()?,
        };
        match methods.last_mut() {
            Some(method) if method.code == row.code => method.rates.push(rate),
            _ => methods.push(ShippingMethod {
                code: row.code,
                name: row.name,
                rates: vec![rate],
                min_days: days(row.days_min)?,
                max_days: days(row.days_max)?,
                tax_class: row
                    .tax_class
                    .parse()
                    .map_err(|error: pricing::TaxClassError| undecodable(error))?,
            }),
        }
    }
    Ok(methods)
}

/// All zones.
pub async fn list_zones(conn: &mut PgConnection) -> Result<Vec<ShippingZone>, sqlx::Error> {
    let rows = sqlx::query!(
        "select zone_code, countries, regions from checkout.shipping_zone order by zone_code"
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let countries: Result<Vec<CountryCode>, _> =
                row.countries.iter().map(|code| code.parse()).collect();
            Ok(ShippingZone {
                code: row.zone_code,
                countries: countries
                    .map_err(|error: kernel::CountryCodeError| undecodable(error))?,
                regions: row.regions,
            })
        })
        .collect()
}
