//! The command line.

use clap::{Parser, Subcommand};

/// The developer's one door to TechMart.
///
/// `cargo xtask up` starts the whole shop on this machine: a private PostgreSQL and Redis, the six
/// services, a payment simulator and the gateway, all on loopback and all below `.techmart/`.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Another private stack beside your own: its files lie in `.techmart-NAME/`.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) instance: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The database on its own.
    #[command(subcommand)]
    Db(Db),
    /// Stop everything that `up` (or `db start`) started.
    Down,
    /// The background half of `up --detach`; not for people.
    #[command(hide = true)]
    Supervise {
        #[arg(long)]
        database_only: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Start only the embedded PostgreSQL in the background and print its administrator's address.
    Start,
}
