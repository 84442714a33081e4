use std::time::Duration;

use axum::body::Body;
use axum::routing::{get, post};
use http::Request;
use http::header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, RETRY_AFTER};
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::config::load_from;

#[derive(serde::Deserialize)]
struct Settings {
    http: HttpSettings,
}

async fn panics() -> &'static str {
    panic!("secret relation \"x\"")
}

fn router(requests_max: usize) -> Router {
    let settings: Settings = load_from(
        "test",
        &format!(
            "[http]\nrequests_max = {requests_max}\nrequest_timeout_ms = 100\nbody_limit_bytes = 10"
        ),
        [],
    )
    .unwrap();
    let router = Router::new()
        .route("/ok/{id}", get(|| async { "ok" }).post(|| async { "ok" }))
        .route(
            "/public",
            get(|| async { ([(CACHE_CONTROL, "public, max-age=60")], "ok") }),
        )
        .route("/panic", get(panics))
        .route("/slow", get(|| tokio::time::sleep(Duration::from_secs(5))))
        .route(
            "/busy",
            get(|| tokio::time::sleep(Duration::from_millis(50))),
        )
        .route("/long", get(|| async { "a".repeat(1000) }))
        .route(
            "/body",
            post(|body: bytes::Bytes| async move { body.len().to_string() }),
        )
        .route(
            "/broken",
            get(|| async { Problem::internal(std::io::Error::other("the password is x")) }),
        );
    apply(router, &settings.http, "test")
}

async fn call(request: Request<Body>) -> (Response, Value) {
    split(router(10).oneshot(request).await.unwrap()).await
}

async fn split(response: Response) -> (Response, Value) {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 100_000).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let value = serde_json::from_slice(&bytes).unwrap_or(Value::String(text));
    (Response::from_parts(parts, Body::empty()), value)
}

async fn get_path(path: &str) -> (Response, Value) {
    call(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_valid_request_id_is_kept_and_another_replaced() {
    for (given, kept) in [
        (Some("abc-123".to_owned()), true),
        (Some("a".repeat(64)), true),
        (Some("a".repeat(65)), false),
        (Some("a b".to_owned()), false),
        (None, false),
    ] {
        let mut request = Request::get("/missing");
        if let Some(id) = &given {
            request = request.header(REQUEST_ID, id);
        }
        let (response, body) = call(request.body(Body::empty()).unwrap()).await;
        let id = response.headers()[REQUEST_ID].to_str().unwrap();
        assert_eq!(given.as_deref() == Some(id), kept, "{given:?}");
        assert_eq!(body["request_id"], id);
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let (response, body) = get_path("/metrics").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(body["code"], "not_found");
    for method in ["PUT", "TRACE", "PROPFIND"] {
        let request = Request::builder()
            .method(method)
            .uri("/ok/1")
            .body(Body::empty());
        let (response, body) = call(request.unwrap()).await;
        assert_eq!(
            response.status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "{method}"
        );
        assert_eq!(response.headers()[ALLOW], "GET,HEAD,POST", "{method}");
        assert_eq!(body["code"], "method_not_allowed");
    }
}

#[tokio::test]
async fn neither_a_panic_nor_a_source_is_shown() {
    for path in ["/panic", "/broken"] {
        let (response, body) = get_path(path).await;
        assert_eq!(
            response.status(),
            StatusCode::INTERNAL_SERVER_ERROR,
            "{path}"
        );
        assert_eq!(body["code"], "internal");
        let text = body.to_string();
        assert!(
            !text.contains("secret") && !text.contains("password"),
            "{text}"
        );
        assert!(response.extensions().get::<ErrorSource>().is_none());
    }
}

#[tokio::test]
async fn a_slow_answer_is_given_up() {
    let (response, body) = get_path("/slow").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body["code"], "deadline_exceeded");
    assert_eq!(response.headers()[RETRY_AFTER], "1");
}

#[tokio::test]
async fn more_requests_than_allowed_are_shed() {
    let router = router(2);
    let calls = (0..10).map(|_| {
        let request = Request::get("/busy").body(Body::empty()).unwrap();
        router.clone().oneshot(request)
    });
    let answers = futures::future::join_all(calls).await;
    let mut shed = 0;
    for answer in answers {
        let (response, body) = split(answer.unwrap()).await;
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(body["code"], "overloaded");
            assert_eq!(response.headers()[RETRY_AFTER], "1");
            shed += 1;
        }
    }
    assert_eq!(shed, 8);
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read() {
    let request = Request::post("/body")
        .body(Body::from("0123456789a"))
        .unwrap();
    let (response, _) = call(request).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn answers_are_private_unless_they_say_otherwise() {
    let (response, _) = get_path("/ok/1").await;
    assert_eq!(response.headers()[CACHE_CONTROL], "private, no-store");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let (response, _) = get_path("/public").await;
    assert_eq!(response.headers()[CACHE_CONTROL], "public, max-age=60");
}

#[tokio::test]
async fn long_answers_are_compressed_and_problems_stay_readable() {
    let request = Request::get("/long").header(ACCEPT_ENCODING, "gzip");
    let (response, _) = call(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
    let request = Request::get("/missing").header(ACCEPT_ENCODING, "identity");
    let (response, body) = call(request.body(Body::empty()).unwrap()).await;
    assert!(response.headers().get(CONTENT_ENCODING).is_none());
    assert!(body["request_id"].is_string());
}

#[tokio::test]
async fn requests_are_measured_by_route_and_not_by_path() {
    let metrics = crate::telemetry::metrics_handle().unwrap();
    for path in ["/ok/123456", "/elsewhere/123456"] {
        get_path(path).await;
    }
    let text = metrics.render();
    assert!(text.contains(r#"route="/ok/{id}""#), "{text}");
    assert!(text.contains(r#"route="none""#));
    assert!(!text.contains("123456"));
}
