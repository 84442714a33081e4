//! `/v1/payment_methods`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};

use super::{
    auth::Access,
    call::{read, write},
};
use crate::{
    app::App,
    cards,
    domain::payment_methods::{self, Chosen, NewPaymentMethod},
    error::ApiError,
    form::Params,
};

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
    };
    params.ignore(&["allow_redisplay"]);
    params.finish()?;
    Ok(new)
}
