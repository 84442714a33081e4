//! Writing products a batch at a time, idempotent by their source and key: what is as it should be is left alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use common::db::{self, DbError, retry_serialization};
use kernel::{ProductId, VariantId};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Workshop;
use crate::domain::attribute::AttributeDefinition;
use crate::domain::meanings::{self, Meanings};
use crate::store;
use crate::store::bulk::{BulkProduct, BulkVariant, KnownProduct, KnownVariant};
use crate::store::refresh::Refreshed;

/// A product that should be in the catalogue.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Where it comes from in its source: the line of a file.
    pub line: u64,
    /// The product. Its id is replaced where it is known, and its attributes are filled in.
    pub product: BulkProduct,
    /// Its variants. Their ids are replaced where they are known.
    pub variants: Vec<BulkVariant>,
    /// Its brand's name.
    pub brand: Option<String>,
    /// Its attributes with what their codes mean.
    pub attributes: Vec<(AttributeDefinition, serde_json::Value)>,
}

/// A product that could not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its line.
    pub line: u64,
    /// Its key.
    pub key: String,
    /// Why.
    pub reason: String,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Outcome {
    /// New products.
    pub created: u64,
    /// Products that changed.
    pub updated: u64,
    /// Products that were as they should be.
    pub unchanged: u64,
    /// Attribute values left out because all their codes mean something else.
    pub values_left_out: u64,
    /// Products that the database refused.
    pub refused: Vec<Refused>,
    changed: Vec<Refreshed>,
}

/// How a batch is written.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Why first stock is booked, for the ledger.
    pub reason: &'a str,
    /// Look only, write nothing.
    pub dry_run: bool,
}

/// Writes candidates in one transaction, or in several smaller ones where the database refuses one of them. Their keys
/// differ.
///
/// # Errors
/// When the database is away. What was committed until then stays; a second run finds it unchanged.
pub async fn write(
    workshop: &Workshop,
    target: Target<'_>,
    candidates: Vec<Candidate>,
) -> Result<Outcome, DbError> {
    let mut all = Outcome::default();
    let mut open = vec![candidates];
    while let Some(mut part) = open.pop() {
        match retry_serialization(|| write_all(workshop, target, &part)).await {
            Ok(outcome) => all.add(outcome),
            Err(error) if is_refusal(&error) => {
                if let [only] = part.as_slice() {
                    tracing::warn!(line = only.line, key = only.product.external_ref, error = %error.inner(), "a row is refused");
                    all.refused.push(Refused {
                        line: only.line,
                        key: only.product.external_ref.clone(),
                        reason: refusal(&error),
                    });
                } else {
                    let rest = part.split_off(part.len() / 2);
                    open.extend([rest, part]);
                }
            }
            Err(error) => return Err(error),
        }
    }
    if !all.changed.is_empty() {
        workshop.cache.forget_products(&all.changed).await;
    }
    if all.created + all.updated > 0 && !target.dry_run {
        workshop.cache.forget_lists().await;
        workshop.cache.wake_consumers().await;
    }
    Ok(all)
}

async fn write_all(
    workshop: &Workshop,
    target: Target<'_>,
    candidates: &[Candidate],
) -> Result<Outcome, DbError> {
    let mut tx = workshop.db.begin().await?;
    let keys: Vec<String> = candidates
        .iter()
        .map(|c| c.product.external_ref.clone())
        .collect();
    let known = store::bulk::list_known(&mut tx, target.source, &keys).await?;
    let is_unchanged = |candidate: &Candidate| {
        known
            .get(&candidate.product.external_ref)
            .is_some_and(|known| {
                known.content_hash.as_deref() == Some(candidate.product.content_hash.as_str())
            })
    };
    let mut changed: Vec<Candidate> = candidates
        .iter()
        .filter(|c| !is_unchanged(c))
        .cloned()
        .collect();
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let updated = changed
        .iter()
        .filter(|c| known.contains_key(&c.product.external_ref))
        .count();
    let mut outcome = Outcome {
        created: count(changed.len() - updated),
        updated: count(updated),
        unchanged: count(candidates.len() - changed.len()),
        ..Outcome::default()
    };
    if target.dry_run || changed.is_empty() {
        return Ok(outcome);
    }
    outcome.values_left_out = prepare_references(&mut tx, &mut changed).await?;
    assign_slugs(&mut tx, target.source, &known, &mut changed).await?;
    assign_ids(&mut tx, &known, &mut changed).await?;
    let (products, variants): (Vec<BulkProduct>, Vec<Vec<BulkVariant>>) = changed
        .into_iter()
        .map(|candidate| (candidate.product, candidate.variants))
        .unzip();
    let ids: Vec<ProductId> = products
        .iter()
        .map(|product| product.product_id.into())
        .collect();
    let is_known: BTreeSet<Uuid> = known
        .values()
        .map(|known| known.product_id.uuid())
        .collect();
    store::bulk::upsert_products(&mut tx, target.source, &products).await?;
    store::bulk::upsert_variants(&mut tx, &variants.concat(), target.reason).await?;
    let mut refreshed = store::refresh::refresh_products(&mut tx, &ids, workshop.currency).await?;
    tx.commit().await?;
    // Nobody can have cached what was not there.
    refreshed.retain(|product| is_known.contains(&product.product_id.uuid()));
    outcome.changed = refreshed;
    Ok(outcome)
}

/// Makes missing brands and attributes, and puts values under the codes that mean them. How many found none.
async fn prepare_references(
    conn: &mut PgConnection,
    candidates: &mut [Candidate],
) -> Result<u64, sqlx::Error> {
    let brands: BTreeSet<&str> = candidates
        .iter()
        .filter_map(|c| c.brand.as_deref())
        .collect();
    store::bulk::insert_brands(conn, &brands.into_iter().collect::<Vec<_>>()).await?;
    let codes: BTreeSet<String> = candidates
        .iter()
        .flat_map(|c| &c.attributes)
        .flat_map(|(wanted, _)| meanings::candidates(wanted))
        .collect();
    let codes: Vec<String> = codes.into_iter().collect();
    let mut meanings = Meanings::new(store::attributes::list_meanings(conn, &codes).await?);
    let mut left_out = 0;
    for candidate in candidates {
        for (wanted, value) in &candidate.attributes {
            match meanings.place(wanted, value) {
                Some((code, value)) => drop(candidate.product.attributes.insert(code, value)),
                None => left_out += 1,
            }
        }
    }
    store::bulk::insert_attributes(conn, &meanings.into_new()).await?;
    Ok(left_out)
}

/// Gives new products a slug of their own: the one they ask for, or that with a few digits of their key's hash.
async fn assign_slugs(
    conn: &mut PgConnection,
    source: &str,
    known: &BTreeMap<String, KnownProduct>,
    candidates: &mut [Candidate],
) -> Result<(), sqlx::Error> {
    let new = |candidate: &Candidate| !known.contains_key(&candidate.product.external_ref);
    let wanted: Vec<String> = candidates
        .iter()
        .filter(|c| new(c))
        .map(|c| c.product.slug.clone())
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let mut taken: BTreeSet<String> = store::bulk::list_taken_slugs(conn, &wanted)
        .await?
        .into_iter()
        .collect();
    for candidate in candidates.iter_mut().filter(|c| new(c)) {
        let product = &mut candidate.product;
        if !taken.insert(product.slug.clone()) {
            let digest = Sha256::digest(format!("{source}:{}", product.external_ref));
            product.slug = format!("{}-{}", product.slug, hex::encode(&digest[..4]));
            taken.insert(product.slug.clone());
        }
    }
    Ok(())
}

/// Gives products and variants the ids that they have, or new ones.
async fn assign_ids(
    conn: &mut PgConnection,
    known: &BTreeMap<String, KnownProduct>,
    candidates: &mut [Candidate],
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = candidates
        .iter()
        .filter_map(|candidate| known.get(&candidate.product.external_ref))
        .map(|known| known.product_id.uuid())
        .collect();
    let mut variants: HashMap<ProductId, Vec<KnownVariant>> = HashMap::new();
    if !ids.is_empty() {
        for variant in store::bulk::list_known_variants(conn, &ids).await? {
            variants
                .entry(variant.product_id)
                .or_default()
                .push(variant);
        }
    }
    for candidate in candidates {
        let known = known
            .get(&candidate.product.external_ref)
            .map(|known| known.product_id);
        let product_id = known.unwrap_or_else(ProductId::generate);
        candidate.product.product_id = product_id.uuid();
        let siblings = variants
            .get(&product_id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for variant in &mut candidate.variants {
            variant.product_id = product_id.uuid();
            variant.variant_id = variant_id(variant, siblings)
                .unwrap_or_else(VariantId::generate)
                .uuid();
        }
    }
    Ok(())
}

/// The known variant that a variant of the source is. One without options is the first: staff may have given it some.
fn variant_id(variant: &BulkVariant, siblings: &[KnownVariant]) -> Option<VariantId> {
    siblings
        .iter()
        .find(|known| known.option_key == variant.option_key)
        .or_else(|| siblings.first().filter(|_| variant.option_key.is_empty()))
        .map(|known| known.variant_id)
}

impl Outcome {
    /// Adds another outcome to this one.
    pub fn add(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.values_left_out += other.values_left_out;
        self.refused.extend(other.refused);
        self.changed.extend(other.changed);
    }
}

/// Whether the data is at fault, not the database: another row may do.
fn is_refusal(error: &DbError) -> bool {
    db::sqlstate(error.inner()).is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
}

/// Why the database refused a row, without its own words.
fn refusal(error: &DbError) -> String {
    match db::constraint(error.inner()) {
        Some("variant_sku_key") => "the SKU belongs to another variant".to_owned(),
        Some("variant_option_key") => "another variant has the same options".to_owned(),
        Some(constraint) => format!("breaks the rule `{constraint}`"),
        None => "holds a value that cannot be stored".to_owned(),
    }
}
