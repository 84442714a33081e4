//! Against a real Redis that speaks TLS alone and wants a password, as `ElastiCache` with encryption in transit does.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use super::*;

const PASSWORD: &str = "0123456789abcdef";
const TIMEOUT: Duration = Duration::from_secs(2);

/// A running server, its authority and another one.
struct TlsRedis {
    server: Child,
    folder: TempDir,
    port: u16,
}

impl Drop for TlsRedis {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

impl TlsRedis {
    /// A server whose certificate is for 127.0.0.1.
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let write =
            |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        let (ours, key) = (authority(), KeyPair::generate().unwrap());
        let server = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        write("ca.pem", ours.pem());
        write("other.pem", authority().pem());
        write("key.pem", key.serialize_pem());
        write("cert.pem", server.signed_by(&key, &ours).unwrap().pem());
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let spawn = |program: &str| {
            Command::new(program)
                .current_dir(folder.path())
                .args(["--bind", "127.0.0.1", "--port", "0", "--save", ""])
                .args(["--tls-port", &port.to_string(), "--tls-auth-clients", "no"])
                .args(["--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"])
                .args(["--tls-ca-cert-file", "ca.pem", "--requirepass", PASSWORD])
                .stdout(Stdio::null())
                .spawn()
        };
        let server = spawn("redis-server").or_else(|_| spawn("valkey-server"));
        let server = server.expect("redis-server or valkey-server is installed");
        let started = Self {
            server,
            folder,
            port,
        };
        let late = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < late, "the server does not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        started
    }

    fn url(&self, host: &str, password: &str) -> String {
        format!("rediss://:{password}@{host}:{}", self.port)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn cache(&self, url: &str, ca: &str) -> Cache {
        Cache::trusting(&self.file(ca), Some(url), "tls", TIMEOUT, 4).unwrap()
    }
}

#[tokio::test]
async fn values_scripts_and_hints_go_over_tls() {
    let redis = TlsRedis::start().await;
    let cache = redis.cache(&redis.url("127.0.0.1", PASSWORD), "ca.pem");
    assert!(cache.set_json("k", &1, Duration::from_mins(1)).await);
    assert_eq!(cache.get_json("k").await, Some(1));
    let script = Script::new("return redis.call('strlen', KEYS[1])");
    assert_eq!(cache.eval::<i64>(&script, &["k"], &[]).await, Some(1));
    assert!(cache.probe().unwrap().is_up().await);

    let jobs = crate::jobs::Jobs::new();
    let mut wakeups = cache.subscribe_wakeups("hints", &jobs);
    let start = Instant::now();
    // The first one comes when the listener is connected.
    wakeups.wait(Duration::from_secs(10)).await;
    cache.publish("hints").await;
    wakeups.wait(Duration::from_secs(10)).await;
    assert!(start.elapsed() < Duration::from_secs(10), "no hint came");
    assert!(jobs.shutdown(Duration::from_secs(2)).await);
}

#[tokio::test]
async fn a_server_that_cannot_show_who_it_is_gets_nothing() {
    let redis = TlsRedis::start().await;
    let good = redis.url("127.0.0.1", PASSWORD);
    for (what, reason, cache) in [
        (
            "another authority",
            "certificate",
            redis.cache(&good, "other.pem"),
        ),
        (
            "only public authorities",
            "certificate",
            Cache::new(Some(&good), "tls", TIMEOUT, 4).unwrap(),
        ),
        (
            "another name",
            // May have addresses at which nobody listens, too.
            "",
            redis.cache(&redis.url("localhost", PASSWORD), "ca.pem"),
        ),
    ] {
        let inner = cache.inner.as_ref().unwrap();
        let refused = inner.client.get_multiplexed_async_connection().await;
        let error = refused.err().unwrap_or_else(|| panic!("{what}: connected"));
        assert!(error.to_string().contains(reason), "{what}: {error}");
        assert_eq!(cache.get_json::<i32>("k").await, None, "{what}");
        assert!(!cache.probe().unwrap().is_up().await, "{what}");
    }
    let stranger = redis.cache(&redis.url("127.0.0.1", "guessed"), "ca.pem");
    assert!(!stranger.set_json("k", &1, Duration::from_mins(1)).await);
    // Who would talk in the clear hears nothing, either.
    let clear = format!("redis://:{PASSWORD}@127.0.0.1:{}", redis.port);
    let clear = Cache::new(Some(&clear), "tls", TIMEOUT, 4).unwrap();
    assert!(!clear.set_json("k", &1, Duration::from_mins(1)).await);
}

#[test]
fn a_file_of_authorities_that_cannot_be_used_is_named() {
    let folder = TempDir::new().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    for (url, file, reason) in [
        (
            "rediss://127.0.0.1",
            "/nowhere.pem",
            "cannot read /nowhere.pem",
        ),
        (
            "rediss://127.0.0.1",
            empty.to_str().unwrap(),
            "holds no certificate",
        ),
        (
            "redis://127.0.0.1",
            "/nowhere.pem",
            "only a rediss:// address is encrypted",
        ),
    ] {
        let refused = Cache::trusting(Path::new(file), Some(url), "tls", TIMEOUT, 4).unwrap_err();
        let line = format!("{refused:#}");
        assert!(line.starts_with("TECHMART_TLS__REDIS__CA_FILE: "), "{line}");
        assert!(line.contains(reason), "{line}");
    }
}
