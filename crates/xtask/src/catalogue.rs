//! A shop of a suite's own that sells a given catalogue, and whose search knows all of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;

use crate::daemon::{self, Lock};
use crate::e2e::wipe;
use crate::instance::Instance;
use crate::race::shop::patient;
use crate::race::{Request, Shop, Target};
use crate::stack::Stack;
use crate::state::SearchEngine;
use crate::tool;
use crate::ui::Ui;
use crate::up;

/// What was imported into an instance that was kept.
const MARK: &str = "catalogue.json";
/// Search has stopped following when nothing moved for this long.
const STUCK: Duration = Duration::from_mins(2);
/// Products read at a time.
const BATCH: i64 = 500;

/// Which products the shop sells.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Catalogue {
    /// Sell the products of this file (JSON lines, plain or .zst) instead of the demo catalogue.
    #[arg(long, value_name = "FILE")]
    pub(crate) products: Option<PathBuf>,
    /// How the file's fields become products.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "docs/import/icecat.toml",
        requires = "products"
    )]
    pub(crate) mapping: PathBuf,
    /// Keep the shop's data afterwards; the next run with the same file begins with them.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Use the programs as they were built last.
    #[arg(long)]
    pub(crate) no_build: bool,
}

/// What a suite wants of the shop besides its products.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wants {
    /// OpenSearch runs beside the embedded index.
    pub(crate) opensearch: bool,
}

/// A product as the catalogue describes it to its read models.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Document {
    pub(crate) slug: String,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) brand: Option<Named>,
    pub(crate) category: Named,
    pub(crate) attributes: Vec<Attribute>,
    /// Stock keeping units and barcodes.
    pub(crate) skus: Vec<String>,
}

/// A brand or a category.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Named {
    pub(crate) slug: String,
    pub(crate) name: String,
}

/// A specification.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Attribute {
    pub(crate) code: String,
    pub(crate) unit: Option<String>,
    pub(crate) value: Value,
}

/// How far search is, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) products: i64,
    /// Products with a vector.
    pub(crate) embedded: i64,
    /// The sentence model.
    pub(crate) model: Option<String>,
    /// Changes that the slowest engine has not taken in; none: an engine cannot be asked.
    pub(crate) behind: Option<i64>,
}

/// The file an instance was filled from, and its state then.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    file: PathBuf,
    mapping: PathBuf,
    length: u64,
    modified: u64,
}

/// Brings the shop up, waits until search knows all of it, and lets `work` use it.
pub(crate) async fn on_stack(
    instance: &Instance,
    options: &Catalogue,
    wants: Wants,
    ui: Ui,
    work: impl AsyncFnOnce(&mut Stack, &Shop) -> Result<()>,
) -> Result<()> {
    daemon::stop(instance).await?;
    let mark = Mark::of(options)?;
    let kept = options.keep && Mark::read(instance) == mark;
    if !kept {
        wipe(instance)?;
    }
    let instance = &Instance::reopen(instance)?;
    let _lock = Lock::take(instance)?;
    let api_only = up::Options {
        search: Some(if wants.opensearch {
            SearchEngine::Opensearch
        } else {
            SearchEngine::Embedded
        }),
        ..up::Options::api_only(options.no_build)
    };
    up::prepare(instance, &api_only, ui).await?;
    let mut stack = Stack::new(instance, false, ui)?;
    if options.products.is_some() {
        stack = stack.bare();
    }
    let outcome = daemon::unless_interrupted(async {
        stack.start().await?;
        if let (Some(mark), false) = (&mark, kept) {
            import(&stack, options, ui).await?;
            fs::write(instance.path(MARK), serde_json::to_vec(mark)?)?;
        }
        let shop = Shop::new(Target::of_stack(&stack)?);
        followed(&shop, ui).await?;
        work(&mut stack, &shop).await
    })
    .await;
    stack.stop().await;
    if outcome.is_err() {
        ui.line(format!("  logs: {}", instance.path("logs").display()));
    } else if !options.keep {
        wipe(instance)?;
    }
    outcome
}

async fn import(stack: &Stack, options: &Catalogue, ui: Ui) -> Result<()> {
    let Some(file) = &options.products else {
        return Ok(());
    };
    let step = ui.step("Products");
    let (file, mapping) = (text(file)?, text(&options.mapping)?);
    let args = ["import", &file, "--mapping", &mapping];
    let env = stack.settings().service("catalog")?;
    let said = tool::capture(&stack.instance, "catalog", &args, env).await?;
    let totals = said.lines().find(|line| line.contains("roduct"));
    step.done(totals.unwrap_or("imported").trim());
    Ok(())
}

/// Waits until search has taken everything in, vectors included where there is a model.
pub(crate) async fn followed(shop: &Shop, ui: Ui) -> Result<Progress> {
    let step = ui.step("Search follows");
    let wanted = on_sale(&mut shop.target.connect().await?).await?;
    let (mut last, mut moved) = (None, Instant::now());
    loop {
        let now = progress(shop).await?;
        let embedded = now.model.is_none() || now.embedded == now.products;
        if now.products == wanted && now.behind == Some(0) && embedded {
            step.done(match &now.model {
                Some(_) => format!("{wanted} products, all with a vector"),
                None => format!("{wanted} products, by words only"),
            });
            return Ok(now);
        }
        step.update(&format!(
            "{} of {wanted} products, {} vectors",
            now.products, now.embedded
        ));
        if last.as_ref() != Some(&now) {
            (last, moved) = (Some(now), Instant::now());
        } else if moved.elapsed() > STUCK {
            bail!("search stopped at {now:?}; {wanted} products are on sale");
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// What search says of itself to staff.
pub(crate) async fn status(shop: &Shop) -> Result<Value> {
    let request = Request::new("GET", "/admin/search/status");
    let request = shop.signed_in(request).await?;
    let status = patient(shop.wire.client(), &request).await?;
    status.success("search status")
}

/// Asks search how far it is.
pub(crate) async fn progress(shop: &Shop) -> Result<Progress> {
    let status = status(shop).await?;
    let number = |key: &str| status[key].as_i64().with_context(|| format!("no `{key}`"));
    let engines = status["engines"].as_array().context("no `engines`")?;
    let behind: Vec<Option<i64>> = engines.iter().map(|one| one["behind"].as_i64()).collect();
    Ok(Progress {
        products: number("products")?,
        embedded: number("embedded")?,
        model: status["model"].as_str().map(str::to_owned),
        behind: behind
            .into_iter()
            .try_fold(0, |most, one| one.map(|one| most.max(one))),
    })
}

/// How many products the catalogue has on sale.
async fn on_sale(admin: &mut PgConnection) -> Result<i64> {
    let count =
        "select count(*) from catalog.product where status = 'active' and price_minor is not null";
    Ok(sqlx::query_scalar(count).fetch_one(admin).await?)
}

/// Every product on sale, as the catalogue describes it, by slug.
pub(crate) async fn documents(shop: &Shop) -> Result<Vec<Document>> {
    let mut admin = shop.target.connect().await?;
    let mut documents = Vec::new();
    let mut after = String::new();
    loop {
        let batch: Vec<(String, String, bool)> = sqlx::query_as(
            "select d.body->>'slug', d.body::text, d.deleted
               from catalog.search_documents_v1(array(
                      select product_id from catalog.product where slug > $1 order by slug limit $2)) d
              order by 1",
        )
        .bind(&after)
        .bind(BATCH)
        .fetch_all(&mut admin)
        .await
        .context("the catalogue's documents")?;
        let Some((last, ..)) = batch.last() else {
            break;
        };
        after.clone_from(last);
        for (slug, body, _) in batch.iter().filter(|(.., gone)| !gone) {
            let document = serde_json::from_str(body).with_context(|| slug.clone())?;
            documents.push(document);
        }
    }
    ensure!(!documents.is_empty(), "the catalogue is empty");
    Ok(documents)
}

/// The key that the source of a product knows it by, by the product's slug.
pub(crate) async fn keys(shop: &Shop) -> Result<Vec<(String, String)>> {
    let mut admin = shop.target.connect().await?;
    let all = "select slug, external_ref from catalog.product where external_ref is not null";
    Ok(sqlx::query_as(all).fetch_all(&mut admin).await?)
}

/// Encodes a text for an address.
pub(crate) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl Mark {
    /// `None` for the demo catalogue.
    fn of(options: &Catalogue) -> Result<Option<Self>> {
        let Some(file) = &options.products else {
            return Ok(None);
        };
        let meta = fs::metadata(file).with_context(|| format!("no file {}", file.display()))?;
        let modified = meta.modified()?.duration_since(std::time::UNIX_EPOCH);
        Ok(Some(Self {
            file: file.canonicalize()?,
            mapping: options
                .mapping
                .canonicalize()
                .with_context(|| options.mapping.display().to_string())?,
            length: meta.len(),
            modified: modified.unwrap_or_default().as_secs(),
        }))
    }

    fn read(instance: &Instance) -> Option<Self> {
        let bytes = fs::read(instance.path(MARK)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

/// The full name of a file.
fn text(path: &Path) -> Result<String> {
    let full = path
        .canonicalize()
        .with_context(|| path.display().to_string())?;
    let text = full.to_str().context("a file's name is not UTF-8")?;
    Ok(text.to_owned())
}

impl Catalogue {
    /// The demo catalogue.
    pub(crate) fn demo() -> Self {
        Self {
            products: None,
            mapping: PathBuf::new(),
            keep: false,
            no_build: false,
        }
    }
}
