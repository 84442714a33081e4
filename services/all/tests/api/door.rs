//! The door before services that tell who was asked what.

use std::collections::BTreeMap;
use std::time::Duration;

use all::config::{DEFAULTS, Settings};
use all::gate::Gate;
use all::pages::Pages;
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use common::extract::read_body;
use common::layers;
use common::limiter::Limiter;
use common::redis::Cache;
use kernel::SystemClock;
use serde_json::json;
use testkit::TestApp;

/// A request with this header is answered after so many milliseconds.
pub(crate) const SLOW: &str = "test-slow-ms";

pub(crate) fn settings() -> Settings {
    common::config::load_from("all", DEFAULTS, []).unwrap()
}

/// A door with a limiter of its own and these pages.
pub(crate) fn door(pages: Pages) -> TestApp {
    let settings = settings();
    let services: BTreeMap<&'static str, Router> = edge::SERVICES
        .into_iter()
        .map(|name| {
            let router = Router::new().route("/{*path}", any(move |request| tell(name, request)));
            (name, layers::apply(router, &settings.http, name))
        })
        .collect();
    let limiter = Limiter::new(Cache::none("all"), SystemClock::shared(), 1);
    let gate = Gate::new(services, pages, limiter, &settings).unwrap();
    TestApp::new(gate.into())
}

async fn tell(name: &'static str, request: Request) -> Response {
    let slow = request.headers().get(SLOW);
    if let Some(millis) = slow.and_then(|value| value.to_str().ok()?.parse().ok()) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
    let headers: BTreeMap<String, String> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    match read_body(request).await {
        Ok(body) => json!({"service": name, "headers": headers, "bytes": body.len()})
            .to_string()
            .into_response(),
        Err(problem) => problem.into_response(),
    }
}
