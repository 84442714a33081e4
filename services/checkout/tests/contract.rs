//! Every request of the payment adapter is one that Stripe accepts, judged by stripe-mock at
//! `TECHMART_TEST_STRIPE_MOCK`. `cargo xtask contract` runs it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot arrange its world has failed"
)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use checkout::Provider;
use checkout::config::{DEFAULTS, Settings};
use checkout::domain::state::CaptureMethod;
use checkout::provider::NewPayment;
use http::StatusCode;
use kernel::{AttemptId, CheckoutId, Currency, Money, OperationId, OrderId, UserId};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// One request and what stripe-mock says about it.
type Exchange = (String, StatusCode, String);

/// Stands between the adapter and stripe-mock, because the adapter keeps refusals to itself.
#[derive(Clone)]
struct Witness {
    target: String,
    client: reqwest::Client,
    seen: Arc<Mutex<Vec<Exchange>>>,
}

async fn forward(State(witness): State<Witness>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let what = format!("{} {path}", parts.method);
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let answer = witness
        .client
        .request(parts.method, format!("{}{path}", witness.target))
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    witness
        .seen
        .lock()
        .unwrap()
        .push((what, status, text.clone()));
    (status, Body::from(text)).into_response()
}

async fn witness(target: String, tasks: &mut JoinSet<()>) -> (Witness, String) {
    let witness = Witness {
        target,
        client: reqwest::Client::builder().no_proxy().build().unwrap(),
        seen: Arc::default(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(forward).with_state(witness.clone());
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (witness, address)
}

/// The adapter with the service's own settings, but for the address.
fn provider(address: &str) -> Provider {
    let key = "0".repeat(64);
    let variables = [
        ("DB__URL", "postgres://localhost/techmart"),
        ("ORDER_TOKEN__KEY", key.as_str()),
        ("PAYMENT__API_BASE", address),
        ("PAYMENT__SECRET_KEY", "sk_test_techmart"),
        ("PAYMENT__PUBLISHABLE_KEY", "pk_test_techmart"),
        ("PAYMENT__WEBHOOK_SECRET", "whsec_techmart"),
    ];
    let variables =
        variables.map(|(name, value)| (format!("TECHMART_CHECKOUT__{name}"), value.to_owned()));
    let settings: Settings = common::config::load_from("checkout", DEFAULTS, variables).unwrap();
    Provider::new(&settings.payment).unwrap()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "tests have no settings file")]
async fn stripe_accepts_every_request() {
    // The command that runs this says so when it cannot.
    let Ok(target) = std::env::var("TECHMART_TEST_STRIPE_MOCK") else {
        return;
    };
    let mut tasks = JoinSet::new();
    let (witness, address) = witness(target, &mut tasks).await;
    nonsense_is_refused(&witness).await;
    let provider = provider(&address);
    for capture_method in [CaptureMethod::Automatic, CaptureMethod::Manual] {
        for (customer, save_card) in [(None, false), (Some("cus_1"), false), (Some("cus_1"), true)]
        {
            let payment = NewPayment {
                attempt_id: AttemptId::generate(),
                order_id: OrderId::generate(),
                checkout_id: CheckoutId::generate(),
                amount: Money::new(1999, Currency::EUR).unwrap(),
                payment_method: "pm_card_visa",
                capture_method,
                customer,
                save_card,
            };
            provider.create(&payment).await;
        }
    }
    let operation = OperationId::generate;
    provider.retrieve("pi_1").await;
    provider.cancel("pi_1", "k".to_owned(), "abandoned").await;
    provider.capture("pi_1", 1500, operation()).await;
    provider.void("pi_1", operation()).await;
    provider.refund("pi_1", 500, operation()).await;
    provider.retrieve_refund("re_1").await;
    provider.list_refunds("pi_1").await;
    provider.retrieve_dispute("du_1").await;
    provider.customer(UserId::generate()).await;
    provider.payment_method("pm_1").await;
    provider.detach("pm_1").await;

    let seen = witness.seen.lock().unwrap();
    for (what, status, answer) in seen.iter() {
        assert!(status.is_success(), "{what} is refused: {answer}");
    }
    for name in requests_of_the_adapter() {
        let call = format!("provider.{name}(");
        assert!(
            include_str!("contract.rs").contains(&call),
            "the adapter can {name}, which is not tried: add a call to this test"
        );
    }
    tally(&seen);
}

/// A judge that accepts everything would be none.
async fn nonsense_is_refused(witness: &Witness) {
    let answer = witness
        .client
        .post(format!("{}/v1/refunds", witness.target))
        .bearer_auth("sk_test_techmart")
        .form(&[("payment_intent", "pi_1"), ("colour", "red")])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

/// The names of the adapter's functions that send something.
fn requests_of_the_adapter() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/provider");
    let mut names = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines() {
            if let Some(rest) = line.trim().strip_prefix("pub async fn ") {
                names.push(rest.split(['(', '<']).next().unwrap().to_owned());
            }
        }
    }
    assert!(!names.is_empty());
    names
}

/// Tells the command what was checked.
fn tally(seen: &[Exchange]) {
    let Some(path) = std::env::var_os("TECHMART_TEST_STRIPE_TALLY") else {
        return;
    };
    let mut file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    for (what, ..) in seen {
        file.write_all(format!("request {what}\n").as_bytes())
            .unwrap();
    }
}
