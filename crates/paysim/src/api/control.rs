//! `/_ctl`, for operators and tests: what goes wrong, and events sent again. Only this machine
//! may call it, and no browser.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::call::{self, commit, json as answer, path_id};
use crate::{
    app::App,
    domain::{confirm, intents},
    error::ApiError,
    faults::Faults,
    state::Record,
};

/// The address that a request came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The operator's paths.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route(
            "/_ctl/faults",
            get(list_faults)
                .post(add_faults)
                .put(replace_faults)
                .delete(reset_faults),
        )
        .route("/_ctl/webhooks/redeliver", post(redeliver))
        .route("/_ctl/webhooks/deliveries", get(deliveries))
        .route(
            "/_ctl/payment_intents/{id}/complete",
            post(async |app, request| authenticate(app, request, true).await),
        )
        .route(
            "/_ctl/payment_intents/{id}/fail",
            post(async |app, request| authenticate(app, request, false).await),
        )
        .route("/_ctl/payment_intents/{id}/expire", post(expire))
        .layer(middleware::from_fn(guard))
}

/// Lets only this machine in, and no page in a browser.
async fn guard(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>();
    let local = peer.is_some_and(|Peer(address)| address.ip().is_loopback());
    if local && !request.headers().contains_key(header::ORIGIN) {
        return next.run(request).await;
    }
    let error = ApiError::invalid("Only programs on the same machine may call this.");
    call::refusal(&error.with_status(StatusCode::FORBIDDEN))
}

async fn list_faults(State(app): State<Arc<App>>) -> Response {
    shown(&app)
}

async fn add_faults(State(app): State<Arc<App>>, body: Bytes) -> Response {
    match faults(&body) {
        Ok(faults) => {
            app.faults.add(faults);
            shown(&app)
        }
        Err(error) => call::refusal(&error),
    }
}

async fn replace_faults(State(app): State<Arc<App>>, body: Bytes) -> Response {
    match faults(&body) {
        Ok(faults) => {
            app.faults.replace(faults);
            shown(&app)
        }
        Err(error) => call::refusal(&error),
    }
}

async fn reset_faults(State(app): State<Arc<App>>) -> Response {
    app.faults.replace(Faults::default());
    StatusCode::NO_CONTENT.into_response()
}

fn shown(app: &App) -> Response {
    match serde_json::to_value(app.faults.list()) {
        Ok(faults) => answer(StatusCode::OK, &faults),
        Err(_) => call::refusal(&ApiError::internal()),
    }
}

fn faults(body: &[u8]) -> Result<Faults, ApiError> {
    let given: Value = read(body)?;
    let faults: Faults = read(body)?;
    faults.check().map_err(ApiError::invalid)?;
    let known = serde_json::to_value(&faults).unwrap_or_default();
    for list in ["requests", "webhooks"] {
        let rules = given[list].as_array().into_iter().flatten();
        for (rule, known) in rules.zip(known[list].as_array().into_iter().flatten()) {
            let mut names = rule.as_object().into_iter().flat_map(|rule| rule.keys());
            if let Some(name) = names.find(|name| known.get(name.as_str()).is_none()) {
                let message = format!("A rule in {list} has the unknown field {name}.");
                return Err(ApiError::invalid(message));
            }
        }
    }
    Ok(faults)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::invalid(format!("Invalid JSON: {error}")))
}

/// Which events are sent again. At least one field must be given; all that are must fit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// One event.
    event: Option<String>,
    /// Events about an object, for example an intent.
    object: Option<String>,
    /// Events of a type, or of a family of types such as `charge.*`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Every event.
    all: Option<bool>,
}

/// `POST /_ctl/webhooks/redeliver`: past events once more, whatever became of them.
async fn redeliver(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let wanted: Wanted = match read(&body) {
        Ok(wanted) => wanted,
        Err(error) => return call::refusal(&error),
    };
    let sent = commit(&app, |tx| {
        if app.webhook().is_none() {
            return Err(ApiError::invalid("No webhook endpoint is set."));
        }
        let all = wanted.all == Some(true);
        if !all && wanted.event.is_none() && wanted.object.is_none() && wanted.kind.is_none() {
            let message = "Say which events: event, object, type or all.";
            return Err(ApiError::invalid(message));
        }
        let events: Vec<String> = tx
            .state
            .events
            .rows()
            .iter()
            .filter(|event| {
                let about = |id: &String| event.object["id"] == **id;
                wanted.event.as_ref().is_none_or(|id| *id == event.id)
                    && wanted.object.as_ref().is_none_or(about)
                    && wanted
                        .kind
                        .as_ref()
                        .is_none_or(|kind| super::reads::matches(kind, &event.kind))
            })
            .map(|event| event.id.clone())
            .collect();
        for event in &events {
            let event = event.clone();
            tx.put(Record::Redelivery { event });
        }
        Ok(events.len())
    })
    .await;
    match sent {
        Ok(0) => {
            let error = ApiError::invalid("No such event.").with_status(StatusCode::NOT_FOUND);
            call::refusal(&error)
        }
        Ok(count) => answer(StatusCode::OK, &json!({ "events": count })),
        Err(error) => call::refusal(&error),
    }
}

/// `GET /_ctl/webhooks/deliveries`: the last requests to the endpoint and its answers.
async fn deliveries(State(app): State<Arc<App>>) -> Response {
    match serde_json::to_value(app.deliveries.list()) {
        Ok(list) => answer(StatusCode::OK, &json!({ "deliveries": list })),
        Err(_) => call::refusal(&ApiError::internal()),
    }
}

/// `POST /_ctl/payment_intents/{id}/complete` and `/fail`: the customer's answer to the bank.
async fn authenticate(State(app): State<Arc<App>>, mut request: Request, passed: bool) -> Response {
    let answered = match path_id(&mut request).await {
        Ok(id) => answer_bank(&app, &id, passed).await,
        Err(error) => Err(error),
    };
    match answered {
        Ok(intent) => answer(StatusCode::OK, &intent),
        Err(error) => call::refusal(&error),
    }
}

/// `POST /_ctl/payment_intents/{id}/expire`: the bank lets go what is held, as after a week.
async fn expire(State(app): State<Arc<App>>, mut request: Request) -> Response {
    let expired = match path_id(&mut request).await {
        Ok(id) => commit(&app, |tx| Ok(intents::expire(tx, &id)?.view())).await,
        Err(error) => Err(error),
    };
    match expired {
        Ok(intent) => answer(StatusCode::OK, &intent),
        Err(error) => call::refusal(&error),
    }
}

/// Answers the bank's open question of an intent; returns the intent.
pub(crate) async fn answer_bank(app: &App, id: &str, passed: bool) -> Result<Value, ApiError> {
    commit(app, |tx| {
        let intent = intents::get(tx, id)?;
        Ok(confirm::answer(tx, intent, None, passed)?.view())
    })
    .await
}
