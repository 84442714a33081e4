//! `If-Match`.

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::header::IF_MATCH;
use http::request::Parts;

use crate::problem::Problem;

/// The version that `If-Match` names, if the header is there and is not `*`.
/// Only the version part of an `ETag` is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// 412 `version_mismatch` if a version is named and it is not `current`.
    pub fn check(self, current: i64) -> Result<(), Problem> {
        match self.0 {
            Some(version) if version != current => Err(Problem::version_mismatch(current)),
            _ => Ok(()),
        }
    }

    /// The version; 428 `if_match_missing` without one.
    pub fn required(self) -> Result<i64, Problem> {
        self.0.ok_or_else(|| {
            Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "if_match_missing",
                "If-Match is required",
            )
            .detail("Send the ETag of the answer that the change is based on.")
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IF_MATCH) else {
            return Ok(Self(None));
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        // A proxy that compresses may have made the tag weak.
        let version = text
            .trim_start_matches("W/")
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .and_then(|tag| tag.split('.').next())
            .and_then(|version| version.parse::<i64>().ok());
        match version {
            Some(version) => Ok(Self(Some(version))),
            None => Err(
                Problem::bad_request("if_match_invalid", "If-Match cannot be read")
                    .detail("Send the ETag as it was received, in quotes."),
            ),
        }
    }
}
