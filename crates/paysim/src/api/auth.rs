//! API keys, as a bearer token or as the user of basic authentication.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use subtle::ConstantTimeEq;

use crate::{config::Config, error::ApiError};

/// Which keys may make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Servers only.
    Secret,
    /// Servers and browsers.
    Publishable,
}

/// The kind of key that a call came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    Secret,
    Publishable,
}

impl KeyKind {
    /// Keeps the idempotency keys of servers and browsers apart.
    pub(super) fn scope(self) -> &'static str {
        match self {
            Self::Secret => "sk",
            Self::Publishable => "pk",
        }
    }
}

/// Checks the key of a call.
pub(super) fn check(
    headers: &HeaderMap,
    config: &Config,
    access: Access,
) -> Result<KeyKind, ApiError> {
    let key = presented(headers).ok_or_else(|| {
        ApiError::unauthorized(
            "You did not provide an API key. You need to provide your API key in the \
             Authorization header, using Bearer auth (e.g. 'Authorization: Bearer \
             YOUR_SECRET_KEY').",
        )
    })?;
    if same(&key, &config.secret_key) {
        Ok(KeyKind::Secret)
    } else if !same(&key, &config.publishable_key) {
        Err(ApiError::unauthorized(format!(
            "Invalid API Key provided: {}",
            masked(&key)
        )))
    } else if access == Access::Publishable {
        Ok(KeyKind::Publishable)
    } else {
        let message = "This API call cannot be made with a publishable API key. Please use a \
                       secret API key.";
        Err(ApiError::unauthorized(message).code("secret_key_required"))
    }
}

fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

fn presented(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    Some(
        pair.split_once(':')
            .map_or(pair.as_str(), |(user, _)| user)
            .to_owned(),
    )
}

/// A key as it may be shown: its kind and its last four characters.
fn masked(key: &str) -> String {
    let last = key
        .char_indices()
        .rev()
        .nth(3)
        .map_or("", |(start, _)| &key[start..]);
    let kind = ["sk_test_", "pk_test_", "sk_live_", "pk_live_"];
    let kind = kind
        .into_iter()
        .find(|kind| key.starts_with(kind))
        .unwrap_or("");
    if key.len() < kind.len() + 8 {
        format!("{kind}****")
    } else {
        format!("{kind}****{last}")
    }
}
