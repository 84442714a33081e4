//! The bank's page (3-D Secure), and what it calls. Its address and the intent's client secret
//! open it; tests may call `complete` and `fail` in the customer's place.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use url::Url;

use super::call::{self, commit, json, parameters, path_id};
use crate::{
    app::App,
    domain::{confirm, intents, money},
    elements::asset,
    error::ApiError,
    form::{self, Params},
    model::{Challenge, Intent, IntentStatus},
    state::State as Ledger,
};

const PAGE: &str = include_str!("../../assets/challenge.html");
const NOTICE: &str = include_str!("../../assets/challenge-notice.html");
const SCRIPT: &str = include_str!("../../assets/challenge.js");
const STYLE: &str = include_str!("../../assets/challenge.css");

/// The page and its calls.
pub(super) fn router() -> Router<Arc<App>> {
    let script = async || asset("text/javascript; charset=utf-8", SCRIPT);
    let style = async || asset("text/css; charset=utf-8", STYLE);
    Router::new()
        .route("/v3/challenge.js", get(script))
        .route("/v3/challenge.css", get(style))
        .route("/3d_secure/{intent}", get(page))
        .route("/3d_secure/{intent}/complete", post(complete))
        .route("/3d_secure/{intent}/fail", post(fail))
}

/// What the bank's page is opened and answered with.
struct Proof {
    intent: String,
    client_secret: String,
    /// The question that is meant; the open one when not given.
    challenge: Option<String>,
}

impl Proof {
    async fn read(mut request: Request) -> Result<Self, ApiError> {
        let intent = path_id(&mut request).await?;
        let bytes = parameters(request).await?;
        let mut params = Params::new(form::decode(&bytes)?);
        let proof = Self {
            intent,
            client_secret: params.required("client_secret")?,
            challenge: params.text("challenge")?,
        };
        params.finish()?;
        Ok(proof)
    }

    /// The intent and its question, if that is still open.
    fn find<'a>(&self, state: &'a Ledger) -> Result<(&'a Intent, Option<&'a Challenge>), ApiError> {
        let intent = intents::get_with_secret(state, &self.intent, &self.client_secret)?;
        let open = intent.challenge.as_ref();
        let meant = open.filter(|open| self.challenge.as_ref().is_none_or(|id| *id == open.id));
        Ok((intent, meant))
    }
}

/// `GET /3d_secure/{intent}`.
async fn page(State(app): State<Arc<App>>, request: Request) -> Response {
    let found = match Proof::read(request).await {
        Ok(proof) => app.store.read(|state| {
            let (intent, challenge) = proof.find(state)?;
            let method = challenge
                .and_then(|challenge| state.payment_methods.get(&challenge.payment_method));
            Ok::<_, ApiError>((intent.clone(), challenge.cloned(), method.cloned()))
        }),
        Err(_) => return notice(StatusCode::NOT_FOUND, "Nothing to confirm", UNKNOWN),
    };
    let found = call::settled(&app, found).await;
    let (intent, challenge, method) = match found {
        Ok(Ok((intent, Some(challenge), Some(method)))) => (intent, challenge, method),
        Ok(Ok(_)) => return notice(StatusCode::GONE, "This confirmation is over", OVER),
        Ok(Err(_)) => return notice(StatusCode::NOT_FOUND, "Nothing to confirm", UNKNOWN),
        Err(_) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return notice(status, "Something went wrong", "Please try again.");
        }
    };
    let filled = PAGE
        .replace("{intent}", &escaped(&intent.id))
        .replace("{client_secret}", &escaped(&intent.client_secret))
        .replace("{challenge}", &escaped(&challenge.id))
        .replace("{amount}", &escaped(&shown(&intent)))
        .replace("{brand}", &escaped(&method.card.brand))
        .replace("{last4}", &escaped(&method.card.last4));
    let back = challenge.return_url.as_deref().and_then(origin);
    html(StatusCode::OK, filled, back.as_deref())
}

const OVER: &str = "The payment was confirmed or given up already. You can close this page.";
const UNKNOWN: &str = "This address does not lead to a payment. Please go back to the shop.";
const DONE: &str = "You can close this page and go back to the shop.";

async fn complete(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(&app, request, true).await
}

async fn fail(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(&app, request, false).await
}

/// `POST /3d_secure/{intent}/complete` and `/fail`: the intent as it is then and where to go, as
/// JSON for `Accept: application/json`; otherwise the way back to the shop.
async fn answer(app: &Arc<App>, request: Request, passed: bool) -> Response {
    let wants_json = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    let answered = match Proof::read(request).await {
        Err(error) => Err(error),
        Ok(proof) => {
            commit(app, |tx| {
                let (intent, challenge) = proof.find(tx.state)?;
                let return_url = challenge.and_then(|open| open.return_url.clone());
                let intent = intent.clone();
                let intent = confirm::answer(tx, intent, proof.challenge.as_deref(), passed)?;
                Ok((intent, return_url))
            })
            .await
        }
    };
    match answered {
        Ok((intent, return_url)) => {
            let back = return_url.and_then(|url| way_back(&url, &intent));
            if wants_json {
                let body = json!({ "payment_intent": intent.browser_view(), "redirect": back });
                return json(StatusCode::OK, &body);
            }
            match back {
                Some(back) => Redirect::to(&back).into_response(),
                None => notice(StatusCode::OK, "Thank you", DONE),
            }
        }
        Err(error) if wants_json => call::refusal(&error),
        Err(error) if error.status == StatusCode::NOT_FOUND => {
            notice(error.status, "Nothing to confirm", UNKNOWN)
        }
        Err(ApiError { status, .. }) => notice(status, "This confirmation is over", OVER),
    }
}

/// The shop's address with what Stripe adds to it.
fn way_back(return_url: &str, intent: &Intent) -> Option<String> {
    let mut url = Url::parse(return_url).ok()?;
    let status = match intent.status {
        IntentStatus::Succeeded | IntentStatus::RequiresCapture => "succeeded",
        _ => "failed",
    };
    url.query_pairs_mut()
        .append_pair("payment_intent", &intent.id)
        .append_pair("payment_intent_client_secret", &intent.client_secret)
        .append_pair("redirect_status", status);
    Some(url.into())
}

fn shown(intent: &Intent) -> String {
    money::shown(intent.amount, &intent.currency).to_ascii_uppercase()
}

fn origin(url: &str) -> Option<String> {
    let origin = Url::parse(url).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

fn notice(status: StatusCode, title: &str, text: &str) -> Response {
    let filled = NOTICE
        .replace("{title}", &escaped(title))
        .replace("{text}", &escaped(text));
    html(status, filled, None)
}

/// A page with nothing but this origin's own script, style and API; any shop may embed it. A form
/// may lead `back` to the shop.
fn html(status: StatusCode, body: String, back: Option<&str>) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'self' {}",
        back.unwrap_or_default()
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let mut response = (status, headers, body).into_response();
    if let Ok(policy) = HeaderValue::from_str(policy.trim_end()) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Text for HTML content and quoted attributes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
