//! The HTTP server of a service: its own accept loop with deadlines for slow clients, a listener
//! for operations, and a stop in two stages.
//!
//! On the signal to stop, readiness turns red while connections are still accepted (`drain_ms`), so
//! that a load balancer looks away first; then the listener closes once the connections that came before are accepted,
//! idle connections end and requests under way may finish (`drain_hard_ms`); what is left is cut off.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::HttpSettings;
use crate::jobs::Jobs;

mod accept;
mod body;
mod io;
mod last_call;
mod limits;
mod ops;
mod readiness;
#[cfg(test)]
mod tests;

pub use body::BodyTimeout;
pub(crate) use body::with_deadline;
pub use readiness::{Probe, Readiness, State};

use accept::Listener;
use limits::Limits;

/// Connections that the system keeps for us until they are accepted: a burst of buyers must not wait for a second SYN.
const BACKLOG: u32 = 1024;
/// Connections on the ops listener at most.
const OPS_CONNECTIONS_MAX: usize = 64;

/// A service that is bound to its addresses and not running yet.
#[derive(Debug)]
pub struct Server {
    service: Listener,
    ops: Listener,
    drain: Duration,
    drain_hard: Duration,
}

impl Server {
    /// Binds both listeners. Port 0 takes any free port.
    pub fn bind(settings: &HttpSettings) -> anyhow::Result<Self> {
        let limits = Limits::from_settings(settings);
        Ok(Self {
            service: bind(settings.address, "HTTP__ADDRESS", limits)?,
            ops: bind(
                settings.ops_address,
                "HTTP__OPS_ADDRESS",
                Limits {
                    connections_max: OPS_CONNECTIONS_MAX,
                    ..limits
                },
            )?,
            drain: Duration::from_millis(settings.drain_ms),
            drain_hard: Duration::from_millis(settings.drain_hard_ms),
        })
    }

    /// The bound address of the service.
    pub fn address(&self) -> SocketAddr {
        self.service.address()
    }

    /// The bound address of the ops listener.
    pub fn ops_address(&self) -> SocketAddr {
        self.ops.address()
    }

    /// Serves until `stop`, then stops in two stages. `router` is complete ([`crate::layers::apply`]).
    pub async fn run(
        self,
        router: Router,
        readiness: Readiness,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let tasks = Jobs::new();
        let service = self.service.start(router, &tasks);
        let ops = self.ops.start(ops::router(readiness.clone())?, &tasks);
        readiness.set_ready();
        tracing::info!(
            address = %service.address, ops_address = %ops.address, "serving"
        );
        stop.cancelled().await;
        readiness.set_draining();
        tracing::info!(
            drain_ms = millis(self.drain),
            "stopping: not ready any more"
        );
        tokio::time::sleep(self.drain).await;
        let cut_off = service.drain(self.drain_hard).await;
        if cut_off > 0 {
            tracing::warn!(connections = cut_off, "connections cut off");
        }
        ops.drain(Duration::ZERO).await;
        tasks.shutdown(Duration::from_secs(1)).await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// Binds and serves until `stop`.
pub async fn serve(
    router: Router,
    settings: &HttpSettings,
    readiness: Readiness,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    Server::bind(settings)?.run(router, readiness, stop).await
}

/// Cancelled on SIGTERM or SIGINT.
pub fn stop_on_signals(jobs: &Jobs) -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let (cancel, ending) = (stop.clone(), jobs.stopping());
    jobs.spawn("signals", async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = ending.cancelled() => {}
        }
        cancel.cancel();
    });
    Ok(stop)
}

fn bind(address: SocketAddr, setting: &str, limits: Limits) -> anyhow::Result<Listener> {
    let listener = listen(address)
        .with_context(|| format!("cannot listen on {address} (setting {setting})"))?;
    Listener::new(listener, limits)
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
