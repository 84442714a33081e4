//! `/v1/payment_intents`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use serde_json::json;
use url::Url;

use super::{
    auth::Access,
    call::{read, write},
    lists::{self, Kind},
    payment_methods::chosen,
};
use crate::{
    app::App,
    domain::{
        intents::{self, NewIntent},
        money, payment_methods,
    },
    error::ApiError,
    form::Params,
    model::{CaptureMethod, Intent},
};

/// Parameters of a confirmation that only matter for methods other than plain cards.
const CONFIRM_IGNORED: &[&str] = &[
    "confirmation_method",
    "error_on_requires_action",
    "mandate_data",
    "off_session",
    "payment_method_options",
    "radar_options",
    "use_stripe_sdk",
];

/// What can be said about a delivery.
const SHIPPING: &[&str] = &["address", "carrier", "name", "phone", "tracking_number"];

/// `POST /v1/payment_intents`.
pub(super) async fn create(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, _, mut params| {
        let confirm = params.boolean("confirm")?.unwrap_or(false);
        let return_url = return_url(&mut params)?;
        if return_url && !confirm {
            let message = "The parameter `return_url` cannot be passed when creating a \
                           PaymentIntent unless `confirm` is set to true.";
            return Err(ApiError::invalid(message).param("return_url"));
        }
        let chosen = chosen(&mut params)?;
        let new = new_intent(params)?;
        if confirm && chosen.is_none() {
            return Err(intents::no_payment_method());
        }
        let secret = &app.config.secret_key;
        let method = chosen
            .map(|chosen| payment_methods::resolve(tx, secret, chosen))
            .transpose()?;
        let intent = intents::create(tx, new, method.as_ref());
        match method.filter(|_| confirm) {
            Some(method) => Ok(intents::confirm(tx, intent, &method)?.view()),
            None => Ok(intent.view()),
        }
    })
    .await
}

/// `GET /v1/payment_intents/{id}`.
pub(super) async fn retrieve(State(app): State<Arc<App>>, request: Request) -> Response {
    read(&app, request, Access::Secret, |state, id, mut params| {
        params.ignore(&["client_secret"]);
        params.finish()?;
        let intent = state.intents.get(id);
        Ok(intent
            .ok_or_else(|| ApiError::missing("payment_intent", id, "intent"))?
            .view())
    })
    .await
}

/// `GET /v1/payment_intents`.
pub(super) async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    const KIND: Kind = Kind {
        url: "/v1/payment_intents",
        name: "payment_intent",
    };
    read(&app, request, Access::Secret, |state, _, params| {
        lists::page(&state.intents, KIND, params, |_| true, Intent::view)
    })
    .await
}

/// `POST /v1/payment_intents/{id}/confirm`.
pub(super) async fn confirm(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, mut params| {
        let chosen = chosen(&mut params)?;
        return_url(&mut params)?;
        params.ignore(CONFIRM_IGNORED);
        params.finish()?;
        let intent = intents::get(tx, id)?;
        intents::check_confirmable(&intent)?;
        let secret = &app.config.secret_key;
        let method = match (chosen, &intent.payment_method) {
            (Some(chosen), _) => payment_methods::resolve(tx, secret, chosen)?,
            (None, Some(id)) => {
                let chosen = payment_methods::Chosen::Id(id.clone());
                payment_methods::resolve(tx, secret, chosen)?
            }
            (None, None) => return Err(intents::no_payment_method()),
        };
        Ok(intents::confirm(tx, intent, &method)?.view())
    })
    .await
}

/// `POST /v1/payment_intents/{id}/capture`.
pub(super) async fn capture(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, mut params| {
        let amount = params.integer("amount_to_capture")?;
        params.ignore(&["statement_descriptor", "statement_descriptor_suffix"]);
        params.finish()?;
        Ok(intents::capture(tx, id, amount)?.view())
    })
    .await
}

/// `POST /v1/payment_intents/{id}/cancel`.
pub(super) async fn cancel(State(app): State<Arc<App>>, request: Request) -> Response {
    const REASONS: &[&str] = &[
        "duplicate",
        "fraudulent",
        "requested_by_customer",
        "abandoned",
    ];
    write(&app, request, Access::Secret, |tx, id, mut params| {
        let reason = params.choice("cancellation_reason", REASONS)?;
        params.finish()?;
        Ok(intents::cancel(tx, id, reason)?.view())
    })
    .await
}

fn new_intent(mut params: Params) -> Result<NewIntent, ApiError> {
    let amount = params
        .integer("amount")?
        .ok_or_else(|| params.missing("amount"))?;
    let currency = money::currency(&params.required("currency")?)?;
    money::check_amount(amount, &currency)?;
    let capture_method = params.choice("capture_method", &CaptureMethod::WORDS)?;
    if let Some(other) = params
        .list("payment_method_types")?
        .iter()
        .find(|kind| *kind != "card")
    {
        let message = format!("The payment method type provided: {other} is invalid.");
        return Err(ApiError::invalid(message).param("payment_method_types"));
    }
    let automatic = match params.object("automatic_payment_methods")? {
        None => None,
        Some(mut object) => {
            let enabled = object
                .boolean("enabled")?
                .ok_or_else(|| object.missing("enabled"))?;
            let redirects = object.choice("allow_redirects", &["always", "never"])?;
            object.finish()?;
            let redirects = redirects.unwrap_or_else(|| "always".to_owned());
            Some(json!({ "allow_redirects": redirects, "enabled": enabled }))
        }
    };
    let new = NewIntent {
        amount,
        currency,
        capture_method: CaptureMethod::from_word(capture_method.as_deref()),
        metadata: params.metadata()?.unwrap_or_default(),
        automatic_payment_methods: automatic,
        setup_future_usage: params.choice("setup_future_usage", &["on_session", "off_session"])?,
        description: params.optional_text("description")?,
        receipt_email: params.optional_text("receipt_email")?,
        shipping: params.block("shipping", SHIPPING)?,
        statement_descriptor: params.text("statement_descriptor")?,
        statement_descriptor_suffix: params.text("statement_descriptor_suffix")?,
    };
    params.ignore(CONFIRM_IGNORED);
    params.finish()?;
    Ok(new)
}

/// Takes `return_url`; plain cards never leave the page, so only its form matters.
fn return_url(params: &mut Params) -> Result<bool, ApiError> {
    let Some(text) = params.text("return_url")? else {
        return Ok(false);
    };
    if Url::parse(&text).is_ok() {
        return Ok(true);
    }
    Err(ApiError::invalid("Not a valid URL")
        .code("url_invalid")
        .param("return_url"))
}
