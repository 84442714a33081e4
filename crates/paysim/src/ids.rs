//! Identifiers in Stripe's form: a prefix and 24 random letters and digits.

use rand::distr::{Alphanumeric, SampleString};

/// A new identifier, for example `generate("pi")`.
pub(crate) fn generate(prefix: &str) -> String {
    format!(
        "{prefix}_{}",
        Alphanumeric.sample_string(&mut rand::rng(), 24)
    )
}
