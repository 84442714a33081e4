//! Authoritative prices, names and availability.

use kernel::{Currency, Money, MoneyError, ProductId, VariantId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Availability, Media};

/// What a caller needs to show and to sell one variant.
#[derive(Debug, Clone)]
pub struct Quote {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's stable name in addresses.
    pub slug: String,
    /// The product's name.
    pub title: String,
    /// What tells the variant from its siblings; empty for the only one.
    pub variant_title: String,
    /// Stock keeping unit, where it has one.
    pub sku: Option<String>,
    /// Kind of the generated product art.
    pub art: String,
    /// Colour of the art, `rrggbb`.
    pub color: Option<String>,
    /// Price of one. Zero and meaningless where not `purchasable`.
    pub unit_price: Money,
    /// Class of goods that the tax rate depends on.
    pub tax_class: String,
    /// Weight of one in grams.
    pub weight_g: u32,
    /// The most that one order may hold.
    pub max_per_order: i32,
    /// Whether it is on sale in the currency asked for.
    pub purchasable: bool,
    /// Units that can be sold now; `None` where stock is not counted.
    pub available: Option<i32>,
    /// The same as a word.
    pub availability: Availability,
}

impl Quote {
    /// The variant's picture.
    pub fn media(&self) -> Media {
        Media::art(
            &self.art,
            self.product_id,
            self.color.as_deref(),
            &self.title,
        )
    }

    /// The most of it that can be bought now.
    pub fn max_quantity(&self) -> i32 {
        if !self.purchasable {
            return 0;
        }
        self.available
            .map_or(self.max_per_order, |n| n.min(self.max_per_order))
    }
}

/// The tax on one class of goods in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxRate {
    /// Class of goods.
    pub tax_class: String,
    /// Rate in parts per million.
    pub rate_ppm: i32,
    /// Whether prices already hold it.
    pub included: bool,
}

/// Quotes variants in a currency, in id order. Unknown ids are left out.
///
/// # Errors
/// When the database cannot be asked, or holds a price out of range.
pub async fn list_quotes(
    conn: &mut PgConnection,
    variant_ids: &[VariantId],
    currency: Currency,
) -> Result<Vec<Quote>, sqlx::Error> {
    let ids: Vec<Uuid> = variant_ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select variant_id as "variant_id!", product_id as "product_id!", slug as "slug!", title as "title!",
                  variant_title as "variant_title!", sku, art as "art!", color,
                  unit_price_minor as "unit_price_minor!", tax_class as "tax_class!", weight_g as "weight_g!",
                  max_per_order as "max_per_order!", purchasable as "purchasable!", available,
                  availability as "availability!"
             from catalog.quote_v1($1, $2)"#,
        &ids,
        currency.code()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Quote {
                variant_id: r.variant_id.into(),
                product_id: r.product_id.into(),
                slug: r.slug,
                title: r.title,
                variant_title: r.variant_title,
                sku: r.sku,
                art: r.art,
                color: r.color,
                unit_price: Money::new(r.unit_price_minor, currency)?,
                tax_class: r.tax_class,
                weight_g: u32::try_from(r.weight_g).unwrap_or_default(),
                max_per_order: r.max_per_order,
                purchasable: r.purchasable,
                available: r.available,
                availability: Availability::from_stored(&r.availability),
            })
        })
        .collect::<Result<_, MoneyError>>()
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The tax rates of a place; empty where none are known. `region` is the state or province, as in the address.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_tax_rates(
    conn: &mut PgConnection,
    country: &str,
    region: Option<&str>,
) -> Result<Vec<TaxRate>, sqlx::Error> {
    sqlx::query_as!(
        TaxRate,
        r#"select tax_class as "tax_class!", rate_ppm as "rate_ppm!", included as "included!"
             from catalog.tax_rates_v1($1, $2)"#,
        country,
        region
    )
    .fetch_all(conn)
    .await
}
