//! The operators' commands: arguments and output.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::Clock;

use super::{Workshop, import, seed, stock};
use crate::config::Settings;
use crate::domain::stock_audit::StockDifference;

/// A command.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Bring categories, tax rates, attributes and about 600 demo products; run again it changes nothing
    Seed,
    /// Import products from JSON lines, plain or zstd
    ///
    /// Rows are known by the key that the mapping names: run again it creates nothing twice, updates what changed and
    /// leaves stock alone. Bad rows are reported and never stop the run.
    Import {
        /// The file
        file: PathBuf,
        /// The mapping file; docs/import explains it
        #[arg(long)]
        mapping: PathBuf,
        /// Look only: report what would happen, write nothing
        #[arg(long)]
        dry_run: bool,
        /// Write every row that failed to this file, as JSON lines
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Look after stock
    #[command(subcommand)]
    Stock(StockCommand),
}

/// A command about stock.
#[derive(Debug, Clone, Subcommand)]
pub enum StockCommand {
    /// Compare counters with ledger and reservations; exits 1 when there is a difference
    Reconcile,
    /// Lay the stock of a variant into so many slots, 1 to 64, before a sale that many will rush to
    ///
    /// Without a number the services choose one by themselves: more than one for a hot variant.
    Slots {
        /// Its SKU
        sku: String,
        /// How many slots in each place
        #[arg(value_parser = clap::value_parser!(i16).range(1..=64))]
        slots: Option<i16>,
    },
}

/// Runs a command.
///
/// # Errors
/// One line that says what is wrong.
pub async fn run(command: Command, settings: Settings, clock: &dyn Clock) -> anyhow::Result<()> {
    let workshop = Workshop::new(&settings)?;
    let result = match command {
        Command::Seed => seed(&workshop).await,
        Command::Import {
            file,
            mapping,
            dry_run,
            report,
        } => {
            import(
                &workshop,
                &import::Request {
                    file,
                    mapping,
                    dry_run,
                    report,
                },
            )
            .await
        }
        Command::Stock(StockCommand::Reconcile) => reconcile(&workshop, clock).await,
        Command::Stock(StockCommand::Slots { sku, slots }) => {
            lay_slots(&workshop, &sku, slots).await
        }
    };
    workshop.db.close().await;
    result.map_err(|error| anyhow::Error::msg(one_line(&error)))
}

/// An error with its causes, each told once, in one line: readers of settings draw pictures over several.
fn one_line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.ends_with(&cause) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&cause);
        }
    }
    let is_picture = |line: &str| {
        line.trim_start_matches(|ch: char| ch.is_ascii_digit() || ch == ' ')
            .starts_with('|')
    };
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !is_picture(line))
        .collect();
    lines.join(": ")
}

async fn seed(workshop: &Workshop) -> anyhow::Result<()> {
    let bar = bar("Seeding");
    let seeded = seed::run(workshop, &|done, all| show(&bar, done, all)).await?;
    bar.finish_and_clear();
    let mut out = std::io::stdout().lock();
    seeded.print(&mut out).context("cannot print")
}

async fn import(workshop: &Workshop, request: &import::Request) -> anyhow::Result<()> {
    let bar = bar(if request.dry_run {
        "Looking"
    } else {
        "Importing"
    });
    let result = import::run(workshop, request, &|done, all| show(&bar, done, all)).await;
    bar.finish_and_clear();
    let mut out = std::io::stdout().lock();
    result?.print(&mut out).context("cannot print")
}

async fn reconcile(workshop: &Workshop, clock: &dyn Clock) -> anyhow::Result<()> {
    let audit = stock::reconcile(&workshop.db, clock, "command")
        .await?
        .context("another instance is comparing; try again in a minute")?;
    let mut out = std::io::stdout().lock();
    for difference in &audit.found {
        let StockDifference {
            rule,
            variant_id,
            location_id,
            slot,
            expected,
            found,
        } = difference;
        writeln!(
            out,
            "{rule:<17} {variant_id} {location_id} slot {slot}: expected {expected}, found {found}"
        )
        .context("cannot print")?;
    }
    writeln!(
        out,
        "{} levels compared, {} differences",
        audit.levels, audit.differences
    )
    .context("cannot print")?;
    anyhow::ensure!(
        audit.found.is_empty(),
        "stock differs from its ledger or its reservations"
    );
    Ok(())
}

async fn lay_slots(workshop: &Workshop, sku: &str, slots: Option<i16>) -> anyhow::Result<()> {
    let variant_id = stock::lay_slots(&workshop.db, sku, slots).await?;
    let mut out = std::io::stdout().lock();
    let slots = slots.map_or_else(|| "as the demand asks".to_owned(), |n| n.to_string());
    writeln!(out, "{variant_id} ({sku}): slots {slots}").context("cannot print")
}

/// A progress bar on standard error; hidden where that is no terminal.
fn bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(what);
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {bar:40} {human_pos}/{human_len} {per_sec} {eta}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn show(bar: &ProgressBar, done: u64, all: u64) {
    bar.set_length(all);
    bar.set_position(done);
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn errors_are_one_line() {
        let error = toml::from_str::<toml::Table>("a = 1\nnonsense").unwrap_err();
        let error = Err::<(), _>(error).context("m.toml").unwrap_err();
        let text = one_line(&error);
        assert!(
            text.starts_with("m.toml: TOML parse error at line 2, column 9: "),
            "{text}"
        );
        assert!(!text.contains('\n') && !text.contains('|'), "{text}");
        let error =
            anyhow::Error::from(std::io::Error::other("no disk")).context("cannot read: no disk");
        assert_eq!(one_line(&error), "cannot read: no disk");
    }
}
