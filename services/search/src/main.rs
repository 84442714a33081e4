//! `techmart-search`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A search takes and gives back many small pieces of memory: with glibc's allocator that was a tenth of its time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    search::serve::main(common::cli::arguments("techmart-search"))
}
