//! `/v1/charges` and `/v1/events`, which are only read.

use std::sync::Arc;

use axum::{
    extract::{Request, State as Shared},
    response::Response,
};
use serde_json::Value;

use super::{
    auth::Access,
    call::read,
    lists::{self, Kind},
};
use crate::{
    app::App,
    error::ApiError,
    model::{Charge, Event},
    state::State,
};

/// `GET /v1/charges/{id}`.
pub(super) async fn retrieve_charge(Shared(app): Shared<Arc<App>>, request: Request) -> Response {
    read(&app, request, Access::Secret, |state, id, params| {
        params.finish()?;
        let charge = state.charges.get(id);
        Ok(charge
            .ok_or_else(|| ApiError::missing("charge", id, "id"))?
            .view())
    })
    .await
}

/// `GET /v1/charges`, all or those of one intent or customer.
pub(super) async fn list_charges(Shared(app): Shared<Arc<App>>, request: Request) -> Response {
    const KIND: Kind<'_> = Kind {
        url: "/v1/charges",
        name: "charge",
    };
    read(&app, request, Access::Secret, |state, _, mut params| {
        let (intent, customer) = (params.text("payment_intent")?, params.text("customer")?);
        let wanted = |charge: &Charge| {
            intent
                .as_ref()
                .is_none_or(|id| *id == charge.payment_intent)
                && (customer.is_none() || charge.customer == customer)
        };
        lists::page(&state.charges, KIND, params, wanted, Charge::view)
    })
    .await
}

/// `GET /v1/events/{id}`.
pub(super) async fn retrieve_event(Shared(app): Shared<Arc<App>>, request: Request) -> Response {
    read(&app, request, Access::Secret, |state, id, params| {
        params.finish()?;
        let event = state
            .events
            .get(id)
            .ok_or_else(|| ApiError::missing("event", id, "id"))?;
        Ok(view(state, event))
    })
    .await
}

/// `GET /v1/events`, all or those of some types.
pub(super) async fn list_events(Shared(app): Shared<Arc<App>>, request: Request) -> Response {
    const KIND: Kind<'_> = Kind {
        url: "/v1/events",
        name: "event",
    };
    read(&app, request, Access::Secret, |state, _, mut params| {
        let mut types = params.list("types")?;
        types.extend(params.text("type")?);
        let wanted = |event: &Event| {
            types.is_empty() || types.iter().any(|pattern| matches(pattern, &event.kind))
        };
        lists::page(&state.events, KIND, params, wanted, |event| {
            view(state, event)
        })
    })
    .await
}

fn view(state: &State, event: &Event) -> Value {
    event.view(u32::from(state.outbox.is_open(&event.id)))
}

/// A type, or a family of types such as `charge.*`.
pub(super) fn matches(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(family) => kind.starts_with(family),
        None => kind == pattern,
    }
}
