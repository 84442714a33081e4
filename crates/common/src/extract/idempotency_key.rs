//! `Idempotency-Key`.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::problem::Problem;

/// The longest key.
const LENGTH_MAX: usize = 255;

/// The client's name for one attempt: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else {
            return Err(Problem::bad_request(
                "idempotency_key_missing",
                "Idempotency-Key is required",
            )
            .detail("Send a new random value for each attempt and the same one when you retry."));
        };
        let bytes = value.as_bytes();
        let valid = (1..=LENGTH_MAX).contains(&bytes.len())
            && bytes.iter().all(u8::is_ascii_graphic)
            && values.next().is_none();
        match value.to_str() {
            Ok(key) if valid => Ok(Self(key.to_owned())),
            _ => Err(Problem::bad_request(
                "idempotency_key_invalid",
                "Idempotency-Key cannot be used",
            )
            .detail("Send one key of 1 to 255 visible ASCII characters.")),
        }
    }
}
