//! The accept loop: one task per connection, a cap on connections, and draining.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Router, body::Body};
use http::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::io::{GuardedStream, Phase};
use super::limits::Limits;
use crate::jobs::Jobs;

/// The largest request head in bytes.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// How long to wait after the system refused a connection (no file descriptors left).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    limits: Limits,
}

/// A listener at work.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) address: SocketAddr,
    connections: TaskTracker,
    /// No more connections; those that idle end.
    graceful: CancellationToken,
    /// Every connection ends now.
    hard: CancellationToken,
}

impl Listener {
    pub(super) fn new(listener: TcpListener, limits: Limits) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        Ok(Self {
            socket: listener,
            address,
            limits,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn start(self, router: Router, tasks: &Jobs) -> Running {
        let running = Running {
            address: self.address,
            connections: TaskTracker::new(),
            graceful: CancellationToken::new(),
            hard: CancellationToken::new(),
        };
        let (graceful, hard) = (running.graceful.clone(), running.hard.clone());
        let connections = running.connections.clone();
        tasks.spawn("accept", self.accept(router, connections, graceful, hard));
        running
    }

    async fn accept(
        self,
        router: Router,
        connections: TaskTracker,
        graceful: CancellationToken,
        hard: CancellationToken,
    ) {
        let permits = Arc::new(Semaphore::new(self.limits.connections_max));
        loop {
            let accepted = tokio::select! {
                () = graceful.cancelled() => return,
                accepted = next(&self.socket, &permits) => accepted,
            };
            let Some((stream, peer, permit)) = accepted else {
                continue;
            };
            let serve = connection(stream, peer, router.clone(), self.limits, graceful.clone());
            let hard = hard.clone();
            connections.spawn(async move {
                tokio::select! {
                    () = hard.cancelled() => {}
                    () = serve => {}
                }
                drop(permit);
            });
        }
    }
}

/// The next connection, once there is room for one.
async fn next(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            tracing::warn!(error = %error, "cannot accept a connection");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    graceful: CancellationToken,
) {
    // Answers are written at once; a socket that cannot be told so still works.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %error, "no TCP_NODELAY");
    }
    let phase = Phase::default();
    let io = TokioIo::new(GuardedStream::new(stream, limits, phase.clone()));
    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
        phase.request_begins();
        let (phase, router) = (phase.clone(), router.clone());
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let response = router.oneshot(request).await;
            response.map(|response| response.map(|body| phase.until_sent(body)))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // Covers the wait for the next request too; a head that has begun has a shorter deadline.
        .header_read_timeout(limits.idle_timeout)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = graceful.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(error = %error, "connection ended");
    }
}

impl Running {
    /// Stops accepting and waits for connections, at most `deadline`. How many were cut off.
    pub(super) async fn drain(self, deadline: Duration) -> usize {
        self.graceful.cancel();
        self.connections.close();
        if tokio::time::timeout(deadline, self.connections.wait())
            .await
            .is_ok()
        {
            return 0;
        }
        let left = self.connections.len();
        self.hard.cancel();
        self.connections.wait().await;
        left
    }
}
