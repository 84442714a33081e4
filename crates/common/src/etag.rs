//! Answers that carry their version.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// The answer `body` with `ETag: "<version>.<hash of the answer>"`, or 304 if `If-None-Match`
/// in the request's `headers` names it. `cache_control` is set on both.
pub fn versioned(
    headers: &HeaderMap,
    version: i64,
    cache_control: &'static str,
    body: &impl Serialize,
) -> Response {
    let json = match serde_json::to_vec(body) {
        Ok(json) => json,
        Err(error) => return Problem::internal(error).into_response(),
    };
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(&json));
    let tag = format!("\"{version}.{}\"", hex::encode([a, b, c, d]));
    let mut response = if matches(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], json).into_response()
    };
    let out = response.headers_mut();
    if let Ok(tag) = HeaderValue::try_from(tag) {
        out.insert(header::ETAG, tag);
    }
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(cache_control),
    );
    response
}

/// Whether `If-None-Match` names the tag; by weak comparison, as RFC 9110 asks for.
fn matches(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|candidate| candidate.trim().trim_start_matches("W/"))
        .any(|candidate| candidate == "*" || candidate == tag)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(version: i64, if_none_match: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(value) = if_none_match {
            headers.insert(header::IF_NONE_MATCH, value.parse().unwrap());
        }
        versioned(&headers, version, "private, no-cache", &json!({"a": 1}))
    }

    #[test]
    fn the_tag_comes_back_as_304() {
        let first = answer(3, None);
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert!(
            tag.starts_with("\"3.") && tag.len() == "\"3.12345678\"".len(),
            "{tag}"
        );
        for value in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            let again = answer(3, Some(&value));
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{value}");
            assert_eq!(again.headers()[header::ETAG], tag);
        }
        assert_eq!(answer(4, Some(&tag)).status(), StatusCode::OK);
    }
}
