//! `techmart-orders`.

use std::process::ExitCode;

fn main() -> ExitCode {
    orders::serve::main(common::cli::arguments("techmart-orders"))
}
