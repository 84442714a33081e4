//! Who is knocking: the client's address for the limiter, and requests from other sites.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::{FromRequest, Request};
use common::Problem;
use common::extract::{RequestMeta, parse_json, read_body};
use garde::Validate;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, ORIGIN};
use serde::Deserialize;

use crate::error::Error;

/// What is counted together: an IPv4 address, or the /64 that one IPv6 customer has.
pub(super) fn client(headers: &HeaderMap, meta: &RequestMeta) -> String {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let address: Option<IpAddr> = forwarded
        .and_then(|value| value.to_str().ok())
        // Only the last entry: the gateway wrote it. What stands before came from the client.
        .and_then(|value| value.rsplit(',').next())
        .and_then(|text| text.trim().parse().ok())
        .or_else(|| meta.peer.map(|peer| peer.ip()));
    match address.map(|address| address.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let prefix = u128::from(address) >> 64 << 64;
            format!("{}/64", Ipv6Addr::from(prefix))
        }
    }
}

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
    fn only_the_last_hop_counts() {
        let peer = Some("10.0.0.9:1234".parse().unwrap());
        let meta = RequestMeta {
            request_id: "r".into(),
            peer,
        };
        let of = |pairs: &[(&'static str, &str)]| client(&headers(pairs), &meta);
        assert_eq!(of(&[]), "10.0.0.9");
        assert_eq!(
            of(&[("x-forwarded-for", "1.2.3.4, 203.0.113.7")]),
            "203.0.113.7"
        );
        assert_eq!(of(&[("x-forwarded-for", "junk")]), "10.0.0.9");
        assert_eq!(
            of(&[("x-forwarded-for", "::ffff:203.0.113.7")]),
            "203.0.113.7"
        );
        let same = of(&[("x-forwarded-for", "2001:db8:1:2:aaaa::1")]);
        assert_eq!(same, "2001:db8:1:2::/64");
        assert_eq!(same, of(&[("x-forwarded-for", "2001:db8:1:2:bbbb::2")]));
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
