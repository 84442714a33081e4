//! `techmart-cart`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cart::serve::main(common::cli::arguments("techmart-cart"))
}
