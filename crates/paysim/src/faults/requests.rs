//! Requests that go wrong: late, unanswered, refused, or executed and then unanswered.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::{
    Board,
    rule::{When, fits},
};
use crate::{api, app::App, error::ApiError};

/// A rule for requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestFault {
    /// What happens.
    pub fault: RequestTrouble,
    /// The requests it may happen to: a path, in which `*` stands for anything.
    pub path: String,
    /// Their method; any when not given.
    pub method: Option<String>,
    /// How often.
    #[serde(flatten)]
    pub when: When,
    /// `delay`: how long, in milliseconds.
    pub ms: u64,
    /// `delay`: up to how much longer, by chance, in milliseconds.
    pub jitter_ms: u64,
    /// `status`: the answer's status.
    pub status: u16,
    /// `status` and `hang`: whether the request is executed all the same.
    pub execute: bool,
    /// `status` with `execute`: the error is what the request's idempotency key answers from then
    /// on, as at Stripe when something breaks after the change was made.
    pub sticky: bool,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestTrouble {
    /// It is worked on later.
    Delay,
    /// The connection is closed and nothing is done.
    DropBefore,
    /// It is executed, then the connection is closed without an answer.
    DropAfterCommit,
    /// It is answered with an error.
    Status,
    /// It is answered with 429 and not executed.
    RateLimit,
    /// It is not answered, until the rules are replaced.
    Hang,
}

impl Default for RequestFault {
    /// A delay of nothing for every request.
    fn default() -> Self {
        Self {
            fault: RequestTrouble::Delay,
            path: "*".to_owned(),
            method: None,
            when: When::default(),
            ms: 0,
            jitter_ms: 0,
            status: 500,
            execute: false,
            sticky: false,
        }
    }
}

impl RequestFault {
    /// A rule for the next `count` requests of a method and a path.
    pub fn next(count: u32, method: &str, path: &str, fault: RequestTrouble) -> Self {
        Self {
            fault,
            path: path.to_owned(),
            method: Some(method.to_owned()),
            when: When {
                next: Some(count),
                ..When::default()
            },
            ..Self::default()
        }
    }
}

/// What a request has to suffer.
#[derive(Debug, Default)]
struct Fate {
    delay: Duration,
    /// What comes instead of the answer.
    end: Option<RequestFault>,
}

impl Board {
    fn fate(&self, method: &str, path: &str) -> Fate {
        let mut fate = Fate::default();
        for rule in &mut self.lock().requests {
            let ends = rule.fault != RequestTrouble::Delay;
            let meant = rule
                .method
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && fits(&rule.path, path);
            if !meant || (ends && fate.end.is_some()) || !rule.when.applies() {
                continue;
            }
            if ends {
                fate.end = Some(rule.clone());
            } else {
                let more = rand::rng().random_range(0..=rule.jitter_ms);
                fate.delay += Duration::from_millis(rule.ms.saturating_add(more));
            }
        }
        fate
    }
}

/// Says that the connection is to be closed in place of an answer.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the connection is dropped on purpose")]
pub(crate) struct Dropped;

/// Says that a request is to be executed and its kept answer is to be an error of this status.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoiled(pub(crate) StatusCode);

/// Lets requests suffer what the rules say. The operator's own paths are spared.
pub(crate) async fn apply(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if path.starts_with("/_") || path == "/healthz" {
        return next.run(request).await;
    }
    let fate = app.faults.fate(request.method().as_str(), path);
    if !fate.delay.is_zero() {
        tokio::time::sleep(fate.delay).await;
    }
    let Some(rule) = fate.end else {
        return next.run(request).await;
    };
    tracing::info!(fault = ?rule.fault, path, "a request goes wrong on purpose");
    // Rules that are replaced while the request runs end the wait as well.
    let mut round = app.faults.round.subscribe();
    let executes = match rule.fault {
        RequestTrouble::DropAfterCommit => true,
        RequestTrouble::Status | RequestTrouble::Hang => rule.execute,
        _ => false,
    };
    if executes {
        if rule.fault == RequestTrouble::Status && rule.sticky {
            request.extensions_mut().insert(Spoiled(status_of(&rule)));
        }
        next.run(request).await;
    }
    match rule.fault {
        RequestTrouble::Status => refused(status_of(&rule)),
        RequestTrouble::RateLimit => limited(),
        RequestTrouble::Hang => {
            tokio::select! {
                _ = round.changed() => {}
                () = app.stop.cancelled() => {}
            }
            dropped()
        }
        _ => dropped(),
    }
}

fn dropped() -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Dropped);
    response
}

fn status_of(rule: &RequestFault) -> StatusCode {
    StatusCode::from_u16(rule.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn refused(status: StatusCode) -> Response {
    let mut response = api::refusal(&ApiError::faulty(status));
    let retry = if status.is_server_error() {
        "true"
    } else {
        "false"
    };
    response
        .headers_mut()
        .insert("stripe-should-retry", HeaderValue::from_static(retry));
    response
}

fn limited() -> Response {
    let mut response = api::refusal(&ApiError::rate_limit());
    let headers = response.headers_mut();
    headers.insert("stripe-should-retry", HeaderValue::from_static("true"));
    headers.insert(
        "stripe-rate-limited-reason",
        HeaderValue::from_static("global-rate"),
    );
    response
}
