//! Requests from other sites.

use axum::extract::{FromRequest, Request};
use common::Problem;
use common::extract::{parse_json, read_body};
use garde::Validate;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, ORIGIN};
use serde::Deserialize;

use crate::error::Error;

/// Refuses a request that a page of another site made. Browsers tell; other clients need not.
pub(super) fn same_origin(headers: &HeaderMap, origin: &str) -> Result<(), Error> {
    let foreign_origin = headers
        .get_all(ORIGIN)
        .iter()
        .any(|value| value.as_bytes() != origin.as_bytes());
    let cross_site = headers
        .get_all("sec-fetch-site")
        .iter()
        .any(|value| value.as_bytes().eq_ignore_ascii_case(b"cross-site"));
    if foreign_origin || cross_site {
        Err(Error::ForeignOrigin)
    } else {
        Ok(())
    }
}

/// No body, or an empty JSON object. Forms of other sites can send neither with this media type.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NoBody {}

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let media_type = request.headers().get(CONTENT_TYPE).map(|value| {
            let text = value.to_str().unwrap_or_default();
            text.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        });
        let body = read_body(request).await?;
        match media_type.as_deref() {
            None | Some("application/json") if body.is_empty() => Ok(Self {}),
            Some("application/json") => match parse_json(&body)? {
                // serde takes a list for a struct.
                Self {} if !body.trim_ascii_start().starts_with(b"{") => Err(
                    Problem::invalid_field("", "invalid_type", "Expected an object."),
                ),
                nothing => Ok(nothing),
            },
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body must be JSON",
            )
            .detail("Send no body, or Content-Type: application/json.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn other_sites_are_refused() {
        let shop = "https://shop.example";
        let judge = |pairs: &[(&'static str, &str)]| same_origin(&headers(pairs), shop).is_ok();
        assert!(judge(&[]));
        assert!(judge(&[
            ("origin", shop),
            ("sec-fetch-site", "same-origin")
        ]));
        for origin in [
            "https://evil.test",
            "null",
            "http://shop.example",
            "https://shop.example.evil.test",
        ] {
            assert!(!judge(&[("origin", origin)]), "{origin}");
        }
        assert!(!judge(&[("sec-fetch-site", "cross-site")]));
        assert!(!judge(&[
            ("origin", shop),
            ("sec-fetch-site", "Cross-Site")
        ]));
    }
}
