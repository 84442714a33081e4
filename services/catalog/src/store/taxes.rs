//! Tax rates, as staff keep them.

use sqlx::PgConnection;

use crate::domain::tax::{TaxClass, TaxRate, TaxRateChange, TaxZone};

/// Which rates, by country, region and class.
#[derive(Debug, Clone, Default)]
pub struct TaxListing {
    /// Of this country only.
    pub country: Option<String>,
    /// Behind this one.
    pub after: Option<(String, String, String)>,
    /// So many rows.
    pub limit: i64,
}

/// Rates in order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_tax_rates(
    conn: &mut PgConnection,
    listing: &TaxListing,
) -> Result<Vec<TaxRate>, sqlx::Error> {
    let (country, region, class) = match &listing.after {
        Some((country, region, class)) => (Some(country), Some(region), Some(class)),
        None => (None, None, None),
    };
    let rows = sqlx::query!(
        "select country, region, tax_class, rate_ppm, included, updated_at from catalog.tax_rate
          where ($1::text is null or country = $1)
            and ($2::text is null or (country, region, tax_class) > ($2, $3::text, $4::text))
          order by country, region, tax_class limit $5",
        listing.country,
        country,
        region,
        class,
        listing.limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TaxRate {
            country: row.country,
            region: Some(row.region).filter(|region| !region.is_empty()),
            tax_class: TaxClass::from_stored(&row.tax_class),
            rate_ppm: row.rate_ppm,
            included: row.included,
            updated_at: row.updated_at.to_jiff(),
        })
        .collect())
}

/// Locks a rate and answers it.
///
/// # Errors
/// When the database fails.
pub async fn find_for_update(
    conn: &mut PgConnection,
    zone: &TaxZone,
) -> Result<Option<TaxRateChange>, sqlx::Error> {
    sqlx::query_as!(
        TaxRateChange,
        "select rate_ppm, included from catalog.tax_rate
          where country = $1 and region = $2 and tax_class = $3 for update",
        zone.country,
        zone.region,
        zone.class.as_str()
    )
    .fetch_optional(conn)
    .await
}

/// Sets a rate.
///
/// # Errors
/// When the database fails.
pub async fn upsert_tax_rate(
    conn: &mut PgConnection,
    zone: &TaxZone,
    rate: TaxRateChange,
) -> Result<TaxRate, sqlx::Error> {
    let row = sqlx::query!(
        "insert into catalog.tax_rate (country, region, tax_class, rate_ppm, included) values ($1, $2, $3, $4, $5)
         on conflict (country, region, tax_class) do update
            set rate_ppm = excluded.rate_ppm, included = excluded.included, updated_at = now()
         returning updated_at",
        zone.country,
        zone.region,
        zone.class.as_str(),
        rate.rate_ppm,
        rate.included
    )
    .fetch_one(conn)
    .await?;
    Ok(TaxRate {
        country: zone.country.clone(),
        region: Some(zone.region.clone()).filter(|region| !region.is_empty()),
        tax_class: zone.class,
        rate_ppm: rate.rate_ppm,
        included: rate.included,
        updated_at: row.updated_at.to_jiff(),
    })
}

/// Removes a rate.
///
/// # Errors
/// When the database fails.
pub async fn delete_tax_rate(conn: &mut PgConnection, zone: &TaxZone) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from catalog.tax_rate where country = $1 and region = $2 and tax_class = $3",
        zone.country,
        zone.region,
        zone.class.as_str()
    )
    .execute(conn)
    .await
    .map(drop)
}
