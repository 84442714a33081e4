//! The generated configuration, run by a real nginx in front of a service that repeats what it
//! was asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::conf::Gateway;
use super::upstreams::Upstreams;
use crate::instance::make_dir;
use crate::routes::Table;

const TABLE: &str = r#"
[[rate_class]]
name = "read"
per_minute = 60000
burst = 1000
[[rate_class]]
name = "login"
per_minute = 20
burst = 2
[[route]]
path = "/api/v1/carts"
methods = ["POST"]
service = "cart"
rate_class = "read"
[[route]]
path = "/api/v1/carts/{id}"
methods = ["GET"]
service = "cart"
rate_class = "read"
timeout_ms = 300
[[route]]
path = "/api/v1/auth/login"
methods = ["POST"]
service = "auth"
rate_class = "login"
[[route]]
path = "/api/v1/orders"
methods = ["GET"]
service = "orders"
rate_class = "read"
"#;

/// A running gateway; killed and cleaned up at the end.
struct Running {
    nginx: Child,
    home: PathBuf,
    origin: String,
    client: Client,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.nginx.kill().ok();
        self.nginx.wait().ok();
        std::fs::remove_dir_all(&self.home).ok();
    }
}

impl Running {
    /// `None` (and a line) where there is no nginx.
    async fn start(name: &str) -> Option<Self> {
        let Some(nginx) = crate::platform::find_program(&["nginx"]) else {
            eprintln!("skipped: nginx is not installed");
            return None;
        };
        let home =
            std::env::temp_dir().join(format!("techmart-gateway-{name}-{}", std::process::id()));
        make_dir(&home.join("tmp"), 0o755).unwrap();
        let dist = home.join("dist");
        write_pages(&dist);
        let echo = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = echo.local_addr().unwrap().to_string();
        #[expect(clippy::disallowed_methods, reason = "lives as long as the test")]
        tokio::spawn(async move {
            loop {
                let (stream, _) = echo.accept().await.unwrap();
                tokio::spawn(answer(stream));
            }
        });
        let closed = free_port();
        let port = free_port();
        let table = Table::parse(TABLE).unwrap();
        let headers = edge::headers::Headers::shipped().unwrap();
        let gateway = Gateway {
            table: &table,
            headers: &headers,
            listen: format!("127.0.0.1:{port}"),
            upstreams: Upstreams::Fixed(BTreeMap::from([
                ("auth".to_owned(), upstream.clone()),
                ("cart".to_owned(), upstream),
                ("orders".to_owned(), format!("127.0.0.1:{closed}")),
            ])),
            payment_origin: "http://127.0.0.1:9".to_owned(),
            inline_hashes: vec!["'sha256-x'".to_owned()],
            pages: Some(dist),
            pid: home.join("nginx.pid"),
            temporary: home.join("tmp"),
            access_log: home.join("access.log"),
            as_root: crate::platform::is_root(),
        };
        let file = home.join("nginx.conf");
        std::fs::write(&file, gateway.render()).unwrap();
        super::check(&nginx, &file).unwrap();
        let mut command = Command::new(nginx);
        // One process, so that killing it leaves none.
        command
            .args(["-e", "stderr", "-g", "master_process off;", "-c"])
            .arg(&file);
        let nginx = command.stderr(Stdio::null()).spawn().unwrap();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .no_proxy()
            .build()
            .unwrap();
        let running = Self {
            nginx,
            home,
            origin: format!("http://127.0.0.1:{port}"),
            client,
        };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Some(running);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("nginx did not start");
    }

    async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.origin))
            .send()
            .await
            .unwrap()
    }

    async fn post(&self, path: &str, size: usize) -> Response {
        let body = "x".repeat(size);
        self.client
            .post(format!("{}{path}", self.origin))
            .body(body)
            .send()
            .await
            .unwrap()
    }
}

fn write_pages(dist: &Path) {
    make_dir(&dist.join("assets"), 0o755).unwrap();
    std::fs::write(
        dist.join("index.html"),
        "<!doctype html><title>shop</title>",
    )
    .unwrap();
    std::fs::write(dist.join("assets/app-1.js"), "export {}").unwrap();
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Answers every request with its head as JSON; `/slow` in the path waits.
async fn answer(mut stream: TcpStream) {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    if head.contains("/slow") {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let lines: Vec<&str> = head
        .split("\r\n\r\n")
        .next()
        .unwrap_or_default()
        .lines()
        .collect();
    let body = serde_json::json!(lines).to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: theirs\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.ok();
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// Checks a problem's form and gives it.
async fn problem(response: Response, status: u16, code: &str) -> Value {
    assert_eq!(response.status(), StatusCode::from_u16(status).unwrap());
    assert_eq!(
        header(&response, "content-type"),
        "application/problem+json"
    );
    let id = header(&response, "x-request-id").to_owned();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["code"], code);
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], format!("/problems/{code}"));
    assert_eq!(body["request_id"], id.as_str());
    body
}

#[tokio::test]
async fn refusals_are_problems() {
    let Some(gateway) = Running::start("refusals").await else {
        return;
    };
    problem(gateway.get("/api/v1/nothing").await, 404, "not_found").await;
    problem(gateway.get("/api").await, 404, "not_found").await;
    problem(gateway.get("/api/v1/carts/a%2Fb").await, 404, "not_found").await;
    problem(gateway.get("/.well-known/other").await, 404, "not_found").await;
    let response = gateway.get("/api/v1/carts").await;
    assert_eq!(header(&response, "allow"), "POST");
    problem(response, 405, "method_not_allowed").await;
    problem(
        gateway.post("/api/v1/carts", 17 * 1024).await,
        413,
        "body_too_large",
    )
    .await;
    let response = gateway.get("/api/v1/orders").await;
    assert_eq!(header(&response, "retry-after"), "1");
    problem(response, 503, "unavailable").await;
    problem(
        gateway.get("/api/v1/carts/slow").await,
        504,
        "gateway_timeout",
    )
    .await;
    let long = format!("/api/v1/carts/{}", "x".repeat(9000));
    problem(gateway.get(&long).await, 431, "headers_too_large").await;
    let put = gateway
        .client
        .request(Method::PUT, format!("{}/", gateway.origin));
    problem(put.send().await.unwrap(), 405, "method_not_allowed").await;
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let Some(gateway) = Running::start("rates").await else {
        return;
    };
    for _ in 0..3 {
        assert_eq!(
            gateway.post("/api/v1/auth/login", 2).await.status(),
            StatusCode::OK
        );
    }
    let response = gateway.post("/api/v1/auth/login", 2).await;
    assert_eq!(header(&response, "retry-after"), "3");
    problem(response, 429, "rate_limited").await;
    // A header cannot make another client of this one; other classes are not concerned.
    let spoofed = gateway
        .client
        .post(format!("{}/api/v1/auth/login", gateway.origin));
    let spoofed = spoofed
        .header("x-forwarded-for", "10.1.2.3")
        .send()
        .await
        .unwrap();
    assert_eq!(spoofed.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        gateway.get("/api/v1/carts/c1").await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn services_see_only_what_the_gateway_vouches_for() {
    let Some(gateway) = Running::start("headers").await else {
        return;
    };
    let request = gateway
        .client
        .get(format!("{}/api/v1/carts/c1?x=1", gateway.origin))
        .header("x-user-id", "1")
        .header("x-forwarded-for", "10.1.2.3")
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "for=10.1.2.3")
        .header("x-original-url", "/admin")
        .header("cart-token", "secret-token")
        .header("x-request-id", "abcdef12-3456");
    let response = request.send().await.unwrap();
    assert_eq!(header(&response, "x-request-id"), "abcdef12-3456");
    assert_eq!(response.headers().get_all("x-request-id").iter().count(), 1);
    let seen: Vec<String> = response.json().await.unwrap();
    let seen: Vec<String> = seen.iter().map(|line| line.to_lowercase()).collect();
    assert_eq!(seen[0], "get /api/v1/carts/c1?x=1 http/1.1");
    for line in [
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-proto: http",
        "cart-token: secret-token",
        "x-request-id: abcdef12-3456",
    ] {
        assert!(
            seen.iter().any(|seen| seen == line),
            "{line} is missing in {seen:?}"
        );
    }
    for word in ["10.1.2.3", "evil", "x-user-id", "x-original-url"] {
        assert!(
            !seen.iter().any(|seen| seen.contains(word)),
            "{word} came through: {seen:?}"
        );
    }
    for bad in ["short", "has spaces in it", &"x".repeat(65)] {
        let request = gateway
            .client
            .get(format!("{}/api/v1/carts/c1", gateway.origin));
        let response = request.header("x-request-id", bad).send().await.unwrap();
        let id = header(&response, "x-request-id");
        assert!(id.len() == 32 && id != bad, "{id}");
    }
    let log = std::fs::read_to_string(gateway.home.join("access.log")).unwrap();
    assert!(log.contains("\"path\":\"/api/v1/carts/c1\"") && !log.contains("x=1"));
    assert!(!log.contains("secret-token"));
    for line in log.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
}

#[tokio::test]
async fn pages_have_the_right_cache_and_security_headers() {
    let Some(gateway) = Running::start("pages").await else {
        return;
    };
    for path in ["/", "/products/some-laptop", "/index.html"] {
        let response = gateway.get(path).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "cache-control"), "no-cache", "{path}");
        let policy = header(&response, "content-security-policy").to_owned();
        assert!(
            policy.contains("script-src 'self' http://127.0.0.1:9 'sha256-x';"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert!(!header(&response, "server").contains('/'));
        assert!(response.text().await.unwrap().contains("<title>shop"));
    }
    let asset = gateway.get("/assets/app-1.js").await;
    assert_eq!(
        header(&asset, "cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert!(header(&asset, "content-type").starts_with("text/javascript"));
    let missing = gateway.get("/assets/app-2.js").await;
    assert!(!header(&missing, "cache-control").contains("immutable"));
    problem(missing, 404, "not_found").await;
}
