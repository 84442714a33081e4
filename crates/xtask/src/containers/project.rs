//! The compose file, run as a project of its own beside the developer's.

use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::engine::Engine;
use crate::instance::Instance;

/// How long a container may take until it is healthy and ready.
const READY: Duration = Duration::from_mins(2);
/// Where a service says whether it is ready.
const OPS_PORT: u16 = 9080;

/// Which compose file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Kind {
    /// Six services, two instances each
    Apart,
    /// All of them in one process
    Single,
}

impl Kind {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Apart, Self::Single];

    /// What is run.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Apart => "docker-compose.yml",
            Self::Single => "docker/compose.single.yml",
        }
    }
}

/// A running (or stopped) compose project.
#[derive(Debug)]
pub(super) struct Project<'a> {
    pub(super) engine: &'a Engine,
    pub(super) kind: Kind,
    name: String,
    /// The compose file and what goes with it.
    files: Vec<OsString>,
    gateway_port: u16,
    paysim_port: u16,
}

impl<'a> Project<'a> {
    /// The project of an instance, on free ports.
    pub(super) fn new(instance: &Instance, engine: &'a Engine, kind: Kind) -> Result<Self> {
        let (gateway, paysim) = (free_port()?, free_port()?);
        let path = |name: &str| instance.workspace().join(name).into_os_string();
        let (suffix, files) = match kind {
            Kind::Apart => ("", vec!["--file".into(), path("docker-compose.yml")]),
            Kind::Single => (
                "-single",
                vec![
                    "--file".into(),
                    path("docker/compose.single.yml"),
                    "--env-file".into(),
                    path("docker/single.try.env"),
                    "--profile".into(),
                    "simulator".into(),
                ],
            ),
        };
        Ok(Self {
            engine,
            kind,
            name: format!("techmart-{}{suffix}", instance.name()),
            files,
            gateway_port: gateway.local_addr()?.port(),
            paysim_port: paysim.local_addr()?.port(),
        })
    }

    /// The shop's address.
    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.gateway_port)
    }

    /// Starts everything and waits until it is healthy.
    pub(super) async fn up(&self) -> Result<()> {
        let args = [
            "up",
            "--detach",
            "--no-build",
            "--wait",
            "--wait-timeout",
            "300",
        ];
        self.compose(&args).await.map(drop)
    }

    /// Stops and removes everything, data included.
    pub(super) async fn down(&self) -> Result<()> {
        let args = ["down", "--volumes", "--remove-orphans", "--timeout", "40"];
        self.compose(&args).await.map(drop)
    }

    /// Runs an operator's command of a service.
    pub(super) async fn operate(&self, service: &str, command: &[&str]) -> Result<String> {
        let (container, program) = match self.kind {
            Kind::Apart => (service, vec!["/app"]),
            Kind::Single => ("techmart", vec!["/app", service]),
        };
        self.exec(container, &[&program, command].concat()).await
    }

    /// Runs a command in the first container of a service.
    async fn exec(&self, service: &str, command: &[&str]) -> Result<String> {
        let args = [&["exec", "-T", service], command].concat();
        self.compose(&args).await
    }

    /// The containers of a service.
    pub(super) async fn containers(&self, service: &str) -> Result<Vec<String>> {
        let ids = self.compose(&["ps", "--quiet", service]).await?;
        ensure!(!ids.is_empty(), "{service} has no container");
        Ok(ids.lines().map(str::to_owned).collect())
    }

    /// Names of the containers that run now.
    pub(super) async fn running(&self) -> Result<Vec<String>> {
        let filter = self.filter();
        let names = ["ps", "--filter", &filter, "--format", "{{.Names}}"];
        let names = self.engine.ask(&names).await?;
        Ok(names.lines().map(str::to_owned).collect())
    }

    /// What is still there.
    pub(super) async fn leftovers(&self) -> Result<Vec<String>> {
        let filter = self.filter();
        let mut left = Vec::new();
        for list in [
            &["ps", "--all", "--quiet"][..],
            &["volume", "ls", "--quiet"],
            &["network", "ls", "--quiet"],
        ] {
            let args = [list, &["--filter", &filter]].concat();
            let found = self.engine.ask(&args).await?;
            left.extend(found.lines().map(str::to_owned));
        }
        Ok(left)
    }

    /// Waits until a service's container is healthy, and ready for requests.
    pub(super) async fn wait_ready(&self, container: &str) -> Result<()> {
        let begun = Instant::now();
        loop {
            match self.is_ready(container).await {
                Ok(()) => return Ok(()),
                Err(error) if begun.elapsed() > READY => {
                    return Err(error.context(format!("{container} is not ready")));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    async fn is_ready(&self, container: &str) -> Result<()> {
        let health = ["inspect", "--format", "{{.State.Health.Status}}", container];
        let health = self.engine.ask(&health).await?;
        ensure!(health == "healthy", "{health}");
        // The services' network is closed to this machine: the gateway asks.
        let short = container.get(..12).unwrap_or(container);
        let url = format!("http://{short}:{OPS_PORT}/readyz");
        let ask = [
            "curl",
            "--silent",
            "--fail",
            "--max-time",
            "2",
            "--output",
            "/dev/null",
            &url,
        ];
        self.exec("gateway", &ask).await.map(drop)
    }

    /// What everybody wrote about the requests that a failure names; when it names none, the last lines of everything.
    pub(super) async fn logs(&self, failure: &str) -> Result<String> {
        let requests = request_ids(failure);
        let tail = if requests.is_empty() { "15" } else { "all" };
        let logs = self
            .compose(&["logs", "--no-color", "--tail", tail])
            .await?;
        if requests.is_empty() {
            return Ok(logs);
        }
        let about = |line: &&str| requests.iter().any(|id| line.contains(id));
        Ok(logs.lines().filter(about).collect::<Vec<_>>().join("\n"))
    }

    /// How a person goes on with a project that was left running.
    pub(super) fn hint(&self) -> String {
        format!(
            "{}; `docker compose --project-name {} down --volumes` removes it",
            self.origin(),
            self.name
        )
    }

    fn filter(&self) -> String {
        format!("label=com.docker.compose.project={}", self.name)
    }

    async fn compose(&self, args: &[&str]) -> Result<String> {
        let mut all: Vec<OsString> = ["compose", "--project-name", &self.name]
            .iter()
            .map(Into::into)
            .collect();
        all.extend_from_slice(&self.files);
        all.extend(args.iter().map(Into::into));
        let env = [
            ("TECHMART_PORT", self.gateway_port.to_string()),
            ("PAYSIM_PORT", self.paysim_port.to_string()),
            ("TECHMART_REGISTRY", "techmart".to_owned()),
            ("TECHMART_VERSION", "dev".to_owned()),
            ("TECHMART_ORIGIN", self.origin()),
        ];
        self.engine.run(&all, &env).await
    }
}

/// What follows `"request_id":"` wherever that stands.
fn request_ids(text: &str) -> Vec<&str> {
    let rest = text.split("\"request_id\":\"").skip(1);
    rest.filter_map(|rest| rest.split('"').next()).collect()
}

/// A listener on a port that was free; dropping it frees the port again.
fn free_port() -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free loopback port")
}

#[cfg(test)]
mod tests {
    use super::request_ids;

    #[test]
    fn the_requests_that_failed_are_found() {
        let failure = r#"POST /checkouts: 503 {"code":"unavailable","request_id":"a1","status":503}
            GET /: {"request_id":"b2"}"#;
        assert_eq!(request_ids(failure), ["a1", "b2"]);
        assert!(request_ids("connection refused").is_empty());
    }
}
