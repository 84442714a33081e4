//! `techmart-search`.

use std::process::ExitCode;

fn main() -> ExitCode {
    search::serve::main(common::cli::arguments("techmart-search"))
}
