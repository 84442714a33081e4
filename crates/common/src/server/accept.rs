//! The accept loop: one task per connection, a cap on connections, and draining.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
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
use super::last_call;
use super::limits::Limits;
use crate::jobs::Jobs;

/// The largest request head in bytes.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// How long to wait after the system refused a connection (no file descriptors left).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// At the end: how long no connection may have come before the listener closes. Longer than a handshake takes.
const LAST_LOOK: Duration = Duration::from_millis(50);
/// At the end: how long a connection may take to begin its first request.
const LAST_REQUEST: Duration = Duration::from_secs(1);

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
        let admit = |(stream, peer), permit: OwnedSemaphorePermit| {
            let serve = connection(stream, peer, router.clone(), self.limits, graceful.clone());
            let hard = hard.clone();
            connections.spawn(async move {
                tokio::select! {
                    () = hard.cancelled() => {}
                    () = serve => {}
                }
                drop(permit);
            });
        };
        // Who waits for the connections waits for those that are not accepted yet, too.
        let _more = connections.token();
        while let Some(permit) = graceful.run_until_cancelled(room(&permits)).await.flatten() {
            let Some(accepted) = graceful.run_until_cancelled(accepted(&self.socket)).await else {
                break;
            };
            admit(accepted, permit);
        }
        // Closing the listener resets what the system has taken for us already.
        last_call::turn_newcomers_away(&self.socket);
        while let Some(permit) = hard.run_until_cancelled(room(&permits)).await.flatten() {
            let last = tokio::time::timeout(LAST_LOOK, accepted(&self.socket));
            let Some(Ok(accepted)) = hard.run_until_cancelled(last).await else {
                break;
            };
            admit(accepted, permit);
        }
    }
}

/// Room for one connection.
async fn room(permits: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    Arc::clone(permits).acquire_owned().await.ok()
}

/// The next connection.
async fn accepted(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(error = %error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
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
    let seen = phase.clone();
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
            // hyper closes a connection at once from which nothing has come: its request may be on its way.
            let begun = poll_fn(|_| if seen.has_begun() { Poll::Ready(()) } else { Poll::Pending });
            let ended = tokio::select! {
                biased;
                result = connection.as_mut() => Some(result),
                () = begun => None,
                () = tokio::time::sleep(LAST_REQUEST) => None,
            };
            if let Some(result) = ended {
                result
            } else {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
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
