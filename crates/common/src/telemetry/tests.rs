use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http::Request;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::config::{HttpSettings, load_from};
use crate::extract::read_body;
use crate::{Problem, layers};

#[derive(serde::Deserialize)]
struct Settings {
    http: HttpSettings,
}

const CANARY: &str = "c4n4ry";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// The log lines of one request.
async fn lines(request: Request<Body>) -> Vec<Value> {
    let text = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&text);
    let json = json::JsonLayer::with_writer("test", move |line| {
        written.lock().unwrap().extend_from_slice(line);
    });
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let provider = SdkTracerProvider::builder().build();
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(spans).with(json);
    let _guard = tracing::subscriber::set_default(subscriber);

    let settings: Settings = load_from("test", "", []).unwrap();
    let router = Router::new().route(
        "/notes/{id}",
        post(|request: axum::extract::Request| async {
            tracing::info!(note.lines = 3, "wrote a note");
            match read_body(request).await {
                Ok(_) => Problem::internal(std::io::Error::other("disk full")),
                Err(problem) => problem,
            }
        }),
    );
    let router = layers::apply(router, &settings.http, "test");
    router.oneshot(request).await.unwrap();
    let text = String::from_utf8(text.lock().unwrap().clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn request() -> http::request::Builder {
    Request::post(format!("/notes/1?token={CANARY}"))
        .header("authorization", format!("Bearer {CANARY}"))
        .header("x-request-id", "r-1")
}

#[tokio::test]
async fn lines_are_flat_and_carry_the_trace_and_the_request() {
    let traced = request().header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"));
    let lines = lines(traced.body(Body::from(CANARY)).unwrap()).await;
    let messages: Vec<_> = lines
        .iter()
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages, ["wrote a note", "request failed", "answered"]);
    for line in &lines {
        assert_eq!(line["request_id"], "r-1");
        assert_eq!(line["trace_id"], TRACE);
        assert_eq!(line["http.route"], "/notes/{id}");
        assert_eq!(line["service"], "test");
        assert!(!line.to_string().contains(CANARY), "{line}");
    }
    assert_eq!(lines[0]["note.lines"], 3);
    assert_eq!(lines[1]["level"], "ERROR");
    assert_eq!(lines[1]["error"], "disk full");
    assert_eq!(lines[2]["http.status"], 500);
    assert!(lines[2]["duration_ms"].is_u64());
}

#[tokio::test]
async fn a_request_without_a_trace_begins_one() {
    let lines = lines(request().body(Body::empty()).unwrap()).await;
    let trace = lines[0]["trace_id"].as_str().unwrap();
    assert_eq!(trace.len(), 32);
    assert_ne!(trace, "0".repeat(32));
}
