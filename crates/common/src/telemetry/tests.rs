use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http::Request;
use opentelemetry::trace::{SpanId, Status, TraceId, TracerProvider as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SimpleSpanProcessor, SpanData};
use secrecy::SecretString;
use serde_json::Value;
use tower::ServiceExt;
use tracing_subscriber::filter::LevelFilter;

use super::*;
use crate::config::{HttpSettings, Plumbing, load_from};
use crate::extract::read_body;
use crate::{Problem, layers};

#[derive(serde::Deserialize)]
struct Settings {
    http: HttpSettings,
}

const CANARY: &str = "c4n4ry";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// What was recorded of one test: each has a trace of its own.
struct Recorded {
    lines: Vec<Value>,
    text: String,
}

/// The spans of all tests, in the process's one provider.
fn spans() -> (&'static SdkTracerProvider, &'static InMemorySpanExporter) {
    static ALL: OnceLock<(SdkTracerProvider, InMemorySpanExporter)> = OnceLock::new();
    let (provider, exporter) = ALL.get_or_init(|| {
        let exporter = InMemorySpanExporter::default();
        let processor = SimpleSpanProcessor::new(exporter.clone());
        let provider = traces::recording(Some(1.0), Resource::builder_empty().build(), processor);
        opentelemetry::global::set_tracer_provider(provider.clone());
        (provider, exporter)
    });
    (provider, exporter)
}

fn spans_of(trace: &str) -> Vec<SpanData> {
    let trace = TraceId::from_hex(trace).unwrap();
    let finished = spans().1.get_finished_spans().unwrap();
    let of_trace = finished.into_iter();
    of_trace
        .filter(|span| span.span_context.trace_id() == trace)
        .collect()
}

/// Runs `work` with JSON logs and recorded traces.
async fn recorded(work: impl Future<Output = ()>) -> Recorded {
    let text = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&text);
    let json = json::JsonLayer::with_writer("test", move |line| {
        written.lock().unwrap().extend_from_slice(line);
    });
    let asked = Environment {
        traces: true,
        ..Environment::default()
    };
    let subscriber = tracing_subscriber::registry()
        .with(traces::layers(spans().0, &asked))
        .with(json.with_filter(LevelFilter::INFO));
    {
        let _guard = tracing::subscriber::set_default(subscriber);
        work.await;
    }
    let text = String::from_utf8(text.lock().unwrap().clone()).unwrap();
    let lines = text.lines();
    Recorded {
        lines: lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        text,
    }
}

/// What is recorded of one request.
async fn asked(request: Request<Body>) -> Recorded {
    let settings: Settings = load_from("test", "", []).unwrap();
    let router = Router::new().route(
        "/notes/{id}",
        post(|request: axum::extract::Request| async {
            let secret = SecretString::from(CANARY);
            tracing::info!(note.lines = 3, key = ?secret, "wrote a note");
            let span = ClientSpan::http("POST", Some("pay.test"), || "/v1/notes/{id}".to_owned());
            assert_eq!(span.headers()["traceparent"].to_str().unwrap().len(), 55);
            span.answered(402);
            drop(span);
            // As sqlx tells of a statement.
            tracing::debug!(
                target: "sqlx::query",
                summary = "select n.id from notes.note …",
                db.statement = "select n.id\n from notes.note n\n where n.id = $1",
                rows_affected = 0_u64, rows_returned = 2_u64, elapsed_secs = 0.001,
            );
            match read_body(request).await {
                Ok(_) => Problem::internal(std::io::Error::other("disk full")),
                Err(problem) => problem,
            }
        }),
    );
    let router = layers::apply(router, &settings.http, "test");
    recorded(async {
        router.oneshot(request).await.unwrap();
    })
    .await
}

fn request() -> http::request::Builder {
    Request::post(format!("/notes/1?token={CANARY}"))
        .header("authorization", format!("Bearer {CANARY}"))
        .header("cookie", format!("session={CANARY}"))
        .header("x-request-id", "r-1")
}

fn traced(trace: &str) -> http::request::Builder {
    request().header("traceparent", format!("00-{trace}-{PARENT}-01"))
}

#[tokio::test]
async fn lines_are_flat_and_carry_the_trace_and_the_request() {
    let recorded = asked(traced(TRACE).body(Body::from(CANARY)).unwrap()).await;
    let lines = recorded.lines;
    let messages: Vec<_> = lines
        .iter()
        .map(|line| line["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages, ["wrote a note", "request failed", "answered"]);
    for line in &lines {
        assert_eq!(line["request_id"], "r-1");
        assert_eq!(line["trace_id"], TRACE);
        assert_eq!(line["http.route"], "/notes/{id}");
        assert_eq!(line["http.request.method"], "POST");
        assert_eq!(line["service"], "test");
    }
    assert_eq!(lines[0]["note.lines"], 3);
    assert_eq!(lines[1]["level"], "ERROR");
    assert_eq!(lines[1]["error"], "disk full");
    assert_eq!(lines[2]["http.response.status_code"], 500);
    assert!(lines[2]["duration_ms"].is_u64());
}

#[tokio::test]
async fn a_request_without_a_trace_begins_one() {
    let lines = asked(request().body(Body::empty()).unwrap()).await.lines;
    let trace = lines[0]["trace_id"].as_str().unwrap();
    assert_eq!(trace.len(), 32);
    assert_ne!(trace, "0".repeat(32));
}

#[tokio::test]
async fn a_request_is_a_span_of_the_callers_trace_with_its_calls_below() {
    const TRACE: &str = "11111111111111111111111111111111";
    asked(traced(TRACE).body(Body::empty()).unwrap()).await;
    let spans = spans_of(TRACE);
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    assert_eq!(spans.len(), 3, "{spans:?}");
    let server = named("POST /notes/{id}");
    assert_eq!(server.parent_span_id, SpanId::from_hex(PARENT).unwrap());
    assert!(matches!(server.status, Status::Error { .. }));
    for name in ["POST /v1/notes/{id}", "select notes.note"] {
        let call = named(name);
        assert_eq!(call.parent_span_id, server.span_context.span_id(), "{name}");
    }
    let keys: Vec<_> = server
        .attributes
        .iter()
        .map(|pair| pair.key.as_str())
        .collect();
    for key in [
        "http.request.method",
        "http.route",
        "http.response.status_code",
    ] {
        assert!(keys.contains(&key), "{key} is not among {keys:?}");
    }
}

#[tokio::test]
async fn secrets_are_nowhere() {
    const TRACE: &str = "22222222222222222222222222222222";
    let metrics = metrics_handle().unwrap();
    let recorded = asked(traced(TRACE).body(Body::from(CANARY)).unwrap()).await;
    assert!(recorded.text.contains("REDACTED"), "{}", recorded.text);
    let spans = format!("{:?}", spans_of(TRACE));
    assert!(spans.contains("/notes/{id}"));
    let metrics = metrics.render();
    assert!(metrics.contains("techmart_http_request_duration_seconds"));
    for (what, told) in [
        ("logs", recorded.text),
        ("traces", spans),
        ("metrics", metrics),
    ] {
        assert!(!told.contains(CANARY), "{what}: {told}");
    }
}

#[tokio::test]
async fn the_line_of_a_job_that_failed_leads_to_its_trace() {
    let recorded = recorded(async {
        let jobs = Jobs::new();
        let hour = Duration::from_hours(1);
        jobs.every("fails", hour, || async { anyhow::bail!("no") });
        jobs.every("panics", hour, || async { panic!("on purpose") });
        // Begun within a request.
        let request = tracing::info_span!("request", trace_id = TRACE);
        request.in_scope(|| jobs.spawn("dies", async { panic!("on purpose") }));
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(jobs.shutdown(Duration::from_secs(1)).await);
    })
    .await;
    for (job, error) in [
        ("fails", "no"),
        ("panics", "panic: on purpose"),
        ("dies", "on purpose"),
    ] {
        let line = recorded.lines.iter().find(|line| line["job"] == job);
        let line = line.unwrap_or_else(|| panic!("no line of {job}"));
        assert!(line["error"].as_str().unwrap().contains(error), "{line}");
        let trace = line["trace_id"].as_str().unwrap();
        assert_eq!(trace.len(), 32, "{line}");
        if job != "dies" {
            let spans = spans_of(trace);
            let names: Vec<_> = spans.iter().map(|span| span.name.as_ref()).collect();
            assert_eq!(names, [format!("job {job}")]);
            assert!(matches!(spans[0].status, Status::Error { .. }));
        }
    }
}

#[tokio::test]
async fn a_look_that_found_nothing_leaves_no_trace_and_one_that_did_something_does() {
    let statement = |rows: u64| {
        tracing::debug!(
            target: "sqlx::query", summary = "select queue.claim_v1()", rows_returned = rows
        );
    };
    let look = |work: &dyn Fn()| {
        let span = runs::look("test");
        let trace = {
            use opentelemetry::trace::TraceContextExt as _;
            use tracing_opentelemetry::OpenTelemetrySpanExt as _;
            span.context().span().span_context().trace_id().to_string()
        };
        span.in_scope(work);
        trace
    };
    let mut traces = Vec::new();
    recorded(async {
        traces.push(look(&|| statement(0)));
        traces.push(look(&|| statement(1)));
        traces.push(look(&|| runs::failed(&tracing::Span::current())));
    })
    .await;
    let names = |trace: &String| {
        let mut names: Vec<_> = spans_of(trace)
            .iter()
            .map(|span| span.name.to_string())
            .collect();
        names.sort();
        names
    };
    let names: Vec<_> = traces.iter().map(names).collect();
    assert_eq!(names[0], [] as [&str; 0]);
    assert_eq!(names[1], ["job test", "select queue.claim_v1"]);
    assert_eq!(names[2], ["job test"]);
}

#[tokio::test]
async fn a_hint_leads_back_to_the_span_that_gave_it() {
    let mut cause = None;
    let mut given = None;
    recorded(async {
        let mut wakeups = crate::redis::Wakeups::local();
        let span = work("giver");
        span.in_scope(|| {
            given = context::traceparent();
            wakeups.waker().wake();
        });
        wakeups.wait(Duration::from_secs(5)).await;
        cause = wakeups.take_cause();
        assert!(wakeups.take_cause().is_none());
    })
    .await;
    let given = context::read_traceparent(&given.unwrap()).unwrap();
    assert_eq!(cause.unwrap().span_id(), given.span_id());
    assert!(context::read_traceparent("1").is_none());
}

#[test]
fn without_an_exporter_nothing_is_recorded() {
    use opentelemetry::trace::{Span as _, Tracer as _};
    let span = traces::silent().tracer("test").start("x");
    assert!(span.span_context().trace_id() != TraceId::INVALID);
    assert!(!span.is_recording());
}

#[test]
fn a_filter_that_cannot_be_read_ends_the_start_and_is_named() {
    let filter = ("TECHMART__LOG__FILTER", "info,[request]=debug");
    let filter = (filter.0.to_owned(), filter.1.to_owned());
    let plumbing: Plumbing = load_from("test", "", [filter]).unwrap();
    let error = init("test", &plumbing.log, &plumbing.cloudwatch).unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        "log.filter: `info,[request]=debug` cannot be read: `[request]` is neither a level nor a target; \
         spans, fields and patterns cannot be filtered by"
    );
}
