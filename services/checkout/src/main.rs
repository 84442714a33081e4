//! `techmart-checkout`: serves the checkout, and works on payments in the background.

use std::process::ExitCode;

use checkout::config::{DEFAULTS, Settings};
use common::cli::{self, NoCommand};

const SERVICE: cli::Service = cli::Service {
    name: "checkout",
    about: "Turns a cart into a paid order",
    defaults: DEFAULTS,
    openapi: checkout::document,
};

fn main() -> ExitCode {
    cli::main::<Settings, NoCommand, _, _, _, _>(
        SERVICE,
        checkout::serve,
        |command, _, _| async move { match command {} },
    )
}
