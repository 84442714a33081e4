//! Bodies of requests: read as a whole before a service is asked, so that a slow client occupies none; read and thrown
//! away when the request is refused.

use std::time::Duration;

use axum::body::{Body, Bytes};
use common::Problem;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// What is read of a refused request: a connection that is closed while its client still sends may lose the answer.
const DISCARDED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How long that may take.
const DISCARDED_FOR: Duration = Duration::from_secs(5);

/// The whole body of at most so many bytes.
pub(super) async fn read(
    body: &mut Body,
    bytes_max: usize,
    deadline: Duration,
) -> Result<Bytes, Problem> {
    let whole = Limited::new(body, bytes_max).collect();
    match tokio::time::timeout(deadline, whole).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => {
            Err(Problem::bad_request("body_unreadable", "The body cannot be read").source(error))
        }
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_timeout",
            "The body did not arrive in time",
        )
        .header(header::CONNECTION, HeaderValue::from_static("close"))),
    }
}

/// Reads what a client still sends, within bounds, so that it hears the answer. A client that asked before it sends
/// anything is not told to.
pub(super) async fn discard(headers: &HeaderMap, mut body: Body) {
    if headers.contains_key(header::EXPECT) {
        return;
    }
    let read = async {
        let mut left = DISCARDED_BYTES_MAX;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                return;
            }
        }
    };
    if tokio::time::timeout(DISCARDED_FOR, read).await.is_err() {
        tracing::debug!("a refused request was not read to its end");
    }
}

pub(super) fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "The body is too large",
    )
}
