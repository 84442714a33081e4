//! What a search costs: our service beside PostgreSQL's full text and OpenSearch, over the same generated products, in
//! one run; what a query's vector adds; and how a word's search grows with the catalogue.
//!
//! Products are written straight into the read model of search, in the shape in which the catalogue gives them; from
//! there the service follows them as ever. Each engine is asked the same texts over one connection, cell after cell, in
//! another order in each round. Processor time is that of the engine's processes, for ours with the database's. No
//! answer is kept: `cache_stale_ms` is 0, OpenSearch's request cache is off.

#![expect(
    clippy::float_arithmetic,
    reason = "rates and shares for people to read; no money"
)]

mod asked;
mod goods;
mod load;
mod opensearch;
mod ours;
mod postgres;
mod report;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};

use self::asked::Asked;
use self::load::{Engine, Question};
use self::opensearch::OpenSearch;
use self::ours::{Ours, Vectors};
use self::postgres::Postgres;
use self::report::{Cell, Report};
use crate::count::Count;
use crate::e2e::on_fresh_stack;
use crate::env::services;
use crate::instance::Instance;
use crate::stack::Stack;
use crate::state::SearchEngine;
use crate::ui::{Step, Ui};
use crate::{build, up};

/// Growth is told from here on.
const SMALLEST: u32 = 10_000;
/// The size at which searching by meaning is measured.
const HYBRID: u32 = 20_000;
/// Texts whose vectors are in memory in the cell of kept vectors.
const KEPT: usize = 200;
const TIMEOUT: Duration = Duration::from_mins(1);

const QUESTIONS: [Question; 3] = [Question::Search, Question::Facets, Question::Suggest];

/// How much to measure.
#[derive(Debug, Clone, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Options {
    /// Sizes of the catalogue, at most 1,000,000 products; 10,000 are always measured, too.
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "20000,100000", value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
    products: Vec<u32>,
    /// Rounds; each measures every cell once, in another order.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Seconds of each cell.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// Leave OpenSearch out (it needs Java and Maven).
    #[arg(long)]
    no_opensearch: bool,
    /// Leave searching by meaning out (all products are embedded first, which takes minutes).
    #[arg(long)]
    no_hybrid: bool,
    /// Measure the program of the dev profile: good for trying this command out, not for figures.
    #[arg(long)]
    debug: bool,
    /// Use the programs as they were built last.
    #[arg(long)]
    no_build: bool,
}

/// A run.
struct Run<'a> {
    stack: &'a mut Stack,
    admin: PgConnection,
    postgres: Postgres,
    opensearch: Option<OpenSearch>,
    asked: Asked,
    report: Report,
    options: &'a Options,
    ui: Ui,
}

/// Measures, and prints what was measured.
pub(super) async fn run(
    instance: &Instance,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    // Search is ready once it has the key by which tokens are checked: auth publishes it.
    let others = services().filter(|name| !matches!(*name, "search" | "auth"));
    let wanted = up::Options {
        without: others.map(str::to_owned).collect(),
        search: Some(if options.no_opensearch {
            SearchEngine::Embedded
        } else {
            SearchEngine::Opensearch
        }),
        ..up::Options::api_only(options.no_build)
    };
    on_fresh_stack(instance, &wanted, ui, async |stack| {
        if !options.debug {
            build::optimised(&stack.instance, "search", !options.no_build, ui)?;
        }
        measure(stack, options, count, ui).await
    })
    .await
}

async fn measure(stack: &mut Stack, options: &Options, count: &mut Count, ui: Ui) -> Result<()> {
    let url = stack.settings().admin_url()?;
    let database: PgConnectOptions = url.as_str().parse().context("the database's address")?;
    let database = database.disable_statement_logging();
    let server = stack
        .supervisor
        .process("postgres")
        .context("the server is not ours")?;
    let mut sizes = options.products.clone();
    sizes.push(SMALLEST);
    sizes.sort_unstable();
    sizes.dedup();
    let opensearch = if options.no_opensearch {
        None
    } else {
        Some(OpenSearch::new(stack).await?)
    };
    let mut run = Run {
        postgres: Postgres::new(database.clone().connect().await?, server.pid).await?,
        admin: database.connect().await?,
        opensearch,
        asked: Asked::new(sizes[0]),
        report: Report::default(),
        stack,
        options,
        ui,
    };
    ui.line(format!(
        "  {} service; {} texts, {} words; times over one connection",
        if options.debug {
            "debug (no figures to quote)"
        } else {
            "release"
        },
        run.asked.searches.len(),
        run.asked.words.len()
    ));
    let mut from = 0;
    for size in sizes {
        run.grow(from, size).await?;
        run.compare(size).await?;
        if size == HYBRID && !options.no_hybrid {
            run.meaning(size).await?;
        }
        from = size;
    }
    let (passed, missed) = run.report.print(ui);
    *count += Count::passed(passed);
    for _ in 0..missed {
        *count += Count::FAILED;
    }
    ensure!(missed == 0, "{missed} goals missed");
    Ok(())
}

impl Run<'_> {
    /// Adds products until there are `size`.
    async fn grow(&mut self, from: u32, size: u32) -> Result<()> {
        let step = self.ui.step(format!("{size} products"));
        ours::write(&mut self.admin, from..size, &step).await?;
        let service = Ours::restart(self.stack, Vectors::Off).await?;
        step.update("PostgreSQL's table and index");
        self.postgres.fill().await?;
        if let Some(server) = &self.opensearch {
            server.fill(from..size, &step).await?;
        }
        service.knows(size, &step).await?;
        self.check(&service, size, &step).await?;
        step.done("in every engine");
        Ok(())
    }

    /// Before anything is measured: every engine finds a word in the share of products that hold it.
    async fn check(&self, service: &Ours, size: u32, step: &Step) -> Result<()> {
        for word in &self.asked.words {
            step.update(&format!("checking {word}"));
            let mut found = vec![
                ("TechMart", service.ask(Question::Search, word).await?),
                (
                    "PostgreSQL",
                    self.postgres.ask(Question::Search, word).await?,
                ),
            ];
            if let Some(server) = &self.opensearch {
                found.push(("OpenSearch", server.ask(Question::Search, word).await?));
            }
            for (name, total) in found {
                let permille = total * 1_000 / u64::from(size);
                ensure!(
                    (45..=80).contains(&permille),
                    "{name} finds {word:?} in {permille} of 1000 products"
                );
            }
        }
        Ok(())
    }

    /// All engines, question by question.
    async fn compare(&mut self, size: u32) -> Result<()> {
        let service = Ours::of(self.stack)?;
        let afresh = Ours::of(self.stack)?.afresh();
        let time = Duration::from_secs(self.options.seconds);
        for round in 0..self.options.rounds {
            let step = self
                .ui
                .step(format!("{size} products, round {}", round + 1));
            let idle = [
                load::idle(&service).await?,
                load::idle(&self.postgres).await?,
                match &self.opensearch {
                    Some(server) => load::idle(server).await?,
                    None => 0.0,
                },
            ];
            let engines = if self.opensearch.is_some() { 3 } else { 2 };
            let mut cells: Vec<(usize, Option<Question>)> = (0..engines)
                .flat_map(|engine| QUESTIONS.map(|question| (engine, Some(question))))
                .collect();
            cells.push((0, None));
            cells.shuffle(&mut StdRng::seed_from_u64(round.into()));
            for (engine, question) in cells {
                let (texts, asked) = match question {
                    None => (&self.asked.words, Question::Search),
                    Some(Question::Suggest) => (&self.asked.prefixes, Question::Suggest),
                    Some(question) => (&self.asked.searches, question),
                };
                let sample = match (engine, &self.opensearch) {
                    (0, _) if question.is_none() => {
                        load::measure(&afresh, asked, texts, time, idle[0]).await?
                    }
                    (0, _) => load::measure(&service, asked, texts, time, idle[0]).await?,
                    (2, Some(server)) => load::measure(server, asked, texts, time, idle[2]).await?,
                    _ => load::measure(&self.postgres, asked, texts, time, idle[1]).await?,
                };
                let cell = match question {
                    None => Cell::Word,
                    Some(question) => Cell::Engine(report::ENGINES[engine], question),
                };
                step.update(cell.name());
                self.report.add(size, cell, sample);
            }
            step.done("");
        }
        Ok(())
    }

    /// The same searches by words alone, by meaning with kept vectors of queries, and with computed ones.
    async fn meaning(&mut self, size: u32) -> Result<()> {
        let step = self.ui.step("Vectors of all products");
        Ours::restart(self.stack, Vectors::Kept).await?;
        ours::embedded(&mut self.admin, &step).await?;
        step.done("");
        let time = Duration::from_secs(self.options.seconds);
        let few = &self.asked.searches[..KEPT.min(self.asked.searches.len())].to_vec();
        for round in 0..self.options.rounds {
            let step = self.ui.step(format!("By meaning, round {}", round + 1));
            for (vectors, cell) in [
                (Vectors::Off, Cell::Lexical),
                (Vectors::Kept, Cell::HybridKept),
                (Vectors::Computed, Cell::HybridComputed),
            ] {
                step.update(cell.name());
                let service = Ours::restart(self.stack, vectors).await?;
                service.knows(size, &step).await?;
                for text in few {
                    service.ask(Question::Search, text).await?;
                }
                let mode = service.mode(&few[0]).await?;
                let wanted = if vectors == Vectors::Off {
                    "lexical"
                } else {
                    "hybrid"
                };
                ensure!(mode == wanted, "the search was {mode}, not {wanted}");
                let idle = load::idle(&service).await?;
                let sample = load::measure(&service, Question::Search, few, time, idle).await?;
                self.report.add(size, cell, sample);
            }
            step.done("");
        }
        Ok(())
    }
}

fn client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .timeout(TIMEOUT)
        .no_proxy()
        .build()?)
}
