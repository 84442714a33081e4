//! Asks the running service whether it is alive, without an HTTP client: images have none.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const DEADLINE: Duration = Duration::from_secs(3);

/// Fails unless `GET /livez` at the address answers 200.
pub(super) async fn run(address: SocketAddr) -> anyhow::Result<()> {
    let address = reachable(address);
    let status = tokio::time::timeout(DEADLINE, status_line(address))
        .await
        .with_context(|| format!("no answer from {address} in time"))?
        .with_context(|| format!("no answer from {address}"))?;
    if !status.starts_with("HTTP/1.1 200") {
        bail!("{address} answered: {status}");
    }
    Ok(())
}

/// A service that listens everywhere is asked on the loopback address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn status_line(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /livez HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
