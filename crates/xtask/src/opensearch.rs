//! OpenSearch for the shop and for tests: one that runs already, by its address, or a real server as a child process.
//!
//! The server is the one of the published Maven artifacts, with the k-NN plugin, run by a plain Java: it needs neither
//! Docker nor an installation.

mod fetch;
mod start;

use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use serde::Deserialize;

use crate::instance::{Instance, make_dir, write_file};
use crate::probe::Probe;
use crate::state::State;
use crate::supervisor::Spec;
use crate::ui::Ui;

/// The one version everywhere.
pub(crate) const VERSION: &str = fetch::VERSION;
/// What to do when there is no server to be had.
pub(crate) const MISSING: &str = "no OpenSearch: give the address of one that runs (`--opensearch-url`, in tests \
     TECHMART_TEST_OPENSEARCH_URL), or install Java 17 and Maven (Debian, Ubuntu: `apt install openjdk-17-jre-headless maven`)";
/// Names the server that tests use.
pub(crate) const TEST_URL: &str = "TECHMART_TEST_OPENSEARCH_URL";
/// Tells tests how to start a server of their own, as a JSON list of arguments without folder, port and name.
pub(crate) const TEST_PROGRAM: &str = "TECHMART_TEST_OPENSEARCH_PROGRAM";

/// Its listeners in the state's ports.
const HTTP: &str = "opensearch";
const TRANSPORT: &str = "opensearch.transport";
/// Ports above do not work: the runner counts upwards from a fixed one and gives up there.
const HTTP_PORTS: std::ops::RangeInclusive<u16> = 9211..=9298;
/// Beside those; each server has its own, so that none looks for a neighbour.
const TRANSPORT_PORTS: std::ops::RangeInclusive<u16> = 9311..=9399;
/// The runner serves HTTP one above the port it is given.
const HTTP_OFFSET: u16 = 1;

/// A program that can be started.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    java: PathBuf,
    args: Vec<OsString>,
}

/// Finds Java and the server's files, fetching them once per user; `None` when Java or Maven is missing.
pub(crate) fn find(ui: Ui) -> Result<Option<Program>> {
    let Some(java) = fetch::java() else {
        return Ok(None);
    };
    let Some(home) = fetch::install(ui)? else {
        return Ok(None);
    };
    let classes = format!("{0}/lib/*:{0}/knn/*", home.display());
    let args = [
        "-Xms512m",
        "-Xmx512m",
        "-XX:+ExitOnOutOfMemoryError",
        "-cp",
        &classes,
        "org.codelibs.opensearch.runner.OpenSearchRunner",
        "-numOfNode",
        "1",
        "-pluginTypes",
        "org.opensearch.knn.plugin.KNNPlugin",
    ];
    let args = args.map(OsString::from).to_vec();
    Ok(Some(Program { java, args }))
}

impl Program {
    /// The command as [`TEST_PROGRAM`] tells it.
    pub(crate) fn command(&self) -> Result<String> {
        let words =
            std::iter::once(self.java.as_os_str()).chain(self.args.iter().map(OsString::as_os_str));
        let words: Vec<_> = words.map(std::ffi::OsStr::to_string_lossy).collect();
        serde_json::to_string(&words).context("the server's command")
    }

    /// How to run it: loopback only, a cluster of one with a name of its own, data below the instance's folder.
    pub(crate) fn spec(self, instance: &Instance, state: &State) -> Result<Spec> {
        let (port, transport) = (port(state, HTTP)?, port(state, TRANSPORT)?);
        let base = home(instance);
        configure(&base, transport)?;
        let mut args = self.args;
        let own = [
            "-basePath".into(),
            base.into_os_string(),
            "-baseHttpPort".into(),
            (port - HTTP_OFFSET).to_string().into(),
            "-clusterName".into(),
            cluster(instance).into(),
        ];
        args.extend(own);
        Ok(Spec {
            name: HTTP.to_owned(),
            program: self.java,
            args,
            env: Vec::new(),
            env_once: Vec::new(),
            user: None,
            port,
            ops_port: None,
            probe: probe(port),
            stop_signal: Signal::SIGTERM,
            stop_after: Duration::from_secs(20),
        })
    }
}

/// The settings that the server reads before it starts.
fn configure(base: &Path, transport: u16) -> Result<()> {
    let folder = base.join("node_1/config");
    make_dir(base, 0o700)?;
    make_dir(&folder, 0o700)?;
    let text = format!(
        "discovery.type: single-node\nhttp.host: 127.0.0.1\ntransport.host: 127.0.0.1\n\
         transport.port: {transport}\naction.auto_create_index: false\n\
         cluster.routing.allocation.disk.threshold_enabled: false\n"
    );
    write_file(&folder.join("opensearch.yml"), text.as_bytes(), 0o600)
}

/// Where the server keeps everything.
pub(crate) fn home(instance: &Instance) -> PathBuf {
    instance.path("data/opensearch")
}

fn cluster(instance: &Instance) -> String {
    match instance.name() {
        "" => "techmart".to_owned(),
        name => format!("techmart-{name}"),
    }
}

/// The address of the instance's own server.
pub(crate) fn url(state: &State) -> Result<String> {
    Ok(local(port(state, HTTP)?))
}

/// The address on this machine that a listener has.
fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The question that a ready server of ours answers well. That it answers at all says nothing: it does so while its
/// indices are red.
pub(crate) fn probe(port: u16) -> Probe {
    Probe::Http(format!(
        "{}/_cluster/health?wait_for_status=yellow&timeout=1s",
        local(port)
    ))
}

fn port(state: &State, name: &str) -> Result<u16> {
    state
        .ports
        .get(name)
        .copied()
        .with_context(|| format!("no port for {name}"))
}

/// Chooses its ports: the remembered ones, else any that are free in the ranges that work.
pub(crate) fn assign_ports(state: &mut State) -> Result<()> {
    for (name, range) in [(HTTP, HTTP_PORTS), (TRANSPORT, TRANSPORT_PORTS)] {
        let remembered = state.ports.get(name).copied();
        let port = remembered
            .into_iter()
            .chain(range.clone())
            .find(|port| is_free(*port));
        let Some(port) = port else {
            bail!(
                "OpenSearch needs a free port between {} and {}",
                range.start(),
                range.end()
            );
        };
        state.ports.insert(name.to_owned(), port);
    }
    Ok(())
}

/// Free on loopback and on every address: a port that is taken on any is skipped without a word, and the next one served.
fn is_free(port: u16) -> bool {
    [Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED]
        .iter()
        .all(|address| TcpListener::bind((*address, port)).is_ok())
}

#[derive(Debug, Deserialize)]
struct About {
    cluster_name: String,
}

/// Makes sure that it is our own server that answers on that port: the runner moves to the next one without a word.
pub(crate) async fn check_own(instance: &Instance, state: &State) -> Result<()> {
    let about: About = ask(&url(state)?).await?;
    if about.cluster_name != cluster(instance) {
        bail!(
            "another OpenSearch ({}) answers on {}",
            about.cluster_name,
            url(state)?
        );
    }
    Ok(())
}

/// Makes sure that a server answers at a given address, and says what it calls itself.
pub(crate) async fn check_given(url: &str) -> Result<String> {
    let about: About = ask(url)
        .await
        .with_context(|| format!("no OpenSearch answers at {}", without_login(url)))?;
    Ok(about.cluster_name)
}

async fn ask(url: &str) -> Result<About> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .no_proxy()
        .build()?;
    Ok(client
        .get(url)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?)
}

/// An address as it may be shown.
pub(crate) fn without_login(text: &str) -> String {
    let Ok(mut url) = url::Url::parse(text) else {
        return text.to_owned();
    };
    if url.set_username("").is_err() || url.set_password(None).is_err() {
        return text.to_owned();
    }
    url.to_string().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_lie_where_they_work_and_are_remembered() {
        let mut state = State::default();
        assign_ports(&mut state).unwrap();
        assert!(HTTP_PORTS.contains(&state.ports[HTTP]));
        assert!(TRANSPORT_PORTS.contains(&state.ports[TRANSPORT]));
        let first = state.ports.clone();
        assign_ports(&mut state).unwrap();
        assert_eq!(first, state.ports);
        let _listener = TcpListener::bind((Ipv4Addr::LOCALHOST, state.ports[HTTP])).unwrap();
        assign_ports(&mut state).unwrap();
        assert_ne!(first[HTTP], state.ports[HTTP]);
    }

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(
            without_login("https://shop:secret@search.example:9200/"),
            "https://search.example:9200"
        );
    }
}
