//! `techmart-checkout`.

use std::process::ExitCode;

fn main() -> ExitCode {
    checkout::serve::main(common::cli::arguments("techmart-checkout"))
}
