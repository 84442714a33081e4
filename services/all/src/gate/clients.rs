//! What a request says of where it comes from is replaced by what is known.

use std::net::{IpAddr, SocketAddr};

use anyhow::Context as _;
use axum::extract::{ConnectInfo, Request};
use common::extract::RequestMeta;
use common::layers::REQUEST_ID;
use common::limiter;
use edge::headers::Headers;
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};
use rand::RngExt as _;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Lengths of a request id that is taken over, as at the gateway.
const ID_LENGTHS: std::ops::RangeInclusive<usize> = 8..=64;

/// How much of what requests say is believed.
#[derive(Debug)]
pub(super) struct Clients {
    /// What only we may say.
    stripped: Vec<HeaderName>,
    /// Proxies of ours, each of which added the address it heard.
    proxies: usize,
}

impl Clients {
    pub(super) fn new(headers: &Headers, proxies: usize) -> anyhow::Result<Self> {
        let stripped = headers.stripped.iter().map(|name| {
            HeaderName::try_from(name).with_context(|| format!("deploy/headers.toml: {name}"))
        });
        Ok(Self {
            stripped: stripped.collect::<anyhow::Result<_>>()?,
            proxies,
        })
    }

    /// Gives the request an id, and the address and scheme of its client, and drops everything else that it says of
    /// them. Answers what is counted together as one client.
    pub(super) fn vouch(&self, request: &mut Request) -> String {
        let peer = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(peer)| *peer);
        let headers = request.headers_mut();
        let address = self.address(headers, peer);
        let scheme = self.scheme(headers);
        for name in &self.stripped {
            headers.remove(name);
        }
        headers.remove(FORWARDED_FOR);
        if let Some(Ok(value)) = address.map(|address| HeaderValue::try_from(address.to_string())) {
            headers.insert(FORWARDED_FOR, value);
        }
        headers.insert(FORWARDED_PROTO, scheme);
        if !headers.get(REQUEST_ID).is_some_and(is_harmless)
            && let Ok(id) = HeaderValue::try_from(hex::encode(rand::rng().random::<[u8; 16]>()))
        {
            headers.insert(REQUEST_ID, id);
        }
        let meta = RequestMeta {
            request_id: "".into(),
            peer,
        };
        limiter::client(headers, &meta)
    }

    /// The address that our outermost proxy heard, or the other end of the connection.
    fn address(&self, headers: &HeaderMap, peer: Option<SocketAddr>) -> Option<IpAddr> {
        let peer = peer.map(|peer| peer.ip());
        if self.proxies == 0 {
            return peer;
        }
        let said: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        let at = said.len().saturating_sub(self.proxies);
        said.get(at).and_then(|text| text.parse().ok()).or(peer)
    }

    fn scheme(&self, headers: &HeaderMap) -> HeaderValue {
        let said = headers.get(FORWARDED_PROTO).filter(|_| self.proxies > 0);
        match said {
            Some(scheme) if scheme == "https" => HeaderValue::from_static("https"),
            _ => HeaderValue::from_static("http"),
        }
    }
}

/// Whether a client's request id is taken over.
fn is_harmless(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    ID_LENGTHS.contains(&bytes.len())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn vouched(proxies: usize, headers: &[(&str, &str)]) -> (String, HeaderMap) {
        let clients = Clients::new(&Headers::shipped().unwrap(), proxies).unwrap();
        let mut request = Request::new(Body::empty());
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let peer: SocketAddr = "10.0.0.9:1234".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let client = clients.vouch(&mut request);
        (client, request.headers().clone())
    }

    #[test]
    fn nothing_is_believed_without_proxies() {
        let (client, headers) = vouched(
            0,
            &[
                ("x-forwarded-for", "1.2.3.4"),
                ("x-forwarded-proto", "https"),
                ("forwarded", "for=1.2.3.4"),
                ("x-real-ip", "1.2.3.4"),
                ("x-user-id", "1"),
                ("cart-token", "kept"),
            ],
        );
        assert_eq!(client, "10.0.0.9");
        assert_eq!(headers["x-forwarded-for"], "10.0.0.9");
        assert_eq!(headers["x-forwarded-proto"], "http");
        assert_eq!(headers["cart-token"], "kept");
        for name in ["forwarded", "x-real-ip", "x-user-id"] {
            assert!(!headers.contains_key(name), "{name}");
        }
    }

    #[test]
    fn each_proxy_of_ours_vouches_for_one_address() {
        let said = [
            ("x-forwarded-for", "9.9.9.9, 203.0.113.7"),
            ("x-forwarded-for", "10.0.0.1"),
            ("x-forwarded-proto", "https"),
        ];
        let (client, headers) = vouched(1, &said);
        assert_eq!(client, "10.0.0.1");
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers.get_all("x-forwarded-for").iter().count(), 1);
        assert_eq!(vouched(2, &said).0, "203.0.113.7");
        assert_eq!(vouched(9, &said).0, "9.9.9.9", "fewer than ours: the first");
        assert_eq!(vouched(1, &[]).0, "10.0.0.9");
        assert_eq!(vouched(1, &[("x-forwarded-for", "junk")]).0, "10.0.0.9");
    }

    #[test]
    fn a_harmless_request_id_is_kept_and_another_replaced() {
        let id = |given: &str| {
            let (_, headers) = vouched(0, &[("x-request-id", given)]);
            headers["x-request-id"].to_str().unwrap().to_owned()
        };
        assert_eq!(id("abcdef12-3456"), "abcdef12-3456");
        for bad in ["short", "has spaces in it", &"x".repeat(65)] {
            let made = id(bad);
            assert!(made.len() == 32 && made != bad, "{made}");
        }
    }
}
