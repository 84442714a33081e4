//! `techmart-migrate`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let given = std::env::args_os().skip(1);
    schema::cli::main(
        std::iter::once("techmart-migrate".into())
            .chain(given)
            .collect(),
    )
}
