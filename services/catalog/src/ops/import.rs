//! Importing a foreign catalogue from a file.
//!
//! The file is read and mapped in a thread of its own while the batch before is written. A bad file or mapping is
//! found before anything is written.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use kernel::Currency;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::Workshop;
use super::batch::{self, Candidate, Target};
use super::loading::{OnProgress, attribute, write_categories};
use super::report::{Failure, Report, Totals};
use crate::art::colour::Rgb;
use crate::domain::slug;
use crate::import::source::{self, Limits, Rows};
use crate::import::{self, AttributeValue, ImportedProduct, Mapping, RowError, clean};
use crate::store::bulk::{BulkProduct, BulkVariant};
use crate::taxonomy::Taxonomy;

/// Batches that are mapped ahead of the one being written.
const AHEAD: usize = 2;

/// What to import.
#[derive(Debug, Clone)]
pub struct Request {
    /// JSON lines, plain or zstd.
    pub file: PathBuf,
    /// The mapping file.
    pub mapping: PathBuf,
    /// Look only, write nothing.
    pub dry_run: bool,
    /// Where every row that failed is written to, as JSON lines.
    pub report: Option<PathBuf>,
}

/// A batch on its way from the file to the database.
#[derive(Debug, Default)]
struct Mapped {
    rows: u64,
    candidates: Vec<Candidate>,
    failures: Vec<Failure>,
}

/// Imports a file.
///
/// # Errors
/// One line that says what is wrong with the file, the mapping or the database. A bad file or mapping changes nothing.
pub async fn run(
    workshop: &Workshop,
    request: &Request,
    progress: OnProgress<'_>,
) -> anyhow::Result<Totals> {
    let begun = Instant::now();
    let text = std::fs::read_to_string(&request.mapping)
        .with_context(|| format!("cannot read the mapping {}", request.mapping.display()))?;
    let mapping = Mapping::parse(&text, Taxonomy::shop())
        .with_context(|| request.mapping.display().to_string())?;
    let limits = Limits {
        line_bytes_max: workshop.limits.line_bytes_max,
    };
    let rows_in_all = check(&request.file, limits).await?;
    let mut report = Report::create(request.report.as_deref(), workshop.limits.failures_shown)?;
    let source = source_name(&mapping);
    let mut totals = Totals::new(mapping.name(), mapping.attribution(), request.dry_run);

    let (sender, mut batches) = mpsc::channel(AHEAD);
    let reader = Reader {
        file: request.file.clone(),
        limits,
        mapping,
        batch_rows: workshop.limits.batch_rows.max(1),
        currency: workshop.currency,
    };
    let reading = tokio::task::spawn_blocking(move || reader.read(&sender));
    let target = Target {
        source: &source,
        reason: "import",
        dry_run: request.dry_run,
    };
    let mut prepared = request.dry_run;
    while let Some(mapped) = batches.recv().await {
        if !prepared {
            write_categories(workshop).await?;
            prepared = true;
        }
        totals.rows += mapped.rows;
        for failure in mapped.failures {
            report.add(&failure)?;
        }
        let outcome = batch::write(workshop, target, mapped.candidates)
            .await
            .context("the database failed")?;
        for refused in &outcome.refused {
            report.add(&Failure {
                line: refused.line,
                key: Some(refused.key.clone()),
                field: "row".to_owned(),
                reason: refused.reason.clone(),
            })?;
        }
        totals.add(&outcome);
        progress(totals.rows, rows_in_all);
    }
    reading.await.context("the reader failed")??;
    totals.failed = report.failed();
    totals.failures = report.finish()?;
    totals.elapsed = begun.elapsed();
    totals.count();
    Ok(totals)
}

/// Reads the whole file once, so that a broken one changes nothing. How many rows it has.
async fn check(file: &Path, limits: Limits) -> anyhow::Result<u64> {
    let path = file.to_owned();
    let summary = tokio::task::spawn_blocking(move || source::check(&path, limits))
        .await
        .context("the reader failed")?
        .with_context(|| file.display().to_string())?;
    Ok(summary.rows)
}

/// The name under which a mapping's products are known: it stays when the file moves.
fn source_name(mapping: &Mapping) -> String {
    let name = clean::slug(mapping.name(), 60);
    if name.is_empty() {
        "import".to_owned()
    } else {
        name
    }
}

/// Reads and maps the file.
struct Reader {
    file: PathBuf,
    limits: Limits,
    mapping: Mapping,
    batch_rows: usize,
    currency: Currency,
}

impl Reader {
    /// Sends batches until the file ends or nobody takes them any more.
    fn read(&self, sender: &mpsc::Sender<Mapped>) -> anyhow::Result<()> {
        let mut lines: HashMap<String, u64> = HashMap::new();
        let mut mapped = Mapped::default();
        for row in Rows::open(&self.file, self.limits)? {
            let row = row?;
            mapped.rows += 1;
            match self.candidate(row.line, row.row, &mut lines)? {
                Ok(candidate) => mapped.candidates.push(candidate),
                Err(failure) => mapped.failures.push(failure),
            }
            if mapped.candidates.len() + mapped.failures.len() >= self.batch_rows
                && sender.blocking_send(std::mem::take(&mut mapped)).is_err()
            {
                return Ok(());
            }
        }
        // The last part; nobody there to take it means that the import has failed already.
        let _taken = sender.blocking_send(mapped);
        Ok(())
    }

    fn candidate(
        &self,
        line: u64,
        row: Result<import::values::Row, RowError>,
        lines: &mut HashMap<String, u64>,
    ) -> anyhow::Result<Result<Candidate, Failure>> {
        let row = match row {
            Ok(row) => row,
            Err(error) => return Ok(Err(Failure::new(line, None, error))),
        };
        let product = match self.mapping.map(&row) {
            Ok(product) => product,
            Err(error) => return Ok(Err(Failure::new(line, self.mapping.key(&row), error))),
        };
        if product.currency != self.currency.code() {
            bail!(
                "the mapping's prices are in {}, the shop sells in {}",
                product.currency,
                self.currency
            );
        }
        if let Some(first) = lines.insert(product.external_ref.clone(), line) {
            lines.insert(product.external_ref.clone(), first);
            let error = RowError::new("key", format!("the same key stands on line {first}"));
            return Ok(Err(Failure::new(line, Some(&product.external_ref), error)));
        }
        Ok(Ok(candidate(line, product)?))
    }
}

/// What the database should hold for an imported product: one variant without options.
fn candidate(line: u64, product: ImportedProduct) -> anyhow::Result<Candidate> {
    let content_hash = product.content_hash()?;
    let number = |value: i64| i32::try_from(value).unwrap_or(i32::MAX);
    let color = color(&product);
    let attributes = product.attributes.into_iter().map(attribute).collect();
    let variant = BulkVariant {
        variant_id: Uuid::nil(),
        product_id: Uuid::nil(),
        sku: None,
        barcode: product.barcode,
        title: String::new(),
        options: Vec::new(),
        option_key: String::new(),
        color,
        weight_g: number(product.weight_g.unwrap_or(0)),
        position: 0,
        currency: product.currency,
        amount_minor: product.price_minor,
        compare_at_minor: None,
        on_hand: number(product.stock_on_hand),
        backorder_limit: 0,
    };
    Ok(Candidate {
        line,
        product: BulkProduct {
            product_id: Uuid::nil(),
            slug: product.slug_hint,
            title: product.title,
            brand_slug: product.brand.as_deref().map(slug::from_brand),
            category_slug: product.category_slug,
            description: product.description,
            attributes: serde_json::Map::new(),
            source_media: product.source_media,
            external_ref: product.external_ref,
            content_hash,
            released_at: product.released_at,
        },
        variants: vec![variant],
        brand: product.brand,
        attributes,
    })
}

/// The colour of the product art: what a colour attribute names.
fn color(product: &ImportedProduct) -> Option<String> {
    product
        .attributes
        .iter()
        .filter(|attribute| {
            attribute.code == "product_colour"
                || attribute.code == "colour"
                || attribute.code == "color"
        })
        .find_map(|attribute| match &attribute.value {
            AttributeValue::Text(text) => Rgb::by_name(text),
            _ => None,
        })
        .map(|color| color.to_string())
}
