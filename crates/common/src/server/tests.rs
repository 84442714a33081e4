use std::time::Instant;

use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::*;
use crate::config::load_from;
use crate::extract::read_body;
use crate::layers;

#[derive(serde::Deserialize)]
struct Settings {
    http: HttpSettings,
}

struct Running {
    address: SocketAddr,
    ops: SocketAddr,
    readiness: Readiness,
    stop: CancellationToken,
    server: JoinSet<anyhow::Result<()>>,
}

async fn start(settings: &str) -> Running {
    let defaults =
        format!("[http]\naddress = \"127.0.0.1:0\"\nops_address = \"127.0.0.1:0\"\n{settings}");
    let settings: Settings = load_from("test", &defaults, []).unwrap();
    let router = Router::new()
        .route("/", get(|| async { "ok" }))
        .route(
            "/slow",
            get(|| async {
                tokio::time::sleep(Duration::from_millis(400)).await;
                "slow"
            }),
        )
        .route("/stuck", get(|| tokio::time::sleep(Duration::from_mins(1))))
        .route(
            "/body",
            post(|request: axum::extract::Request| async {
                read_body(request).await.map(|body| body.len().to_string())
            }),
        );
    let router = layers::apply(router, &settings.http, "test");
    let readiness = Readiness::new();
    let server = Server::bind(&settings.http).unwrap();
    let (address, ops) = (server.address(), server.ops_address());
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(server.run(router, readiness.clone(), stop.clone()));
    while readiness.state() == State::Starting {
        tokio::task::yield_now().await;
    }
    Running {
        address,
        ops,
        readiness,
        stop,
        server: tasks,
    }
}

/// Sends `bytes` and reads until the server closes.
async fn talk(address: SocketAddr, bytes: &str) -> (String, Duration) {
    let start = Instant::now();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset counts as closed.
    let _end = stream.read_to_end(&mut answer).await;
    (
        String::from_utf8_lossy(&answer).into_owned(),
        start.elapsed(),
    )
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn serves_requests_and_stops() {
    let mut running = start("drain_ms = 0").await;
    let (answer, _) = talk(running.address, &request("/")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.stop.cancel();
    running.server.join_next().await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn a_late_head_closes_the_connection_long_before_an_idle_one() {
    let running = start("header_timeout_ms = 200\nidle_timeout_ms = 900").await;
    let (_, late) = talk(running.address, "GET / HTTP/1.1\r\nHost: x\r\n").await;
    assert!((150..600).contains(&millis(late)), "{late:?}");
    let (_, idle) = talk(running.address, "").await;
    assert!((800..1500).contains(&millis(idle)), "{idle:?}");
    // A second request on a kept connection has its own deadline.
    let (answer, late) = talk(
        running.address,
        "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(millis(late) < 1500, "{late:?}");
}

#[tokio::test]
async fn a_late_body_is_408() {
    let running = start("body_timeout_ms = 200").await;
    let half = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345";
    let (answer, elapsed) = talk(running.address, half).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("body_timeout"), "{answer}");
    assert!(millis(elapsed) < 1500, "{elapsed:?}");
    let whole = format!("{half}67890").replace("Host: x", "Host: x\r\nConnection: close");
    assert!(talk(running.address, &whole).await.0.ends_with("10"));
}

#[tokio::test]
async fn ambiguous_requests_are_refused() {
    let running = start("").await;
    for head in [
        "Content-Length: 1\r\nContent-Length: 2",
        "Transfer-Encoding : chunked",
        "Content-Length: +1",
        "Bad Header: x",
    ] {
        let bytes = format!("POST /body HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\nab");
        let (answer, _) = talk(running.address, &bytes).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{head}: {answer}");
    }
}

#[tokio::test]
async fn connections_over_the_cap_wait_for_their_turn() {
    let running = start("connections_max = 1\nidle_timeout_ms = 300").await;
    let held = TcpStream::connect(running.address).await.unwrap();
    let (answer, elapsed) = talk(running.address, &request("/")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(millis(elapsed) >= 200, "{elapsed:?}");
    drop(held);
}

#[tokio::test]
async fn a_stop_lets_requests_under_way_finish() {
    let mut running = start("drain_ms = 100").await;
    let address = running.address;
    let mut calls = JoinSet::new();
    calls.spawn(async move { talk(address, &request("/slow")).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let stopped = Instant::now();
    running.stop.cancel();
    tokio::time::sleep(Duration::from_millis(30)).await;
    // Not ready any more, but still serving.
    assert_eq!(running.readiness.state(), State::Draining);
    assert!(
        talk(running.ops, &request("/readyz"))
            .await
            .0
            .starts_with("HTTP/1.1 503")
    );
    assert!(
        talk(address, &request("/"))
            .await
            .0
            .starts_with("HTTP/1.1 200")
    );
    let (answer, _) = calls.join_next().await.unwrap().unwrap();
    assert!(answer.ends_with("slow"), "{answer}");
    running.server.join_next().await.unwrap().unwrap().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn what_the_system_has_taken_for_us_is_answered_before_the_listener_closes() {
    let mut running = start("drain_ms = 0\nconnections_max = 1").await;
    let address = running.address;
    let mut calls = JoinSet::new();
    calls.spawn(async move { talk(address, &request("/slow")).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    // The one place is taken: these wait in the system's queue, their requests sent.
    for _ in 0..30 {
        calls.spawn(async move { talk(address, &request("/")).await });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    // One that says nothing holds nobody up.
    let silent = TcpStream::connect(address).await.unwrap();
    running.stop.cancel();
    let stopped = Instant::now();
    for (answer, _) in calls.join_all().await {
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
    }
    running.server.join_next().await.unwrap().unwrap().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(5));
    drop(silent);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_could_connect_is_answered_while_the_service_stops() {
    const CLIENTS: usize = 32;
    for _round in 0..3 {
        let mut running = start("drain_ms = 20").await;
        let address = running.address;
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            clients.spawn(async move {
                let mut answers = 0;
                while let Ok(mut stream) = TcpStream::connect(address).await {
                    stream.write_all(request("/").as_bytes()).await.unwrap();
                    let mut answer = Vec::new();
                    stream.read_to_end(&mut answer).await.unwrap();
                    assert!(answer.starts_with(b"HTTP/1.1 200"));
                    answers += 1;
                }
                answers
            });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        running.stop.cancel();
        running.server.join_next().await.unwrap().unwrap().unwrap();
        let answers = clients.join_all().await;
        assert!(answers.iter().sum::<usize>() >= CLIENTS, "{answers:?}");
    }
}

#[tokio::test]
async fn what_does_not_finish_is_cut_off() {
    let mut running = start("drain_ms = 0\ndrain_hard_ms = 100").await;
    let address = running.address;
    let mut calls = JoinSet::new();
    calls.spawn(async move { talk(address, &request("/stuck")).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    running.stop.cancel();
    let stopped = Instant::now();
    running.server.join_next().await.unwrap().unwrap().unwrap();
    assert!(
        stopped.elapsed() < Duration::from_secs(2),
        "{:?}",
        stopped.elapsed()
    );
}

#[tokio::test]
async fn readiness_shows_dependencies_and_does_not_depend_on_them() {
    let running = start("").await;
    running
        .readiness
        .add_probe(Probe::new("here", || async { Ok(()) }));
    running
        .readiness
        .add_probe(Probe::new("gone", || async { anyhow::bail!("no") }));
    let (answer, _) = talk(running.ops, &request("/readyz")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.ends_with(r#"{"state":"ready","dependencies":{"gone":"down","here":"up"}}"#),
        "{answer}"
    );
    running.readiness.set_schema_behind(true);
    let (answer, _) = talk(running.ops, &request("/readyz")).await;
    assert!(
        answer.starts_with("HTTP/1.1 503") && answer.contains("schema_behind"),
        "{answer}"
    );
    assert!(
        talk(running.ops, &request("/livez"))
            .await
            .0
            .starts_with("HTTP/1.1 200")
    );
    assert!(
        talk(running.ops, &request("/metrics"))
            .await
            .0
            .contains("techmart_")
    );
    assert!(
        talk(running.address, &request("/metrics"))
            .await
            .0
            .starts_with("HTTP/1.1 404")
    );
}

#[tokio::test]
async fn a_taken_address_is_an_error_that_names_the_setting() {
    let running = start("").await;
    let defaults = format!("[http]\naddress = \"{}\"", running.address);
    let settings: Settings = load_from("test", &defaults, []).unwrap();
    let error = format!("{:#}", Server::bind(&settings.http).unwrap_err());
    assert!(
        error.contains("HTTP__ADDRESS") && error.contains("in use"),
        "{error}"
    );
}
