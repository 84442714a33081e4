//! The Redis that tests may use, and empty.

use std::env;

/// Names the server: `redis://…`. Tests call `FLUSHALL` on it.
pub const URL_VARIABLE: &str = "TECHMART_TEST_REDIS_URL";

/// Address of the server.
///
/// # Panics
/// With a sentence that says what to do, when none is named.
#[expect(clippy::disallowed_methods, reason = "tests have no settings file")]
pub fn redis_url() -> String {
    env::var(URL_VARIABLE).unwrap_or_else(|_| {
        panic!("no test Redis: {URL_VARIABLE} is not set; `cargo xtask test` sets it")
    })
}
