//! Deadlines on a connection's bytes that hyper has no setting for.
//!
//! A request's head must be complete `header_timeout` after its first byte, and an answer's bytes
//! must find their way within `idle_timeout`. hyper's own header timeout, set to the idle timeout,
//! covers the wait for a request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use super::limits::Limits;

const FRESH: u8 = 0;
const WAITING: u8 = 1;
const HEAD: u8 = 2;
const BUSY: u8 = 3;

/// Where a connection stands: nothing has come yet, reading a request's head, working on it, or waiting for the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Phase(Arc<AtomicU8>);

impl Phase {
    /// A request's head is complete.
    pub(super) fn request_begins(&self) {
        self.0.store(BUSY, Ordering::Release);
    }

    /// The body, which ends the work on the request when it is dropped.
    pub(super) fn until_sent(self, body: Body) -> Body {
        Body::new(SentBody { body, phase: self })
    }

    /// Whether something has come already.
    pub(super) fn has_begun(&self) -> bool {
        self.get() != FRESH
    }

    fn get(&self) -> u8 {
        self.0.load(Ordering::Acquire)
    }

    fn head_begins(&self) {
        self.0.store(HEAD, Ordering::Release);
    }
}

struct SentBody {
    body: Body,
    phase: Phase,
}

impl Drop for SentBody {
    fn drop(&mut self) {
        self.phase.0.store(WAITING, Ordering::Release);
    }
}

impl HttpBody for SentBody {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A TCP stream with deadlines.
pub(super) struct GuardedStream {
    stream: TcpStream,
    limits: Limits,
    phase: Phase,
    head: Option<Pin<Box<Sleep>>>,
    write: Option<Pin<Box<Sleep>>>,
}

impl GuardedStream {
    pub(super) fn new(stream: TcpStream, limits: Limits, phase: Phase) -> Self {
        Self {
            stream,
            limits,
            phase,
            head: None,
            write: None,
        }
    }

    /// Ready with an error once the deadline of a write that makes no progress has passed.
    fn poll_write_stalled(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let deadline = Instant::now() + self.limits.idle_timeout;
        let write = self
            .write
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        write
            .as_mut()
            .poll(cx)
            .map(|()| io::Error::new(io::ErrorKind::TimedOut, "the client takes no bytes"))
    }

    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.write = None;
            return progress;
        }
        let error = ready!(self.poll_write_stalled(cx));
        Poll::Ready(Err(error))
    }
}

impl AsyncRead for GuardedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let has_come = read.is_ready() && buffer.filled().len() > before;
        if has_come && matches!(self.phase.get(), FRESH | WAITING) {
            self.phase.head_begins();
            let deadline = Instant::now() + self.limits.header_timeout;
            self.head = Some(Box::pin(tokio::time::sleep_until(deadline)));
        }
        if self.phase.get() == HEAD {
            if let Some(head) = self.head.as_mut()
                && head.as_mut().poll(cx).is_ready()
            {
                let late = io::Error::new(io::ErrorKind::TimedOut, "the request's head is late");
                return Poll::Ready(Err(late));
            }
        } else {
            self.head = None;
        }
        read
    }
}

impl AsyncWrite for GuardedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(cx, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.written(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.stream).poll_flush(cx);
        self.written(cx, progress)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
