//! Shipping zones, methods and rates, as staff change them.

use kernel::Money;
use sqlx::PgConnection;

use super::undecodable;
use crate::domain::shipping::{Method, Rate, Zone};

/// All zones.
pub async fn list_zones(conn: &mut PgConnection) -> Result<Vec<(Zone, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select zone_code, name, countries, regions, version from checkout.shipping_zone order by zone_code"
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let countries: Result<Vec<_>, _> = row.countries.iter().map(|c| c.parse()).collect();
            let zone = Zone {
                code: row.zone_code,
                name: row.name,
                countries: countries
                    .map_err(|error: kernel::CountryCodeError| undecodable(error))?,
                regions: row.regions,
            };
            Ok((zone, row.version))
        })
        .collect()
}

/// The version of a zone, locked until the transaction ends.
pub async fn lock_zone(conn: &mut PgConnection, code: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "select version from checkout.shipping_zone where zone_code = $1 for update",
        code
    )
    .fetch_optional(conn)
    .await
}

fn countries(zone: &Zone) -> Vec<String> {
    zone.countries.iter().map(ToString::to_string).collect()
}

/// A new zone.
pub async fn insert_zone(conn: &mut PgConnection, zone: &Zone) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "insert into checkout.shipping_zone (zone_code, name, countries, regions) values ($1, $2, $3, $4) returning version",
        zone.code,
        zone.name,
        &countries(zone),
        &zone.regions
    )
    .fetch_one(conn)
    .await
}

/// Writes a zone. Its new version.
pub async fn update_zone(conn: &mut PgConnection, zone: &Zone) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "update checkout.shipping_zone
            set name = $2, countries = $3, regions = $4, version = version + 1, updated_at = now()
          where zone_code = $1 returning version",
        zone.code,
        zone.name,
        &countries(zone),
        &zone.regions
    )
    .fetch_one(conn)
    .await
}

/// Takes a zone away.
pub async fn delete_zone(conn: &mut PgConnection, code: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from checkout.shipping_zone where zone_code = $1",
        code
    )
    .execute(conn)
    .await
    .map(drop)
}

/// How many rates are for a zone.
pub async fn count_rates(conn: &mut PgConnection, zone_code: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from checkout.shipping_rate where zone_code = $1"#,
        zone_code
    )
    .fetch_one(conn)
    .await
}

/// All methods with their rates, in the shop's order.
pub async fn list_methods(conn: &mut PgConnection) -> Result<Vec<(Method, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select code, name, days_min, days_max, position, enabled, tax_class, version
           from checkout.shipping_method order by position, code"
    )
    .fetch_all(&mut *conn)
    .await?;
    let rates = sqlx::query!(
        "select method_code, zone_code, currency, weight_g_max, price_minor, free_over_minor
           from checkout.shipping_rate order by zone_code, currency, weight_g_max nulls last"
    )
    .fetch_all(conn)
    .await?;
    let mut methods = Vec::with_capacity(rows.len());
    for row in rows {
        let days = |days: i32| u16::try_from(days).map_err(undecodable);
        let mut method = Method {
            name: row.name,
            min_days: days(row.days_min)?,
            max_days: days(row.days_max)?,
            position: row.position,
            enabled: row.enabled,
            tax_class: row
                .tax_class
                .parse()
                .map_err(|error: pricing::TaxClassError| undecodable(error))?,
            rates: Vec::new(),
            code: row.code,
        };
        for rate in rates.iter().filter(|rate| rate.method_code == method.code) {
            let currency = rate
                .currency
                .parse()
                .map_err(|error: kernel::CurrencyError| undecodable(error))?;
            let money = |minor| Money::new(minor, currency).map_err(undecodable);
            method.rates.push(Rate {
                zone: rate.zone_code.clone(),
                weight_g_max: rate.weight_g_max,
                price: money(rate.price_minor)?,
                free_over: rate.free_over_minor.map(money).transpose()?,
            });
        }
        methods.push((method, row.version));
    }
    Ok(methods)
}

/// The version of a method, locked until the transaction ends.
pub async fn lock_method(conn: &mut PgConnection, code: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "select version from checkout.shipping_method where code = $1 for update",
        code
    )
    .fetch_optional(conn)
    .await
}

/// A new method, with its rates.
pub async fn insert_method(conn: &mut PgConnection, method: &Method) -> Result<i64, sqlx::Error> {
    let version = sqlx::query_scalar!(
        "insert into checkout.shipping_method (code, name, days_min, days_max, position, enabled, tax_class)
         values ($1, $2, $3, $4, $5, $6, $7) returning version",
        method.code,
        method.name,
        i32::from(method.min_days),
        i32::from(method.max_days),
        method.position,
        method.enabled,
        method.tax_class.as_str()
    )
    .fetch_one(&mut *conn)
    .await?;
    insert_rates(conn, method).await?;
    Ok(version)
}

/// Writes a method and all of its rates. Its new version.
pub async fn update_method(conn: &mut PgConnection, method: &Method) -> Result<i64, sqlx::Error> {
    let version = sqlx::query_scalar!(
        "update checkout.shipping_method
            set name = $2, days_min = $3, days_max = $4, position = $5, enabled = $6, tax_class = $7,
                version = version + 1, updated_at = now()
          where code = $1 returning version",
        method.code,
        method.name,
        i32::from(method.min_days),
        i32::from(method.max_days),
        method.position,
        method.enabled,
        method.tax_class.as_str()
    )
    .fetch_one(&mut *conn)
    .await?;
    delete_rates(conn, &method.code).await?;
    insert_rates(conn, method).await?;
    Ok(version)
}

/// Takes a method away, with its rates.
pub async fn delete_method(conn: &mut PgConnection, code: &str) -> Result<(), sqlx::Error> {
    delete_rates(conn, code).await?;
    sqlx::query!("delete from checkout.shipping_method where code = $1", code)
        .execute(conn)
        .await
        .map(drop)
}

async fn delete_rates(conn: &mut PgConnection, code: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from checkout.shipping_rate where method_code = $1",
        code
    )
    .execute(conn)
    .await
    .map(drop)
}

async fn insert_rates(conn: &mut PgConnection, method: &Method) -> Result<(), sqlx::Error> {
    for rate in &method.rates {
        sqlx::query!(
            "insert into checkout.shipping_rate (method_code, zone_code, currency, weight_g_max, price_minor, free_over_minor)
             values ($1, $2, $3, $4, $5, $6)",
            method.code,
            rate.zone,
            rate.price.currency().code(),
            rate.weight_g_max,
            rate.price.minor(),
            rate.free_over.map(Money::minor)
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
