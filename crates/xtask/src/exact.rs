//! `cargo xtask exact`: queries of which the first result can only be one thing: a code, a model number, a title, a
//! size, a brand with a kind of product, and the same mistyped.
//!
//! The cases are made from a catalogue by rule, the same ones in every run; those of the demo catalogue are kept in
//! `bench/relevance/exact.tsv`. They are asked as shoppers ask, and judged by what the API answers.

mod ask;
mod case;
mod codes;
mod kinds;
mod make;
mod typo;
mod words;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use self::case::Case;
use crate::catalogue::{self, Catalogue, Wants};
use crate::count::Count;
use crate::instance::{Instance, workspace_root, write_file};
use crate::race::Shop;
use crate::ui::Ui;

/// The cases about the demo catalogue.
const DEMO_CASES: &str = "bench/relevance/exact.tsv";
/// Failures that are shown.
const SHOWN_MAX: usize = 60;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Action {
    /// Ask every case
    Ask,
    /// Make the cases from the catalogue and write them
    Generate,
}

/// What `exact` was asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    #[arg(value_enum, default_value = "ask")]
    action: Action,
    #[command(flatten)]
    catalogue: Catalogue,
    /// The file of cases. With --products and without this they are made and asked in one go.
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
    /// The most cases of one kind when they are made.
    #[arg(long, value_name = "N", default_value_t = make::PER_KIND)]
    per_kind: usize,
    /// Fail below this share of first results that are right, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 99, value_parser = clap::value_parser!(u8).range(0..=100))]
    at_least: u8,
}

/// Makes or asks the cases, on an instance of its own.
pub(crate) async fn run(
    instance: &Instance,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let wants = Wants::default();
    catalogue::on_stack(instance, &options.catalogue, wants, ui, async |_, shop| {
        let is_demo = options.catalogue.products.is_none();
        let kept = workspace_root()?.join(DEMO_CASES);
        let file = options.cases.clone().or_else(|| is_demo.then_some(kept));
        let made = || make::cases(shop, options.per_kind);
        match (options.action, file) {
            (Action::Generate, file) => {
                let file = file.context("where to? give --cases FILE")?;
                let cases = made().await?;
                write_file(&file, case::table(&cases).as_bytes(), 0o644)?;
                ui.line(format!("  {} cases in {}", cases.len(), file.display()));
                *count += Count::passed(1);
                Ok(())
            }
            (Action::Ask, Some(file)) => {
                let cases = read(&file)?;
                ask_all(shop, &cases, options.at_least, count, ui).await
            }
            (Action::Ask, None) => ask_all(shop, &made().await?, options.at_least, count, ui).await,
        }
    })
    .await
}

/// The kept cases in a shop that sells the demo catalogue and nothing else: the form that CI runs.
pub(crate) async fn on_demo(shop: &Shop, count: &mut Count, ui: Ui) -> Result<()> {
    let file = workspace_root()?.join(DEMO_CASES);
    let cases = read(&file)?;
    let made = make::cases(shop, make::PER_KIND).await?;
    let outcome = if case::table(&made) == case::table(&cases) {
        ask_all(shop, &cases, 99, count, ui).await
    } else {
        Err(anyhow::anyhow!(
            "{DEMO_CASES} is out of date: run `cargo xtask exact generate`"
        ))
    };
    if outcome.is_err() && count.failed == 0 {
        *count += Count::FAILED;
    }
    outcome
}

fn read(file: &std::path::Path) -> Result<Vec<Case>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    case::read(&text).with_context(|| file.display().to_string())
}

/// Asks every case and prints the share of each kind; the failures by kind, with what came first instead.
async fn ask_all(
    shop: &Shop,
    cases: &[Case],
    at_least: u8,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    ensure!(!cases.is_empty(), "there are no cases");
    let step = ui.step("Exact intent");
    let judged = ask::all(shop, cases).await?;
    let right = judged.iter().filter(|one| one.is_right()).count();
    step.done(format!("{right} of {} first results right", judged.len()));
    let mut kinds: Vec<&str> = judged.iter().map(|one| one.case.kind.as_str()).collect();
    kinds.dedup();
    for kind in kinds {
        let of_kind = || judged.iter().filter(move |one| one.case.kind == kind);
        let right = of_kind().filter(|one| one.is_right()).count();
        ui.line(format!(
            "    {kind:<18} {right:>4} of {}",
            of_kind().count()
        ));
    }
    let wrong: Vec<_> = judged.iter().filter(|one| !one.is_right()).collect();
    for one in wrong.iter().take(SHOWN_MAX) {
        ui.line(format!("      {}", ui.red(&one.to_string())));
    }
    if let Some(more) = wrong.len().checked_sub(SHOWN_MAX + 1) {
        ui.line(format!("      … and {} more", more + 1));
    }
    *count += Count::passed(right);
    if right * 100 < judged.len() * usize::from(at_least) {
        for _ in &wrong {
            *count += Count::FAILED;
        }
        anyhow::bail!(
            "{right} of {} first results are right, not {at_least} %",
            judged.len()
        );
    }
    Ok(())
}
