//! A relay in front of the payment simulator that can lose requests and answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use common::jobs::Jobs;
use http::{Method, StatusCode};
use serde_json::json;

/// What the relay does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It arrives, and its answer does not come.
    LostAnswer,
    /// It does not arrive, and its answer does not come.
    LostRequest,
    /// It does not arrive; the answer is a failure of the provider.
    Failure,
    /// It arrives; the answer is a failure of the provider.
    FailureAfter,
    /// It is turned away.
    TurnedAway,
    /// The bank wants the shopper's confirmation, and never gets it.
    NeedsConfirmation,
}

/// A running relay.
#[derive(Debug, Clone)]
pub(crate) struct Relay {
    target: String,
    client: reqwest::Client,
    fault: Arc<AtomicU8>,
    creations: Arc<AtomicUsize>,
    looks: Arc<AtomicUsize>,
}

impl Relay {
    /// Starts a relay; answers it and its address.
    pub(crate) async fn start(target: &str, jobs: &Jobs) -> (Self, String) {
        let relay = Self {
            target: target.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            fault: Arc::new(AtomicU8::new(Fault::None as u8)),
            creations: Arc::default(),
            looks: Arc::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(forward).with_state(relay.clone());
        jobs.spawn("relay", async move {
            axum::serve(listener, router).await.unwrap();
        });
        (relay, address)
    }

    /// From now on every request meets this fault.
    pub(crate) fn set(&self, fault: Fault) {
        self.fault.store(fault as u8, Ordering::SeqCst);
    }

    /// How many requests asked for a new payment.
    pub(crate) fn creations(&self) -> usize {
        self.creations.load(Ordering::SeqCst)
    }

    /// How many requests asked about a payment method.
    pub(crate) fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault.load(Ordering::SeqCst) == fault as u8
    }
}

async fn forward(State(relay): State<Relay>, request: Request) -> Response {
    if request.method() == Method::POST && request.uri().path() == "/v1/payment_intents" {
        relay.creations.fetch_add(1, Ordering::SeqCst);
    }
    if request.method() == Method::GET && request.uri().path().starts_with("/v1/payment_methods/") {
        relay.looks.fetch_add(1, Ordering::SeqCst);
    }
    let long = Duration::from_mins(1);
    if relay.is(Fault::LostRequest) {
        tokio::time::sleep(long).await;
    }
    if relay.is(Fault::Failure) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    if relay.is(Fault::TurnedAway) {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    if relay.is(Fault::NeedsConfirmation) {
        let status = if request.uri().path().ends_with("/cancel") {
            "canceled"
        } else {
            "requires_action"
        };
        let intent = json!({"id": "pi_1", "status": status, "client_secret": "pi_1_secret_2"});
        return Body::from(intent.to_string()).into_response();
    }
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let answer = relay
        .client
        .request(parts.method, format!("{}{path}", relay.target))
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let bytes = answer.bytes().await.unwrap();
    if relay.is(Fault::LostAnswer) {
        tokio::time::sleep(long).await;
    }
    if relay.is(Fault::FailureAfter) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    (status, Body::from(bytes)).into_response()
}
