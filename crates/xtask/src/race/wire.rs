//! A small HTTP/1.1 client for races: each one calls from a loopback address of its own, and a whole
//! volley of requests can be written up to the last byte and then released together.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::history::History;
pub(crate) use super::message::{Answer, Request};

/// The longest wait for one answer.
const LIMIT: Duration = Duration::from_mins(1);

/// The way to the gateway, and everything that came back over it.
#[derive(Debug)]
pub(crate) struct Wire {
    gateway: SocketAddr,
    next_address: AtomicU32,
    seen: Mutex<BTreeMap<(u16, String), u64>>,
    history: History,
}

/// One simulated client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client<'a> {
    wire: &'a Wire,
    address: Ipv4Addr,
}

/// A request that lacks its last byte.
#[derive(Debug)]
pub(crate) struct Loaded<'a> {
    wire: &'a Wire,
    stream: TcpStream,
    last: u8,
}

/// What came of a volley.
#[derive(Debug)]
pub(crate) struct Volley {
    /// From the first last byte to the last one.
    pub(crate) spread: Duration,
    /// In the order in which the requests were given. An error is a cut connection.
    pub(crate) answers: Vec<Result<Answer>>,
}

impl Wire {
    /// To the gateway at that address.
    pub(crate) fn new(gateway: SocketAddr) -> Self {
        Self {
            gateway,
            next_address: AtomicU32::new(0),
            seen: Mutex::default(),
            history: History::default(),
        }
    }

    /// A client with an address that no other client of this run has: 127.0.1.1, 127.0.1.2 …
    pub(crate) fn client(&self) -> Client<'_> {
        let index = self.next_address.fetch_add(1, Ordering::Relaxed);
        Client {
            wire: self,
            address: address(index),
        }
    }

    /// How often each status and code came back since the last call.
    pub(crate) fn take_seen(&self) -> BTreeMap<(u16, String), u64> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was acknowledged in this run, for `techmart-migrate verify --history`.
    pub(crate) fn history(&self) -> Value {
        self.history.entries()
    }

    fn note(&self, answer: &Answer) {
        if answer.status < 300 {
            self.history.note(&answer.body);
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let code = if answer.status >= 400 {
            answer.code().to_owned()
        } else {
            String::new()
        };
        *seen.entry((answer.status, code)).or_default() += 1;
    }
}

/// 127.0.1.1 to 127.0.250.250, then 127.1.1.1 and so on: no address ends in 0 or 255.
fn address(index: u32) -> Ipv4Addr {
    let [_, _, _, last] = (index % 250 + 1).to_be_bytes();
    let [_, _, _, third] = (index / 250 % 250 + 1).to_be_bytes();
    let [_, _, _, second] = (index / 62_500 % 250).to_be_bytes();
    Ipv4Addr::new(127, second, third, last)
}

impl<'a> Client<'a> {
    /// Sends a request and waits for the answer. An error is a cut connection.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer> {
        let bytes = request.encode(self.wire.gateway);
        let mut stream = self.connect().await?;
        stream.write_all(&bytes).await.context("sending")?;
        read(self.wire, stream).await
    }

    /// Sends a request up to its last byte.
    pub(crate) async fn load(&self, request: &Request) -> Result<Loaded<'a>> {
        let mut bytes = request.encode(self.wire.gateway);
        let last = bytes.pop().context("an empty request")?;
        let mut stream = self.connect().await?;
        stream.write_all(&bytes).await.context("sending")?;
        Ok(Loaded {
            wire: self.wire,
            stream,
            last,
        })
    }

    async fn connect(&self) -> Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket
            .bind((self.address, 0).into())
            .with_context(|| format!("cannot call from {}", self.address))?;
        let stream = socket.connect(self.wire.gateway).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Loads all requests, releases their last bytes together and waits for all answers.
pub(crate) async fn volley(shots: Vec<(Client<'_>, Request)>) -> Result<Volley> {
    let now = |(client, request)| (Duration::ZERO, client, request);
    salvo(shots.into_iter().map(now).collect()).await
}

/// The same with a moment for each request; they are given in the order of their moments.
pub(crate) async fn salvo(shots: Vec<(Duration, Client<'_>, Request)>) -> Result<Volley> {
    let loading = shots
        .iter()
        .map(|(_, client, request)| client.load(request));
    let loaded: Vec<Loaded<'_>> = join_all(loading).await.into_iter().collect::<Result<_>>()?;
    // What was written has arrived at the gateway before the last bytes follow.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let begun = Instant::now();
    for (shot, (moment, ..)) in loaded.iter().zip(&shots) {
        let early = moment.saturating_sub(begun.elapsed());
        if !early.is_zero() {
            tokio::time::sleep(early).await;
        }
        // The kernel's buffer is empty: one byte always fits.
        if shot.stream.try_write(&[shot.last]).ok() != Some(1) {
            bail!("the gateway closed a connection before the request was complete");
        }
    }
    let spread = begun.elapsed();
    let answers = join_all(loaded.into_iter().map(|shot| read(shot.wire, shot.stream))).await;
    Ok(Volley { spread, answers })
}

async fn read(wire: &Wire, mut stream: TcpStream) -> Result<Answer> {
    let mut bytes = Vec::new();
    tokio::time::timeout(LIMIT, stream.read_to_end(&mut bytes))
        .await
        .context("no answer within a minute")?
        .context("the connection was cut")?;
    let answer = Answer::parse(&bytes)?;
    wire.note(&answer);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_has_an_address_of_its_own() {
        assert_eq!(address(0), Ipv4Addr::new(127, 0, 1, 1));
        assert_eq!(address(499), Ipv4Addr::new(127, 0, 2, 250));
        let distinct: std::collections::BTreeSet<_> = (0..200_000).map(address).collect();
        assert_eq!(distinct.len(), 200_000);
        assert!(distinct.iter().all(|one| one.octets()[3] != 0));
    }
}
