//! The command line: the process's own commands, those of each service behind its name, and `techmart-migrate`'s.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use common::cli::{self, NoCommand};

use crate::serve::{self, SERVICE};

const PROGRAM: &str = "techmart";

/// The whole shop in one process
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the whole shop until told to stop (the default)
    Serve,
    /// Print the OpenAPI document of all services
    #[cfg(debug_assertions)]
    Openapi,
    /// Print the settings of the process itself (`techmart cart settings` prints those of the service cart)
    Settings,
    /// Exit 0 if the process of this configuration is alive
    Healthcheck,
    /// As `techmart-migrate`: roles, migrations and invariants of the database
    #[command(disable_help_flag = true)]
    Migrate(Rest),
    /// As `techmart-auth`: accounts, staff, keys; or the service alone
    #[command(disable_help_flag = true)]
    Auth(Rest),
    /// As `techmart-catalog`: import, demo data, stock; or the service alone
    #[command(disable_help_flag = true)]
    Catalog(Rest),
    /// As `techmart-cart`: the service alone
    #[command(disable_help_flag = true)]
    Cart(Rest),
    /// As `techmart-checkout`: the service alone
    #[command(disable_help_flag = true)]
    Checkout(Rest),
    /// As `techmart-orders`: the service alone
    #[command(disable_help_flag = true)]
    Orders(Rest),
    /// As `techmart-search`: reindexing, the sentence model; or the service alone
    #[command(disable_help_flag = true)]
    Search(Rest),
}

/// What the other program is told.
#[derive(Debug, Args)]
struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Rest {
    /// The arguments of the other program, behind its name.
    fn of(self, program: &str) -> Vec<OsString> {
        let program = format!("{PROGRAM} {program}").into();
        std::iter::once(program).chain(self.arguments).collect()
    }
}

/// Runs the command line; the first argument is the program's name.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    match Arguments::parse_from(arguments).command {
        None | Some(Command::Serve) => own("serve"),
        #[cfg(debug_assertions)]
        Some(Command::Openapi) => own("openapi"),
        Some(Command::Settings) => own("settings"),
        Some(Command::Healthcheck) => own("healthcheck"),
        Some(Command::Migrate(rest)) => schema::cli::main(rest.of("migrate")),
        Some(Command::Auth(rest)) => auth::serve::main(rest.of("auth")),
        Some(Command::Catalog(rest)) => catalog::serve::main(rest.of("catalog")),
        Some(Command::Cart(rest)) => cart::serve::main(rest.of("cart")),
        Some(Command::Checkout(rest)) => checkout::serve::main(rest.of("checkout")),
        Some(Command::Orders(rest)) => orders::serve::main(rest.of("orders")),
        Some(Command::Search(rest)) => search::serve::main(rest.of("search")),
    }
}

/// A command that every service has, of the process itself.
fn own(command: &str) -> ExitCode {
    cli::main_as(
        SERVICE,
        vec![PROGRAM.into(), command.into()],
        serve::serve,
        |command: NoCommand, _, _| async move { match command {} },
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn every_command_fits_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_service_gets_its_arguments_as_they_are() {
        let given = [
            "techmart",
            "auth",
            "staff",
            "create",
            "--email",
            "a@example.com",
        ];
        let Some(Command::Auth(rest)) = Arguments::parse_from(given).command else {
            panic!("another command");
        };
        let passed = rest.of("auth");
        assert_eq!(passed[0], "techmart auth");
        assert_eq!(passed[1..], given[2..]);
        let help = Arguments::parse_from(["techmart", "search", "--help"]).command;
        assert!(matches!(help, Some(Command::Search(rest)) if rest.arguments == ["--help"]));
    }
}
