//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::bench::Bench;
use crate::drill::Drill;
use crate::test::Stage;
use crate::{containers, crash, e2e, exact, freshness, race, relevance, torture, traces, up};

/// The developer's one door to TechMart.
///
/// `cargo xtask up` starts the whole shop on this machine: a private PostgreSQL and Redis, the six
/// services, a payment simulator and the gateway, all on loopback and all below `.techmart/`.
/// Nothing else on the machine is touched, and `cargo xtask down` leaves no process.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true,
    after_help = "A first day:\n  \
        cargo xtask up --detach      everything runs; addresses and the staff login are printed\n  \
        cargo xtask status           what runs, on which port, how large\n  \
        cargo xtask import FILE --mapping docs/import/icecat.toml\n  \
        cargo xtask logs checkout -f\n  \
        cargo xtask test             exactly what CI runs\n  \
        cargo xtask down"
)]
pub(crate) struct Cli {
    /// Another private stack beside your own: its files lie in `.techmart-NAME/`, its ports are
    /// any free ones.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) instance: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build and start the whole shop; a second time takes seconds.
    ///
    /// Checks the machine, starts a private PostgreSQL 17 (fetched once per user), Redis and the
    /// gateway on free loopback ports, builds and migrates, fills in the demo catalogue on the
    /// first run, starts the services, waits until all are ready, and prints the addresses and the
    /// staff login. Without --detach it stays, restarts what dies, and stops all on Ctrl-C.
    /// Settings of your shell win: `TECHMART__LOG__FILTER=debug cargo xtask up`.
    Up(up::Options),
    /// Stop everything that `up` (or `db start`) started.
    Down,
    /// Show what runs: process, port, readiness, restarts, start time, memory. Fails when something is not ready.
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show the logs of one process or of all.
    Logs {
        /// A process as `status` names it, or `supervisor`, or `access` for the gateway's requests.
        name: Option<String>,
        /// Wait for more.
        #[arg(long, short)]
        follow: bool,
    },
    /// Fill in the demo catalogue and customers (again); what is there is kept.
    Seed,
    /// Import products from JSON lines (plain or .zst).
    Import {
        /// The file of products.
        file: PathBuf,
        /// How its fields become products, as in docs/import/icecat.toml.
        #[arg(long)]
        mapping: PathBuf,
        /// Say what would happen and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Build the search index anew from the catalogue.
    Reindex,
    /// Check the invariants of stock, carts, money and orders in the running shop.
    Verify,
    /// Run every test, exactly as CI does; leaves nothing running.
    Test {
        /// Only these stages.
        stages: Vec<Stage>,
    },
    /// Run the shop as a whole on an instance of its own.
    E2e(e2e::Options),
    /// Real parallel clients against the rules of stock, money and keys, on an instance of its own.
    Race(race::Options),
    /// A service dies at every place between the steps of a purchase, a refund and a shipment.
    Crash(crash::Options),
    /// What operators do on a bad day, under load, on an instance of its own: restore, promote a standby, rotate secrets.
    #[command(subcommand)]
    Drill(Drill),
    /// The provider's reports come ten times, shuffled, late, never, forged and replayed.
    Torture(torture::Options),
    /// What a purchase leaves in traces, metrics and logs, and that no secret is among it, on an instance of its own.
    Traces(traces::Options),
    /// How well search ranks: NDCG@10 by judged queries, for each engine and mode, on an instance of its own.
    Relevance(relevance::Options),
    /// Whether the first result is right where it can only be one thing: codes, model numbers, sizes, slips of the finger.
    Exact(exact::Options),
    /// How soon search shows what staff change, and that it misses nothing when it dies meanwhile.
    Freshness(freshness::Options),
    /// Measure, as ratios within one run, on an instance of its own.
    #[command(subcommand)]
    Bench(Bench),
    /// Build the images and try the compose file with a Docker engine: buy, kill, restart; skipped without an engine.
    Containers(containers::Options),
    /// The payment wire format, judged by Stripe's own document; needs Go, and is skipped without.
    Contract,
    /// Format, lints, dependency rules, routing table: what needs no running process.
    Check,
    /// Write openapi/*.json from the services and the TypeScript types from them.
    Openapi {
        /// Change nothing; fail when the committed files are out of date.
        #[arg(long)]
        check: bool,
    },
    /// Print the gateway's nginx configuration, generated from deploy/routes.toml.
    Gateway {
        /// The one of the gateway's image, a template: docker/gateway/nginx.conf.
        #[arg(long)]
        image: bool,
    },
    /// Print a program's settings as shell exports, to run it yourself.
    ///
    /// `cargo xtask up --detach --without cart`, then `eval "$(cargo xtask env cart)"` and
    /// `cargo run -p cart` (or your debugger) in its place.
    Env {
        /// A service, or `migrate`, `paysim`, or `techmart` (all services in one process).
        service: String,
    },
    /// The database on its own: start it, or write the offline query data.
    #[command(subcommand)]
    Db(Db),
    /// The background half of `up --detach`; not for people.
    #[command(hide = true)]
    Supervise {
        #[arg(long)]
        database_only: bool,
        #[arg(long, value_delimiter = ',')]
        without: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Start only the embedded PostgreSQL in the background and print its administrator's address.
    Start,
    /// Write the offline query data (each crate's `.sqlx`) and docs/schema.sql from a freshly migrated scratch database.
    Prepare {
        /// Change nothing; fail when the committed data are out of date.
        #[arg(long)]
        check: bool,
    },
    /// Stop the instance and throw its data away (database, payment ledger, search index).
    Reset,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn every_command_and_option_fits_together() {
        Cli::command().debug_assert();
    }
}
