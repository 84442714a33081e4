//! A deadline for a request's body.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// A request's body did not arrive in time.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the request's body did not arrive in time")]
pub struct BodyTimeout;

struct DeadlineBody {
    body: Body,
    deadline: Instant,
    /// Set when the body is first waited for: most bodies come with their headers.
    sleep: Option<Pin<Box<Sleep>>>,
}

/// The body, which fails with [`BodyTimeout`] if it is not complete `timeout` from now.
pub(crate) fn with_deadline(body: Body, timeout: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(DeadlineBody {
        body,
        deadline: Instant::now() + timeout,
        sleep: None,
    })
}

impl HttpBody for DeadlineBody {
    type Data = bytes::Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let deadline = self.deadline;
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        sleep
            .as_mut()
            .poll(cx)
            .map(|()| Some(Err(axum::BoxError::from(BodyTimeout))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
