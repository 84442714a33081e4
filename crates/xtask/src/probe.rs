//! Asks a process whether it is ready.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long one question may take.
const LIMIT: Duration = Duration::from_secs(2);
/// Pause between two questions while something starts.
const PAUSE: Duration = Duration::from_millis(25);

/// A question that only a ready process answers well.
#[derive(Debug, Clone)]
pub(crate) enum Probe {
    /// It accepts connections on that loopback port.
    Tcp(u16),
    /// `GET` answers 2xx.
    Http(String),
    /// A login and a query work.
    Postgres(Box<PgConnectOptions>),
    /// `PING` after the login answers.
    Redis { port: u16, password: String },
}

impl Probe {
    /// Asks until the answer is good.
    pub(crate) async fn wait(&self) {
        while self.ask().await.is_err() {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Asks once.
    pub(crate) async fn ask(&self) -> Result<()> {
        tokio::time::timeout(LIMIT, self.ask_unlimited())
            .await
            .context("no answer in time")?
    }

    async fn ask_unlimited(&self) -> Result<()> {
        match self {
            Self::Tcp(port) => {
                TcpStream::connect(loopback(*port)).await?;
            }
            Self::Http(url) => {
                let response = client()?.get(url).send().await?;
                ensure!(response.status().is_success(), "{}", response.status());
            }
            Self::Postgres(options) => {
                let mut connection = PgConnectOptions::clone(options)
                    .disable_statement_logging()
                    .connect()
                    .await?;
                sqlx::query("select 1").execute(&mut connection).await?;
                connection.close().await?;
            }
            Self::Redis { port, password } => {
                let mut stream = TcpStream::connect(loopback(*port)).await?;
                let request = format!("AUTH {password}\r\nPING\r\n");
                stream.write_all(request.as_bytes()).await?;
                let mut answer = Vec::new();
                while !answer.ends_with(b"+PONG\r\n") {
                    ensure!(
                        stream.read_buf(&mut answer).await? > 0,
                        "Redis closed the connection"
                    );
                    ensure!(!answer.starts_with(b"-"), "Redis refused");
                }
            }
        }
        Ok(())
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(LIMIT)
        .no_proxy()
        .build()
        .context("HTTP client")
}
