//! `/v1/refunds`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};

use super::{
    auth::Access,
    call::{read, write},
    lists::{self, Kind},
};
use crate::{
    app::App,
    domain::refunds::{self, NewRefund, Target},
    error::ApiError,
    model::Refund,
};

/// `POST /v1/refunds`.
pub(super) async fn create(State(app): State<Arc<App>>, request: Request) -> Response {
    const REASONS: &[&str] = &["duplicate", "fraudulent", "requested_by_customer"];
    write(&app, request, Access::Secret, |tx, _, mut params| {
        let target = match (params.text("payment_intent")?, params.text("charge")?) {
            (Some(id), None) => Target::Intent(id),
            (None, Some(id)) => Target::Charge(id),
            _ => {
                let message = "One of the following params should be provided for this request: \
                               payment_intent or charge.";
                return Err(ApiError::invalid(message).code("parameter_missing"));
            }
        };
        let new = NewRefund {
            target,
            amount: params.integer("amount")?,
            reason: params.choice("reason", REASONS)?,
            metadata: params.metadata()?.unwrap_or_default(),
        };
        params.finish()?;
        Ok(refunds::create(tx, new, app.config.refund_settle)?.view())
    })
    .await
}

/// `POST /v1/refunds/{id}`: only its metadata can change.
pub(super) async fn update(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, mut params| {
        let metadata = params.metadata()?.unwrap_or_default();
        params.finish()?;
        Ok(refunds::update(tx, id, metadata)?.view())
    })
    .await
}

/// `GET /v1/refunds/{id}`.
pub(super) async fn retrieve(State(app): State<Arc<App>>, request: Request) -> Response {
    read(&app, request, Access::Secret, |state, id, params| {
        params.finish()?;
        let refund = state.refunds.get(id);
        Ok(refund
            .ok_or_else(|| ApiError::missing("refund", id, "id"))?
            .view())
    })
    .await
}

/// `GET /v1/refunds`, all or those of one intent or charge.
pub(super) async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    const KIND: Kind<'_> = Kind {
        url: "/v1/refunds",
        name: "refund",
    };
    read(&app, request, Access::Secret, |state, _, mut params| {
        let (intent, charge) = (params.text("payment_intent")?, params.text("charge")?);
        let wanted = |refund: &Refund| {
            intent
                .as_ref()
                .is_none_or(|id| *id == refund.payment_intent)
                && charge.as_ref().is_none_or(|id| *id == refund.charge)
        };
        lists::page(&state.refunds, KIND, params, wanted, Refund::view)
    })
    .await
}
