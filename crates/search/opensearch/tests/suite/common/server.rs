//! A server of the test's own, which may be stopped, frozen and killed.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

/// A private server, or what is left of it. Its data are removed when it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    command: Vec<String>,
    base: PathBuf,
    port: u16,
    name: String,
    child: Option<Child>,
}

impl Server {
    /// Starts one with the program that the test was told; `None` where it was told none.
    pub(crate) async fn start() -> Option<Self> {
        let Some(command) = super::variable("TECHMART_TEST_OPENSEARCH_PROGRAM") else {
            eprintln!(
                "skipped: TECHMART_TEST_OPENSEARCH_PROGRAM says how to start OpenSearch (cargo xtask test does)"
            );
            return None;
        };
        let name = format!("test-{}", std::process::id());
        let base = std::env::temp_dir().join(format!("techmart-opensearch-{}", std::process::id()));
        let config = base.join("node_1/config");
        std::fs::create_dir_all(&config).unwrap();
        let (port, transport) = (free(9250..=9298), free(9340..=9399));
        let settings = format!(
            "discovery.type: single-node\nhttp.host: 127.0.0.1\ntransport.host: 127.0.0.1\ntransport.port: {transport}\n\
             action.auto_create_index: false\ncluster.routing.allocation.disk.threshold_enabled: false\n"
        );
        std::fs::write(config.join("opensearch.yml"), settings).unwrap();
        let mut server = Self {
            url: format!("http://127.0.0.1:{port}"),
            command: serde_json::from_str(&command).unwrap(),
            base,
            port,
            name,
            child: None,
        };
        server.run().await;
        Some(server)
    }

    /// Starts it, again where it was killed, and waits until its indices can be used.
    pub(crate) async fn run(&mut self) {
        let log = std::fs::File::create(self.base.join("log")).unwrap();
        let child = Command::new(&self.command[0])
            .args(&self.command[1..])
            .args(["-basePath", self.base.to_str().unwrap()])
            .args(["-baseHttpPort", &(self.port - 1).to_string()])
            .args(["-clusterName", &self.name])
            .current_dir(&self.base)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let begun = Instant::now();
        loop {
            assert!(
                begun.elapsed() < Duration::from_mins(3),
                "the server does not start, see {}",
                self.base.display()
            );
            tokio::time::sleep(Duration::from_millis(300)).await;
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port))
                .await
                .is_ok()
            {
                let health = super::raw(
                    &self.url,
                    "GET",
                    "/_cluster/health?wait_for_status=yellow&timeout=30s",
                    None,
                )
                .await;
                if health["timed_out"] == false {
                    assert_eq!(
                        health["cluster_name"],
                        self.name.as_str(),
                        "another server has the port"
                    );
                    return;
                }
            }
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.as_ref().and_then(Child::id).unwrap();
        kill(Pid::from_raw(i32::try_from(pid).unwrap()), signal).unwrap();
    }

    /// Lets it hang: it keeps its connections and says nothing.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub(crate) fn thaw(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// kill -9.
    pub(crate) async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            child.start_kill().ok();
        }
        std::fs::remove_dir_all(&self.base).ok();
    }
}

/// A port that nobody listens on. Each test process begins somewhere else.
fn free(range: std::ops::RangeInclusive<u16>) -> u16 {
    let ports: Vec<u16> = range.collect();
    let first = std::process::id() as usize % ports.len();
    let turned = ports[first..].iter().chain(&ports[..first]);
    let mut turned = turned.filter(|port| std::net::TcpListener::bind(("0.0.0.0", **port)).is_ok());
    *turned.next().expect("no free port")
}
