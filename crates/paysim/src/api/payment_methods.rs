//! `/v1/payment_methods`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use http::StatusCode;
use serde_json::Value;

use super::{
    auth::Access,
    call::{read, write},
    lists::{self, Kind},
};
use crate::{
    app::App,
    cards,
    domain::{
        customers,
        payment_methods::{self, Chosen, NewPaymentMethod},
    },
    error::ApiError,
    form::Params,
    model::PaymentMethod,
    state::State as Ledger,
};

/// Whether a method may be offered again.
const REDISPLAY: &[&str] = &["always", "limited", "unspecified"];

/// `POST /v1/payment_methods`: a card becomes a payment method. Browsers call it.
pub(super) async fn create(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Publishable, |tx, _, params| {
        let new = card_params(params)?;
        Ok(payment_methods::create(tx, &app.config.secret_key, new)?.view())
    })
    .await
}

/// `GET /v1/payment_methods/{id}`.
pub(super) async fn retrieve(State(app): State<Arc<App>>, request: Request) -> Response {
    read(&app, request, Access::Secret, |state, id, params| {
        params.finish()?;
        let method = state.payment_methods.get(id);
        let method = method.ok_or_else(|| ApiError::missing("PaymentMethod", id, "payment_method"));
        Ok(method?.view())
    })
    .await
}

/// `GET /v1/payment_methods`: those of one customer.
pub(super) async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    read(&app, request, Access::Secret, |state, _, mut params| {
        let customer = params.required("customer")?;
        customers::named(state, &customer)?;
        page(state, &customer, "/v1/payment_methods", params)
    })
    .await
}

/// `GET /v1/customers/{id}/payment_methods`.
pub(super) async fn list_of_customer(State(app): State<Arc<App>>, request: Request) -> Response {
    read(&app, request, Access::Secret, |state, id, params| {
        customers::get(state, id)?;
        page(
            state,
            id,
            &format!("/v1/customers/{id}/payment_methods"),
            params,
        )
    })
    .await
}

fn page(state: &Ledger, customer: &str, url: &str, mut params: Params) -> Result<Value, ApiError> {
    params.choice("type", &["card"])?;
    let redisplay = params.choice("allow_redisplay", REDISPLAY)?;
    let wanted = |method: &PaymentMethod| {
        method.customer.as_deref() == Some(customer)
            && redisplay.as_ref().is_none_or(|word| {
                method.allow_redisplay.as_deref().unwrap_or("unspecified") == word
            })
    };
    let kind = Kind {
        url,
        name: "payment_method",
    };
    lists::page(
        &state.payment_methods,
        kind,
        params,
        wanted,
        PaymentMethod::view,
    )
}

/// `POST /v1/payment_methods/{id}/attach`.
pub(super) async fn attach(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, mut params| {
        let customer = params.required("customer")?;
        params.finish()?;
        let customer = customers::named(tx.state, &customer)?.clone();
        let chosen = Chosen::Id(id.to_owned());
        let method = payment_methods::resolve(tx, &app.config.secret_key, chosen)
            .map_err(|error| error.with_status(StatusCode::NOT_FOUND))?;
        Ok(payment_methods::attach(tx, method, &customer)?.view())
    })
    .await
}

/// `POST /v1/payment_methods/{id}/detach`.
pub(super) async fn detach(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, params| {
        params.finish()?;
        Ok(payment_methods::detach(tx, id)?.view())
    })
    .await
}

/// Takes `payment_method` or `payment_method_data[…]` out of a request.
pub(super) fn chosen(params: &mut Params) -> Result<Option<Chosen>, ApiError> {
    let id = params.text("payment_method")?;
    let data = params.object("payment_method_data")?;
    match (id, data) {
        (Some(_), Some(_)) => Err(ApiError::invalid(
            "You may only specify one of these parameters: payment_method, payment_method_data.",
        )),
        (Some(id), None) => Ok(Some(Chosen::Id(id))),
        (None, Some(data)) => Ok(Some(Chosen::Card(Box::new(card_params(data)?)))),
        (None, None) => Ok(None),
    }
}

/// Reads `type`, `card[…]`, `billing_details[…]` and `metadata[…]`.
fn card_params(mut params: Params) -> Result<NewPaymentMethod, ApiError> {
    params
        .choice("type", &["card"])?
        .ok_or_else(|| params.missing("type"))?;
    let card = params
        .object("card")?
        .ok_or_else(|| params.missing("card"))?;
    let new = NewPaymentMethod {
        card: cards::read(card)?,
        billing_details: params.block("billing_details", &["address", "email", "name", "phone"])?,
        metadata: params.metadata()?.unwrap_or_default(),
        allow_redisplay: params.choice("allow_redisplay", REDISPLAY)?,
    };
    params.finish()?;
    Ok(new)
}
