//! An integrator's server, written from the specification of Standard Webhooks alone.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::jobs::Jobs;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

/// A message as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) answered: u16,
}

type Answers = Arc<dyn Fn(&Received) -> Response + Send + Sync>;

/// A server that keeps what it gets.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    got: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Receiver {
    /// One that takes everything.
    pub(crate) async fn open(jobs: &Jobs) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let ok: Answers = Arc::new(|_| StatusCode::NO_CONTENT.into_response());
        let receiver = Self {
            url: format!("http://127.0.0.1:{port}/hooks"),
            got: Arc::default(),
            answers: Arc::new(Mutex::new(ok)),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        let stop = jobs.stopping();
        jobs.spawn("receiver", async move {
            tokio::select! {
                served = async { axum::serve(listener, router).await } => served.expect("it serves"),
                () = stop.cancelled() => {}
            }
        });
        receiver
    }

    /// From now on it answers so.
    pub(crate) fn answer(&self, answers: impl Fn(&Received) -> Response + Send + Sync + 'static) {
        *self.answers.lock().expect("a lock") = Arc::new(answers);
    }

    /// From now on it answers with this status.
    pub(crate) fn answer_with(&self, status: u16) {
        let status = StatusCode::from_u16(status).expect("a status");
        self.answer(move |_| status.into_response());
    }

    /// All that came, in order.
    pub(crate) fn got(&self) -> Vec<Received> {
        self.got.lock().expect("a lock").clone()
    }
}

async fn take(State(server): State<Receiver>, _: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut received = Received {
        headers,
        body,
        answered: 0,
    };
    let answers = Arc::clone(&server.answers.lock().expect("a lock"));
    let response = answers(&received);
    received.answered = response.status().as_u16();
    server.got.lock().expect("a lock").push(received);
    response
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value: Option<&HeaderValue> = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }

    /// Whether a signature of the message was made with this secret: the content is `id.timestamp.body`, the key is what
    /// stands behind `whsec_` in base 64, the list is parted by spaces, each entry has its version before a comma.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let encoded = secret.strip_prefix("whsec_").expect("the prefix");
        let key = STANDARD.decode(encoded).expect("base 64");
        assert!((24..=64).contains(&key.len()), "the length of keys");
        let mut content = format!(
            "{}.{}.",
            self.header("webhook-id"),
            self.header("webhook-timestamp")
        )
        .into_bytes();
        content.extend_from_slice(&self.body);
        let expected = STANDARD.encode(hmac_sha256(&key, &content));
        let signatures = self.header("webhook-signature").split(' ');
        signatures
            .filter_map(|one| one.strip_prefix("v1,"))
            .any(|one| one == expected)
    }
}

/// RFC 2104.
fn hmac_sha256(key: &[u8], content: &[u8]) -> [u8; 32] {
    assert!(key.len() <= 64, "longer keys are hashed first");
    let padded = |filler: u8| {
        let mut block = [filler; 64];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        block
    };
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(content)
        .finalize();
    Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

#[test]
fn the_hash_is_that_of_rfc_4231() {
    let hash = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
    assert_eq!(
        STANDARD.encode(hash),
        "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
    );
}
