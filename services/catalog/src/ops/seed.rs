//! What a shop begins with: its category tree, tax rates and the demo catalogue.

use std::io::Write;

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Workshop;
use super::batch::{self, Candidate, Outcome, Target};
use super::loading::{OnProgress, attribute, write_categories};
use super::report::grouped;
use crate::domain::options::{Options, StoredOption};
use crate::domain::{highlights, slug};
use crate::seed::product::CURRENCY;
use crate::seed::{SeedProduct, SeedVariant, generate};
use crate::store;
use crate::store::bulk::{BulkProduct, BulkVariant};

mod tax;

/// Name under which the demo products are known.
const SOURCE: &str = "demo";

/// What a seed changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seeded {
    /// Categories made or changed.
    pub categories: u64,
    /// Tax rates made.
    pub tax_rates: u64,
    /// Attributes that cards show from now on.
    pub highlights: u64,
    /// Demo products made.
    pub created: u64,
    /// Demo products changed.
    pub updated: u64,
}

/// Brings everything that is missing. Run again it changes nothing.
///
/// # Errors
/// When the shop has another currency than the demo catalogue, or the database fails.
pub async fn run(workshop: &Workshop, progress: OnProgress<'_>) -> anyhow::Result<Seeded> {
    if workshop.currency.code() != CURRENCY {
        bail!(
            "the demo catalogue has prices in {CURRENCY}, the shop sells in {}",
            workshop.currency
        );
    }
    let products = generate().context("the demo catalogue cannot be read")?;
    let mut seeded = Seeded {
        categories: write_categories(workshop).await?,
        ..Seeded::default()
    };
    let all = u64::try_from(products.len()).unwrap_or(u64::MAX);
    let mut done = 0;
    let target = Target {
        source: SOURCE,
        reason: "first stock",
        dry_run: false,
    };
    for part in products.chunks(workshop.limits.batch_rows.max(1)) {
        let candidates = (done + 1..)
            .zip(part)
            .map(|(at, product)| candidate(at, product))
            .collect::<Result<Vec<_>, _>>()?;
        seeded.add(&batch::write(workshop, target, candidates).await?)?;
        done += u64::try_from(part.len()).unwrap_or(u64::MAX);
        progress(done, all);
    }
    let rates = tax::rates()?;
    let mut conn = workshop.db.write().await?;
    seeded.tax_rates = store::reference::insert_tax_rates(&mut conn, &rates).await?;
    seeded.highlights = store::reference::update_highlights(&mut conn, highlights::CODES).await?;
    drop(conn);
    if seeded.highlights > 0 {
        workshop.cache.forget_lists().await;
    }
    Ok(seeded)
}

/// What the database should hold for a demo product.
fn candidate(at: u64, product: &SeedProduct) -> serde_json::Result<Candidate> {
    let content_hash = hex::encode(Sha256::digest(serde_json::to_vec(product)?));
    let variants = (0..)
        .zip(&product.variants)
        .map(|(position, new)| variant(position, new, &product.currency))
        .collect();
    Ok(Candidate {
        line: at,
        product: BulkProduct {
            product_id: Uuid::nil(),
            slug: product.slug.clone(),
            title: product.title.clone(),
            brand_slug: Some(slug::from_brand(&product.brand)),
            category_slug: product.category_slug.clone(),
            description: product.description.clone(),
            attributes: serde_json::Map::new(),
            source_media: Vec::new(),
            external_ref: product.external_ref.clone(),
            content_hash,
            released_at: product.released_at,
        },
        variants,
        brand: Some(product.brand.clone()),
        attributes: product.attributes.iter().cloned().map(attribute).collect(),
    })
}

fn variant(position: i32, new: &SeedVariant, currency: &str) -> BulkVariant {
    let number = |value: i64| i32::try_from(value).unwrap_or(i32::MAX);
    let options = Options::new(new.options.iter().cloned());
    let stored: Vec<StoredOption> = options.to_stored();
    BulkVariant {
        variant_id: Uuid::nil(),
        product_id: Uuid::nil(),
        sku: Some(new.sku.clone()),
        barcode: Some(new.barcode.clone()),
        // The only variant of a product needs no name.
        title: if stored.is_empty() {
            String::new()
        } else {
            new.title.clone()
        },
        options: stored,
        option_key: options.key(),
        color: new.colour().map(|color| color.to_string()),
        weight_g: number(new.weight_g),
        position,
        currency: currency.to_owned(),
        amount_minor: new.price_minor,
        compare_at_minor: new.compare_at_minor,
        on_hand: number(new.on_hand),
        backorder_limit: number(new.backorder_limit),
    }
}

impl Seeded {
    fn add(&mut self, outcome: &Outcome) -> anyhow::Result<()> {
        if let Some(refused) = outcome.refused.first() {
            bail!(
                "the demo product {} cannot be stored: {}",
                refused.key,
                refused.reason
            );
        }
        self.created += outcome.created;
        self.updated += outcome.updated;
        Ok(())
    }

    /// Writes what changed for a person.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        if *self == Self::default() {
            return writeln!(out, "Seeded before: nothing changed");
        }
        let (created, updated) = (grouped(self.created), grouped(self.updated));
        writeln!(
            out,
            "Seeded: {created} products made, {updated} changed; {} categories, {} tax rates",
            self.categories, self.tax_rates
        )
    }
}
