//! `techmart-catalog`.

use std::process::ExitCode;

fn main() -> ExitCode {
    catalog::serve::main(common::cli::arguments("techmart-catalog"))
}
