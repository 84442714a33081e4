//! `cargo xtask relevance`: how well search ranks, by judged queries (NDCG@10).
//!
//! The shop sells the given products; every query is asked through the preview of the back office, where engine and mode
//! can be chosen; nothing but the API is looked at. A product without a label counts as grade 0, so the labelled share of
//! the top ten stands beside every figure.

#![expect(
    clippy::float_arithmetic,
    reason = "a measure of rankings for people to read; no money"
)]

mod ask;
mod labels;
mod ndcg;
mod report;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use self::ask::Variant;
use self::labels::{Judged, Queries};
use self::report::Report;
use crate::catalogue::{self, Catalogue, Wants};
use crate::count::Count;
use crate::instance::{Instance, workspace_root};
use crate::race::Shop;
use crate::ui::Ui;

/// The judged queries about the demo catalogue.
const DEMO_QUERIES: &str = "bench/relevance/demo-queries.tsv";
const DEMO_LABELS: &str = "bench/relevance/demo-labels.tsv";
/// What CI asks for on the demo catalogue. Lower than what is reached, by what a change of a single query makes.
const DEMO_FLOORS: [&str; 2] = ["lexical=0.80", "hybrid=0.92"];

/// A search engine of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Engine {
    Embedded,
    Opensearch,
}

/// How to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Mode {
    /// By words.
    Lexical,
    /// By words and by meaning.
    Hybrid,
}

/// What `relevance` was asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    catalogue: Catalogue,
    /// The queries: a table with `query_id` and `query`, separated by tabs.
    #[arg(long, value_name = "FILE", requires_all = ["products", "labels"])]
    queries: Option<PathBuf>,
    /// Grades: a table with `query_id`, `product_id` (the import's key, or a slug) and `grade`. More files add the pairs that
    /// those before lack; the mean is told with and without them.
    #[arg(long, value_name = "FILE", requires = "queries")]
    labels: Vec<PathBuf>,
    /// Engines to compare.
    #[arg(long, value_delimiter = ',', default_value = "embedded")]
    engines: Vec<Engine>,
    /// Modes to compare; all that the shop can unless given.
    #[arg(long, value_delimiter = ',')]
    modes: Vec<Mode>,
    /// Write every figure and every top ten as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Fail below this mean: `0.82`, or for one mode `hybrid=0.82`.
    #[arg(long, value_name = "[MODE=]NDCG")]
    at_least: Vec<Floor>,
    /// Fail when the means of two engines in the same mode differ by more.
    #[arg(long, value_name = "NDCG")]
    within: Option<f64>,
}

/// The least mean that will do.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Floor {
    mode: Option<Mode>,
    least: f64,
}

/// Measures on an instance of its own.
pub(crate) async fn run(
    instance: &Instance,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    ensure!(
        options.catalogue.products.is_none() || options.queries.is_some(),
        "judged queries about these products are needed: give --queries and --labels"
    );
    let asked = Asked::read(options)?;
    let wants = Wants {
        opensearch: options.engines.contains(&Engine::Opensearch),
    };
    catalogue::on_stack(instance, &options.catalogue, wants, ui, async |_, shop| {
        asked.measure(shop, options, count, ui).await
    })
    .await
}

/// The judged queries about the demo catalogue, in a shop that sells exactly that: the form that CI runs.
pub(crate) async fn on_demo(shop: &Shop, count: &mut Count, ui: Ui) -> Result<()> {
    let floors = DEMO_FLOORS.iter().map(|text| text.parse());
    let options = Options {
        catalogue: Catalogue::demo(),
        queries: None,
        labels: Vec::new(),
        engines: vec![Engine::Embedded],
        modes: Vec::new(),
        json: None,
        at_least: floors.collect::<Result<_>>()?,
        within: None,
    };
    let asked = Asked::read(&options)?;
    let outcome = asked.measure(shop, &options, count, ui).await;
    if outcome.is_err() && count.failed == 0 {
        *count += Count::FAILED;
    }
    outcome
}

/// Queries with their grades.
#[derive(Debug)]
struct Asked {
    queries: Queries,
    /// One per labels file; each holds the pairs of those before, too.
    judged: Vec<Judged>,
    labels: Vec<PathBuf>,
}

impl Asked {
    /// The given tables, or those about the demo catalogue.
    fn read(options: &Options) -> Result<Self> {
        let workspace = workspace_root()?;
        let (queries, labels) = match &options.queries {
            Some(queries) => (queries.clone(), options.labels.clone()),
            None => (
                workspace.join(DEMO_QUERIES),
                vec![workspace.join(DEMO_LABELS)],
            ),
        };
        let mut judged: Vec<Judged> = Vec::new();
        for file in &labels {
            let mut all = judged.last().cloned().unwrap_or_default();
            all.add(file)?;
            judged.push(all);
        }
        let queries = Queries::read(&queries)?;
        let all = judged.last().context("no labels")?;
        for id in all.judgeable() {
            ensure!(queries.text(id).is_some(), "no text of query {id}");
        }
        Ok(Self {
            queries,
            judged,
            labels,
        })
    }

    /// Asks everything of every variant, prints what came of it and fails where it is not enough.
    async fn measure(
        &self,
        shop: &Shop,
        options: &Options,
        count: &mut Count,
        ui: Ui,
    ) -> Result<()> {
        let model = catalogue::progress(shop).await?.model;
        let can_hybrid = model.is_some();
        let wanted = match &options.modes[..] {
            [] if can_hybrid => vec![Mode::Lexical, Mode::Hybrid],
            [] => vec![Mode::Lexical],
            given => given.to_vec(),
        };
        ensure!(
            can_hybrid || !wanted.contains(&Mode::Hybrid),
            "there is no sentence model here: only --modes lexical can be measured"
        );
        let variants: Vec<Variant> = options
            .engines
            .iter()
            .flat_map(|&engine| wanted.iter().map(move |&mode| Variant { engine, mode }))
            .collect();
        let keys: BTreeMap<String, String> = catalogue::keys(shop).await?.into_iter().collect();
        let all = self.judged.last().context("no labels")?;
        let step = ui.step("Judged queries");
        let mut report = Report::new(&variants, model);
        for id in all.judgeable() {
            let text = self.queries.text(id).unwrap_or_default();
            step.update(text);
            let found = ask::top(shop, text, &variants).await?;
            report.add(id, text, found, &self.judged, &keys);
        }
        step.done(format!("{} queries", report.len()));
        report.print(&self.labels, ui);
        if let Some(file) = &options.json {
            report.write(file)?;
            ui.line(format!("  written to {}", file.display()));
        }
        let missed = report.missed(&options.at_least, options.within);
        for goal in &missed {
            ui.line(format!("    {}", ui.red(goal)));
            *count += Count::FAILED;
        }
        *count += Count::passed(variants.len().saturating_sub(missed.len()));
        ensure!(missed.is_empty(), "{} goals missed", missed.len());
        Ok(())
    }
}

impl std::str::FromStr for Floor {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (mode, least) = match text.split_once('=') {
            Some(("lexical", least)) => (Some(Mode::Lexical), least),
            Some(("hybrid", least)) => (Some(Mode::Hybrid), least),
            Some((other, _)) => bail!("there is no mode {other:?}"),
            None => (None, text),
        };
        let least: f64 = least.parse().context("a mean is a number from 0 to 1")?;
        ensure!((0.0..=1.0).contains(&least), "a mean is from 0 to 1");
        Ok(Self { mode, least })
    }
}

impl Engine {
    /// As the API calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Opensearch => "opensearch",
        }
    }
}

impl Mode {
    /// As the API calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Lexical => "lexical",
            Self::Hybrid => "hybrid",
        }
    }
}
