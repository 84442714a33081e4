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
        confirm::{self, Confirmation},
        customers,
        intents::{self, Change, NewIntent},
        money, payment_methods,
    },
    error::ApiError,
    form::{ClientSecret, Params},
    model::{CaptureMethod, Intent},
};

/// Parameters of a confirmation that have no effect on cards here.
const CONFIRM_IGNORED: &[&str] = &["confirmation_method", "mandate_data", "radar_options"];

/// What can be said about a delivery.
const SHIPPING: &[&str] = &["address", "carrier", "name", "phone", "tracking_number"];

/// What a card may be kept for.
const FUTURE_USAGES: &[&str] = &["on_session", "off_session"];

/// `POST /v1/payment_intents`.
pub(super) async fn create(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, _, mut params| {
        let confirm = params.boolean("confirm")?.unwrap_or(false);
        let how = confirmation(&app, &mut params)?;
        if how.return_url.is_some() && !confirm {
            let message = "The parameter `return_url` cannot be passed when creating a \
                           PaymentIntent unless `confirm` is set to true.";
            return Err(ApiError::invalid(message).param("return_url"));
        }
        let chosen = chosen(&mut params)?;
        let new = new_intent(params, &how)?;
        if confirm && chosen.is_none() {
            return Err(confirm::no_payment_method());
        }
        if let Some(customer) = &new.customer {
            customers::named(tx.state, customer)?;
        }
        let secret = &app.config.secret_key;
        let method = chosen
            .map(|chosen| payment_methods::resolve(tx, secret, chosen))
            .transpose()?;
        if let Some(method) = &method {
            payment_methods::check_usable(method, new.customer.as_deref())?;
        }
        let intent = intents::create(tx, new, method.as_ref());
        match method.filter(|_| confirm) {
            Some(method) => Ok(confirm::confirm(tx, intent, &method, how)?.view()),
            None => Ok(intent.view()),
        }
    })
    .await
}

/// `GET /v1/payment_intents/{id}`; browsers need its client secret and see less.
pub(super) async fn retrieve(State(app): State<Arc<App>>, request: Request) -> Response {
    read(
        &app,
        request,
        Access::Publishable,
        |state, id, mut params| {
            let browser = params.is_browser();
            let secret = params.client_secret()?;
            params.finish()?;
            let intent = match secret {
                ClientSecret::Given(secret) => intents::get_with_secret(state, id, &secret)?,
                ClientSecret::NotNeeded => {
                    let intent = state.intents.get(id);
                    intent.ok_or_else(|| ApiError::missing("payment_intent", id, "intent"))?
                }
            };
            Ok(if browser {
                intent.browser_view()
            } else {
                intent.view()
            })
        },
    )
    .await
}

/// `POST /v1/payment_intents/{id}`.
pub(super) async fn update(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, mut params| {
        let chosen = chosen(&mut params)?;
        let currency = params.text("currency")?;
        let change = Change {
            amount: params.integer("amount")?,
            currency: currency.as_deref().map(money::currency).transpose()?,
            customer: params.text("customer")?,
            setup_future_usage: params.choice("setup_future_usage", FUTURE_USAGES)?,
            receipt_email: params.optional_text("receipt_email")?,
            shipping: params.block("shipping", SHIPPING)?,
            description: params.optional_text("description")?,
            metadata: params.metadata()?.unwrap_or_default(),
        };
        params.finish()?;
        let intent = intents::get(tx, id)?;
        if let Some(customer) = &change.customer {
            customers::named(tx.state, customer)?;
        }
        let secret = &app.config.secret_key;
        let method = chosen
            .map(|chosen| payment_methods::resolve(tx, secret, chosen))
            .transpose()?;
        if let Some(method) = &method {
            let customer = change.customer.as_deref().or(intent.customer.as_deref());
            payment_methods::check_usable(method, customer)?;
        }
        Ok(intents::update(tx, intent, change, method.as_ref())?.view())
    })
    .await
}

/// `GET /v1/payment_intents`.
pub(super) async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    const KIND: Kind<'_> = Kind {
        url: "/v1/payment_intents",
        name: "payment_intent",
    };
    read(&app, request, Access::Secret, |state, _, mut params| {
        let customer = params.text("customer")?;
        let wanted = |intent: &Intent| customer.is_none() || intent.customer == customer;
        lists::page(&state.intents, KIND, params, wanted, Intent::view)
    })
    .await
}

/// `POST /v1/payment_intents/{id}/confirm`; browsers need its client secret and see less.
pub(super) async fn confirm(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Publishable, |tx, id, mut params| {
        let browser = params.is_browser();
        let client_secret = params.client_secret()?;
        let chosen = chosen(&mut params)?;
        let how = Confirmation {
            setup_future_usage: params.choice("setup_future_usage", FUTURE_USAGES)?,
            ..confirmation(&app, &mut params)?
        };
        params.ignore(CONFIRM_IGNORED);
        params.finish()?;
        let intent = match client_secret {
            ClientSecret::Given(secret) => intents::get_with_secret(tx.state, id, &secret)?.clone(),
            ClientSecret::NotNeeded => intents::get(tx, id)?,
        };
        confirm::check_confirmable(&intent)?;
        let secret = &app.config.secret_key;
        let method = match (chosen, &intent.payment_method) {
            (Some(chosen), _) => payment_methods::resolve(tx, secret, chosen)?,
            (None, Some(id)) => {
                let chosen = payment_methods::Chosen::Id(id.clone());
                payment_methods::resolve(tx, secret, chosen)?
            }
            (None, None) => return Err(confirm::no_payment_method()),
        };
        let intent = confirm::confirm(tx, intent, &method, how)?;
        Ok(if browser {
            intent.browser_view()
        } else {
            intent.view()
        })
    })
    .await
}

/// `POST /v1/payment_intents/{id}/capture`.
pub(super) async fn capture(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, mut params| {
        let amount = params.integer("amount_to_capture")?;
        let metadata = params.metadata()?.unwrap_or_default();
        if params.boolean("final_capture")? == Some(false) {
            let message = "This PaymentIntent is not eligible for multicapture, so \
                           `final_capture` cannot be false.";
            return Err(ApiError::invalid(message).param("final_capture"));
        }
        params.ignore(&["statement_descriptor", "statement_descriptor_suffix"]);
        params.finish()?;
        Ok(intents::capture(tx, id, amount, metadata)?.view())
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

fn new_intent(mut params: Params, how: &Confirmation) -> Result<NewIntent, ApiError> {
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
        setup_future_usage: params.choice("setup_future_usage", FUTURE_USAGES)?,
        description: params.optional_text("description")?,
        receipt_email: params.optional_text("receipt_email")?,
        shipping: params.block("shipping", SHIPPING)?,
        statement_descriptor: params.text("statement_descriptor")?,
        statement_descriptor_suffix: params.text("statement_descriptor_suffix")?,
        customer: params.text("customer")?,
        request_three_d_secure: how.request_three_d_secure.clone(),
    };
    params.ignore(CONFIRM_IGNORED);
    params.finish()?;
    Ok(new)
}

/// Takes what says how a payment is confirmed, but for `setup_future_usage`.
fn confirmation(app: &App, params: &mut Params) -> Result<Confirmation, ApiError> {
    Ok(Confirmation {
        return_url: return_url(params)?,
        off_session: match params.text("off_session")?.as_deref() {
            None | Some("false") => false,
            Some("true" | "one_off" | "recurring") => true,
            Some(other) => {
                let message = format!("Invalid off_session: {other}");
                return Err(ApiError::invalid(message).param("off_session"));
            }
        },
        error_on_requires_action: params.boolean("error_on_requires_action")?.unwrap_or(false),
        use_stripe_sdk: params.boolean("use_stripe_sdk")?.unwrap_or(false),
        request_three_d_secure: match params.object("payment_method_options")? {
            None => None,
            Some(mut options) => match options.object("card")? {
                None => None,
                Some(mut card) => {
                    card.choice("request_three_d_secure", &["any", "automatic", "challenge"])?
                }
            },
        },
        setup_future_usage: None,
        public_url: app.public_url.clone(),
    })
}

/// Takes `return_url`.
fn return_url(params: &mut Params) -> Result<Option<String>, ApiError> {
    let Some(text) = params.text("return_url")? else {
        return Ok(None);
    };
    if Url::parse(&text).is_ok() {
        return Ok(Some(text));
    }
    Err(ApiError::invalid("Not a valid URL")
        .code("url_invalid")
        .param("return_url"))
}
