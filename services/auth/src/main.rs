//! `techmart-auth`.

use std::process::ExitCode;

fn main() -> ExitCode {
    auth::serve::main(common::cli::arguments("techmart-auth"))
}
