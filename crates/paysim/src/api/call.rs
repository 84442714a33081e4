//! The way of a call: key, parameters, idempotency, transaction, disk, answer.

use std::{sync::Arc, time::Duration};

use axum::{
    RequestExt,
    body::{Body, to_bytes},
    extract::{RawPathParams, Request},
    response::Response,
};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use super::{
    auth::{self, Access, KeyKind},
    edge::RequestId,
    expand::expand,
};
use crate::{
    app::App,
    error::ApiError,
    faults::Spoiled,
    form::{self, Params},
    idempotency::{self, Answer},
    journal::Broken,
    model::API_VERSION,
    state::{Record, State},
    store::{Cause, Tx},
};

const BODY_MAX: usize = 256 * 1024;
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A call that may go on.
struct Call {
    request: String,
    /// The `{id}` of the path, if it has one.
    id: String,
    params: Params,
    expand: Vec<String>,
    key: Option<Key>,
    /// The error that is kept as its answer, on purpose.
    spoiled: Option<StatusCode>,
}

/// An idempotency key in use.
struct Key {
    shown: String,
    scoped: String,
    fingerprint: String,
}

/// The result of a transaction under a key.
struct Outcome {
    status: StatusCode,
    body: Value,
    /// Id of the first request, when this is its result once more.
    original: Option<String>,
}

/// Answers a call that changes something.
pub(super) async fn write(
    app: &Arc<App>,
    request: Request,
    access: Access,
    run: impl FnOnce(&mut Tx<'_>, &str, Params) -> Result<Value, ApiError>,
) -> Response {
    let mut call = match Call::read(app, request, access).await {
        Ok(call) => call,
        Err(error) => return refusal(&error),
    };
    let key = call.key.take();
    let guard = key
        .as_ref()
        .map(|key| app.running.enter(&key.scoped, &key.shown))
        .transpose();
    let _guard = match guard {
        Ok(guard) => guard,
        Err(error) => return with_key(refusal(&error), key.as_ref()),
    };
    let cause = Cause {
        request: Some(call.request.clone()),
        idempotency_key: key.as_ref().map(|key| key.shown.clone()),
        deliver: app.webhook().is_some(),
    };
    let written = app
        .store
        .write(cause, |tx| execute(tx, call, key.as_ref(), run));
    let outcome = match written {
        Ok((outcome, seq)) => app.store.durable(seq).await.map(|()| outcome),
        Err(broken) => Err(broken),
    };
    let Ok(outcome) = outcome else {
        return refusal(&ApiError::internal());
    };
    app.outbox_wake.notify_one();
    app.settle_wake.notify_one();
    with_key(outcome.response(), key.as_ref())
}

/// Runs a transaction that no API request asked for, and waits until it is on disk.
pub(super) async fn commit<T>(
    app: &App,
    run: impl FnOnce(&mut Tx<'_>) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let cause = Cause {
        deliver: app.webhook().is_some(),
        ..Cause::default()
    };
    let written = app.store.write(cause, run);
    let outcome = settled(app, written)
        .await
        .map_err(|Broken| ApiError::internal())?;
    app.outbox_wake.notify_one();
    app.settle_wake.notify_one();
    outcome
}

/// Answers a call that only looks.
pub(super) async fn read(
    app: &Arc<App>,
    request: Request,
    access: Access,
    run: impl FnOnce(&State, &str, Params) -> Result<Value, ApiError>,
) -> Response {
    let Call {
        id,
        params,
        expand: paths,
        ..
    } = match Call::read(app, request, access).await {
        Ok(call) => call,
        Err(error) => return refusal(&error),
    };
    let found = app.store.read(|state| {
        let mut value = run(state, &id, params)?;
        expand(state, &mut value, &paths)?;
        Ok(value)
    });
    match settled(app, found).await {
        Ok(Ok(value)) => json(StatusCode::OK, &value),
        Ok(Err(error)) => refusal(&error),
        Err(Broken) => refusal(&ApiError::internal()),
    }
}

/// Waits until what was read is on disk.
pub(super) async fn settled<T>(app: &App, read: Result<(T, u64), Broken>) -> Result<T, Broken> {
    let (value, seq) = read?;
    app.store.durable(seq).await?;
    Ok(value)
}

/// An error as an answer.
pub(crate) fn refusal(error: &ApiError) -> Response {
    let mut response = json(error.status, &error.body());
    if error.status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"Stripe\"");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

impl Call {
    async fn read(app: &App, mut request: Request, access: Access) -> Result<Self, ApiError> {
        let kind = auth::check(request.headers(), &app.config, access)?;
        let id = path_id(&mut request).await?;
        let spoiled = request.extensions().get().map(|Spoiled(status)| *status);
        let request_id = request.extensions().get().map(|RequestId(id)| id.clone());
        let key = request.headers().get("idempotency-key").cloned();
        let (path, method) = (request.uri().path().to_owned(), request.method().clone());
        let bytes = parameters(request).await?;
        let mut nodes = form::decode(&bytes)?;
        let key = match key.filter(|_| method == Method::POST) {
            None => None,
            Some(key) => {
                let shown = key.to_str().unwrap_or_default().to_owned();
                idempotency::check_key(&shown)?;
                Some(Key {
                    scoped: format!("{}:{shown}", kind.scope()),
                    fingerprint: idempotency::fingerprint(&app.config.secret_key, &path, &nodes),
                    shown,
                })
            }
        };
        // Stripe.js puts the key and facts about itself into the form.
        for name in [
            "key",
            "payment_user_agent",
            "referrer",
            "guid",
            "muid",
            "sid",
        ] {
            nodes.remove(name);
        }
        let mut params = Params::new(nodes).sent_by_browser(kind == KeyKind::Publishable);
        let expand = params.list("expand")?;
        Ok(Self {
            request: request_id.unwrap_or_default(),
            id,
            params,
            expand,
            key,
            spoiled,
        })
    }
}

impl Outcome {
    fn response(self) -> Response {
        let mut response = json(self.status, &self.body);
        if let Some(original) = self.original {
            let headers = response.headers_mut();
            headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
            if let Ok(original) = HeaderValue::from_str(&original) {
                headers.insert("original-request", original);
            }
        }
        response
    }
}

/// Runs a call or repeats its kept result.
fn execute(
    tx: &mut Tx<'_>,
    call: Call,
    key: Option<&Key>,
    run: impl FnOnce(&mut Tx<'_>, &str, Params) -> Result<Value, ApiError>,
) -> Outcome {
    if let Some(key) = key
        && let Some(kept) = tx.state.answers.find(&key.scoped, tx.now_ms)
    {
        if kept.fingerprint != key.fingerprint {
            let error = ApiError::idempotency_mismatch(&key.shown);
            return Outcome {
                status: error.status,
                body: error.body(),
                original: None,
            };
        }
        return Outcome {
            status: StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK),
            body: kept.body.clone(),
            original: Some(kept.request.clone()),
        };
    }
    let Call {
        request,
        id,
        params,
        expand: paths,
        spoiled,
        ..
    } = call;
    let result = run(tx, &id, params);
    let (status, body, keep) = match result {
        Ok(mut value) => match expand(tx.state, &mut value, &paths) {
            Ok(()) => (StatusCode::OK, value, true),
            // The change is made; the result must be kept for the retry.
            Err(error) => (error.status, error.body(), true),
        },
        Err(error) => (error.status, error.body(), error.executed),
    };
    let (status, body, keep) = match spoiled {
        Some(status) => (status, ApiError::faulty(status).body(), true),
        None => (status, body, keep),
    };
    if let Some(key) = key.filter(|_| keep) {
        tx.put(Record::Answer(Answer {
            key: key.scoped.clone(),
            fingerprint: key.fingerprint.clone(),
            at_ms: tx.now_ms,
            request,
            status: status.as_u16(),
            body: body.clone(),
        }));
    }
    Outcome {
        status,
        body,
        original: None,
    }
}

/// The first placeholder of the path, if it has one.
pub(super) async fn path_id(request: &mut Request) -> Result<String, ApiError> {
    match request.extract_parts::<RawPathParams>().await {
        Ok(params) => Ok(params
            .iter()
            .next()
            .map(|(_, id)| id.to_owned())
            .unwrap_or_default()),
        Err(_) => Err(ApiError::invalid("The path is not valid UTF-8.")),
    }
}

/// The raw parameters: the form body of a POST, the query of a GET.
pub(super) async fn parameters(request: Request) -> Result<Vec<u8>, ApiError> {
    if request.method() != Method::POST {
        return Ok(request
            .uri()
            .query()
            .unwrap_or_default()
            .as_bytes()
            .to_vec());
    }
    let form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| {
            kind.as_bytes()
                .to_ascii_lowercase()
                .starts_with(b"application/x-www-form-urlencoded")
        });
    let body = tokio::time::timeout(BODY_TIMEOUT, to_bytes(request.into_body(), BODY_MAX)).await;
    let bytes = match body {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            return Err(ApiError::invalid(format!(
                "The request body cannot be read or is larger than {BODY_MAX} bytes."
            ))
            .with_status(StatusCode::PAYLOAD_TOO_LARGE));
        }
        Err(_) => {
            return Err(
                ApiError::invalid("The request body did not arrive in time.")
                    .with_status(StatusCode::REQUEST_TIMEOUT),
            );
        }
    };
    if !form && !bytes.is_empty() {
        return Err(ApiError::invalid(
            "Invalid request (check that your POST content type is \
             application/x-www-form-urlencoded).",
        ));
    }
    Ok(bytes.to_vec())
}

fn with_key(mut response: Response, key: Option<&Key>) -> Response {
    if let Some(key) = key.and_then(|key| HeaderValue::from_str(&key.shown).ok()) {
        response.headers_mut().insert("idempotency-key", key);
    }
    response
}

/// JSON as an answer.
pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    // Indented, as Stripe's answers are.
    let mut response = Response::new(Body::from(format!("{body:#}\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-store"),
    );
    headers.insert("stripe-version", HeaderValue::from_static(API_VERSION));
    response
}
