//! A second instance of search, beside the one behind the gateway.

use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;
use reqwest::Client;
use serde_json::Value;

use crate::build;
use crate::probe::Probe;
use crate::stack::Stack;
use crate::supervisor::Spec;

/// What the supervisor calls it.
pub(super) const NAME: &str = "search-2";
/// How long it may take to become ready.
pub(super) const READY: Duration = Duration::from_mins(1);
const TIMEOUT: Duration = Duration::from_secs(5);

/// The second instance.
#[derive(Debug)]
pub(super) struct Second {
    client: Client,
    origin: String,
}

impl Second {
    /// Starts it with an index and ports of its own; returns once it is ready.
    pub(super) async fn start(stack: &mut Stack) -> Result<Self> {
        let (port, ops_port) = (free_port()?, free_port()?);
        let mut env = stack.settings().service("search")?;
        let own = |key: &str| format!("TECHMART_SEARCH__{key}");
        env.extend([
            (own("HTTP__ADDRESS"), format!("127.0.0.1:{port}")),
            (own("HTTP__OPS_ADDRESS"), format!("127.0.0.1:{ops_port}")),
            (
                own("SEARCH__INDEX_DIR"),
                stack.instance.path("data/search-2").display().to_string(),
            ),
        ]);
        stack.supervisor.start(Spec {
            name: NAME.to_owned(),
            program: build::program(&stack.instance, "search")?,
            args: Vec::new(),
            env,
            env_once: Vec::new(),
            user: None,
            port,
            ops_port: Some(ops_port),
            probe: Probe::Http(format!("http://127.0.0.1:{ops_port}/readyz")),
            stop_signal: Signal::SIGTERM,
            stop_after: Duration::from_secs(25),
        });
        stack.supervisor.wait_ready(NAME, READY).await?;
        Ok(Self {
            client: Client::builder().timeout(TIMEOUT).no_proxy().build()?,
            origin: format!("http://127.0.0.1:{port}/api/v1"),
        })
    }

    /// Asks it; an error while it is away.
    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        let response = self
            .client
            .get(format!("{}{path}", self.origin))
            .send()
            .await?;
        let response = response.error_for_status()?;
        response
            .json()
            .await
            .context("the second instance's answer")
    }
}

fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
