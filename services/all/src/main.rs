//! `techmart`.

use std::process::ExitCode;

fn main() -> ExitCode {
    all::command::main(common::cli::arguments("techmart"))
}
