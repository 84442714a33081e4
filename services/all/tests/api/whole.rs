//! The program itself on a migrated database, without Redis.

use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::Value;
use testkit::TestDb;

/// How long the process may take to be ready, and to end.
const LIMIT: Duration = Duration::from_mins(2);

/// The running program; killed at the end of a test that did not stop it.
struct Running {
    process: Child,
    port: u16,
    ops_port: u16,
    client: Client,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_techmart"));
    command.env_clear();
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Running {
    /// Starts it on `db`; `more` are variables that win.
    fn start(db: &TestDb, more: &[(&str, &str)]) -> Self {
        let key = program()
            .args(["auth", "key", "generate"])
            .output()
            .unwrap();
        assert!(key.status.success(), "{key:?}");
        let (port, ops_port) = (free_port(), free_port());
        let mut command = program();
        command
            .env("TECHMART_ALL__HTTP__ADDRESS", format!("127.0.0.1:{port}"))
            .env(
                "TECHMART_ALL__HTTP__OPS_ADDRESS",
                format!("127.0.0.1:{ops_port}"),
            )
            .env("TECHMART__HTTP__DRAIN_MS", "100")
            .env("TECHMART__LOG__FILTER", "warn")
            .env("TECHMART__ORDER_TOKEN__KEY", "ab".repeat(32))
            .env(
                "TECHMART_AUTH__JWT__SIGNING_KEY",
                String::from_utf8(key.stdout).unwrap(),
            )
            .env("TECHMART_AUTH__PASSWORD__PEPPER", "cd".repeat(32))
            .env("TECHMART_CHECKOUT__PAYMENT__API_BASE", "http://127.0.0.1:9")
            .env("TECHMART_CHECKOUT__PAYMENT__SECRET_KEY", "sk_test_none")
            .env(
                "TECHMART_CHECKOUT__PAYMENT__PUBLISHABLE_KEY",
                "pk_test_none",
            )
            .env("TECHMART_CHECKOUT__PAYMENT__WEBHOOK_SECRET", "whsec_none");
        for service in edge::SERVICES {
            let variable = format!("TECHMART_{}__DB__URL", service.to_uppercase());
            command.env(variable, db.url(service));
        }
        command.envs(more.iter().copied());
        let process = command.stdout(Stdio::null()).spawn().unwrap();
        let client = Client::builder().timeout(LIMIT).no_proxy().build().unwrap();
        Self {
            process,
            port,
            ops_port,
            client,
        }
    }

    /// What `/readyz` says, once it says anything.
    async fn readiness(&self) -> (StatusCode, Value) {
        let url = format!("http://127.0.0.1:{}/readyz", self.ops_port);
        let begun = Instant::now();
        loop {
            if let Ok(answer) = self.client.get(&url).send().await {
                return (answer.status(), answer.json().await.unwrap());
            }
            assert!(begun.elapsed() < LIMIT, "no answer of {url}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until `/readyz` says so.
    async fn until(&self, expected: impl Fn(&Value) -> bool) -> (StatusCode, Value) {
        let begun = Instant::now();
        loop {
            let (status, report) = self.readiness().await;
            if expected(&report) {
                return (status, report);
            }
            assert!(begun.elapsed() < LIMIT, "{report}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let answer = self.client.get(url).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Asks it to stop and waits.
    async fn stop(mut self) -> ExitStatus {
        let pid = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let begun = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < LIMIT, "it does not stop");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn states(report: &Value) -> Vec<(&str, &str)> {
    let parts = report["parts"].as_object().unwrap();
    parts
        .iter()
        .map(|(name, part)| (name.as_str(), part["state"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn all_six_answer_behind_one_port_and_stop_together() {
    let db = TestDb::new().await;
    let shop = Running::start(&db, &[]);
    let (status, report) = shop.until(|report| report["state"] == "ready").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(states(&report).len(), edge::SERVICES.len(), "{report}");

    // One question to each, which it answers from its own schema.
    let (status, keys) = shop.get("/.well-known/jwks.json").await;
    assert_eq!(
        (status, keys["keys"].as_array().unwrap().len()),
        (StatusCode::OK, 1)
    );
    for path in [
        "/api/v1/products",
        "/api/v1/search?q=laptop",
        "/api/v1/payments/config",
    ] {
        let (status, body) = shop.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
    }
    for path in ["/api/v1/me", "/api/v1/orders", "/api/v1/admin/coupons"] {
        let (status, body) = shop.get(path).await;
        assert_eq!(
            (status, &body["code"]),
            (StatusCode::UNAUTHORIZED, &"token_missing".into())
        );
    }

    // Refused while it is still being sent, and the answer is heard.
    for _ in 0..20 {
        let url = format!("http://127.0.0.1:{}/api/v1/carts", shop.port);
        let large = shop.client.post(url).body("x".repeat(2_000_000));
        let answer = large.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    let metrics = format!("http://127.0.0.1:{}/metrics", shop.ops_port);
    let metrics = shop
        .client
        .get(metrics)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for service in ["auth", "catalog", "cart", "orders", "search"] {
        let label = format!("service=\"{service}\"");
        assert!(metrics.contains(&label), "{label} is not measured");
    }
    assert!(shop.stop().await.success());
}

#[tokio::test]
async fn readiness_names_who_is_not_ready() {
    let db = TestDb::new().await;
    let closed = format!("postgres://nobody:x@127.0.0.1:{}/none", free_port());
    let shop = Running::start(&db, &[("TECHMART_CART__DB__URL", &closed)]);
    let (status, report) = shop
        .until(|report| {
            states(report)
                .iter()
                .filter(|(_, state)| *state == "ready")
                .count()
                == 5
        })
        .await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(report["state"], "schema_behind");
    assert_eq!(report["parts"]["cart"]["state"], "schema_behind");
    assert_eq!(report["parts"]["cart"]["dependencies"]["postgres"], "down");
    assert_eq!(report["parts"]["orders"]["dependencies"]["postgres"], "up");
    // The others answer; it says that it is away.
    assert_eq!(shop.get("/api/v1/products").await.0, StatusCode::OK);
    let created = shop
        .client
        .post(format!("http://127.0.0.1:{}/api/v1/carts", shop.port));
    let created = created.json(&serde_json::json!({})).send().await.unwrap();
    assert_eq!(created.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn the_operators_commands_stand_behind_the_services_names() {
    for (arguments, part) in [
        (&["--help"][..], "migrate"),
        (&["auth", "staff", "--help"], "Usage: techmart auth staff"),
        (&["migrate", "--help"], "Usage: techmart migrate"),
        (&["cart", "settings"], "TECHMART_CART__CART__LINES_MAX"),
        (&["settings"], "TECHMART_ALL__GATE__PROXIES"),
    ] {
        let output = program().args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && text.contains(part),
            "{arguments:?}: {text}"
        );
    }
}

#[test]
fn a_missing_setting_is_one_line_that_names_it() {
    let output = program().output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("techmart: TECHMART_AUTH__"), "{said}");
}
