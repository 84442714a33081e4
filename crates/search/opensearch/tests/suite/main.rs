//! The engine against a real server. `cargo xtask test rust` starts one; by hand, name one with
//! `TECHMART_TEST_OPENSEARCH_URL` and run `cargo test -p search-opensearch -- --include-ignored`.

#![expect(
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "what fails here fails the test"
)]

mod away;
mod changes;
mod common;
mod hostile;
mod parity;
mod rebuild;
