//! The one door: what the gateway does for services that run apart.
//!
//! A request gets an id and loses what it says of its client ([`clients`]); its path decides who answers ([`paths`]),
//! how large it may be, how often its client may ask, and how long the answer may take. What is refused is answered by
//! a router with the same middleware stack as a service, so that it has a log line, an id and a duration, too. A body
//! arrives as a whole before a service sees the request ([`bodies`]).

mod bodies;
mod clients;
mod paths;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use common::limiter::{Limiter, TooMany};
use common::{Problem, layers};
use edge::headers::Headers;
use edge::routes::{SHIPPED, Table};
use http::{HeaderValue, Method, StatusCode, header};
use tower::ServiceExt as _;

use crate::config::Settings;
use crate::pages::Pages;
use crate::serve::SERVICE;
use clients::Clients;
use paths::{Paths, Place};

/// Seconds after which a client may come again whose answer took too long.
const TIMEOUT_RETRY_AFTER_S: u64 = 1;
/// What begins like this is never a page.
const NO_PAGES: [&str; 3] = ["/api", "/.well-known/", "/gateway/"];

/// The door of a process with these services and pages.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    paths: Paths,
    clients: Clients,
    limiter: Limiter,
    services: BTreeMap<&'static str, Router>,
    /// Answers pages and refusals.
    own: Router,
    /// How long a body may take to arrive.
    body_timeout: Duration,
}

/// Travels with a request to the router that answers refusals.
#[derive(Debug, Clone)]
struct Refusal(Problem);

impl Gate {
    /// The door to these services, by the shipped routing table.
    ///
    /// # Errors
    /// When the table names a service that is not there, or cannot be read.
    pub fn new(
        services: BTreeMap<&'static str, Router>,
        pages: Pages,
        limiter: Limiter,
        settings: &Settings,
    ) -> anyhow::Result<Self> {
        let table = Table::parse(SHIPPED).context("deploy/routes.toml")?;
        for route in &table.routes {
            let (path, service) = (&route.path, route.service.as_str());
            anyhow::ensure!(
                services.contains_key(service),
                "{path}: no service {service}"
            );
        }
        let own = Router::new()
            .route("/", any(answer))
            .route("/{*path}", any(answer))
            .with_state(pages);
        Ok(Self(Arc::new(Inner {
            paths: Paths::new(&table)?,
            clients: Clients::new(&Headers::shipped()?, settings.gate.proxies)?,
            limiter,
            services,
            own: layers::apply(own, &settings.http, SERVICE.name),
            body_timeout: Duration::from_millis(settings.http.body_timeout_ms),
        })))
    }
}

impl From<Gate> for Router {
    fn from(gate: Gate) -> Self {
        Router::<Gate>::new().fallback(admit).with_state(gate)
    }
}

async fn admit(State(gate): State<Gate>, mut request: Request) -> Response {
    let gate = &*gate.0;
    let client = gate.clients.vouch(&mut request);
    let (parts, mut body) = request.into_parts();
    let head = Request::from_parts(parts.clone(), Body::empty());
    let path = parts.uri.path();
    let Some(place) = gate.paths.find(path) else {
        if NO_PAGES.iter().any(|prefix| path.starts_with(prefix)) {
            return gate.refuse(head, body, Problem::not_found()).await;
        }
        return ask(&gate.own, Request::from_parts(parts, body)).await;
    };
    let Some(service) = gate.services.get(place.service.as_str()) else {
        return gate.refuse(head, body, Problem::not_found()).await;
    };
    let least = body.size_hint().lower();
    if let Err(problem) = gate.judge(least, &parts.method, place, &client).await {
        return gate.refuse(head, body, problem).await;
    }
    let whole = bodies::read(&mut body, place.body_bytes_max, gate.body_timeout).await;
    let request = match whole {
        Ok(bytes) => Request::from_parts(parts, Body::from(bytes)),
        Err(problem) => return gate.refuse(head, body, problem).await,
    };
    match tokio::time::timeout(place.timeout, ask(service, request)).await {
        Ok(response) => response,
        Err(_) => gate.refuse(head, Body::empty(), too_slow()).await,
    }
}

impl Inner {
    /// Whether a request with a body of at least so many bytes may pass; in the order in which the gateway looks.
    async fn judge(
        &self,
        least: u64,
        method: &Method,
        place: &Place,
        client: &str,
    ) -> Result<(), Problem> {
        if usize::try_from(least).map_or(true, |least| least > place.body_bytes_max) {
            return Err(bodies::too_large());
        }
        let rule = place.rule(method);
        let rule = rule.ok_or_else(|| not_allowed(place.allow.clone()))?;
        self.limiter.take(rule, client).await.map_err(too_often)
    }

    async fn refuse(&self, mut head: Request, body: Body, problem: Problem) -> Response {
        bodies::discard(head.headers(), body).await;
        head.extensions_mut().insert(Refusal(problem));
        ask(&self.own, head).await
    }
}

/// The 405 of a path that has other methods.
pub(crate) fn not_allowed(allow: HeaderValue) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "Method not allowed",
    )
    .header(header::ALLOW, allow)
}

fn too_often(limit: TooMany) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many requests",
    )
    .retry_after(limit.retry_after_s)
}

fn too_slow() -> Problem {
    Problem::new(
        StatusCode::GATEWAY_TIMEOUT,
        "gateway_timeout",
        "The service did not answer in time",
    )
    .retry_after(TIMEOUT_RETRY_AFTER_S)
}

async fn ask(router: &Router, request: Request) -> Response {
    match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Pages, and what was refused before a service saw it.
async fn answer(State(pages): State<Pages>, mut request: Request) -> Response {
    match request.extensions_mut().remove::<Refusal>() {
        Some(Refusal(problem)) => problem.into_response(),
        None => pages.answer(request).await,
    }
}
