//! `/v1/customers`.

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
    domain::{
        customers::{self, Details},
        payment_methods::{self, Chosen},
    },
    error::ApiError,
    form::Params,
    model::Customer,
};

/// What can be said about a delivery.
const SHIPPING: &[&str] = &["address", "name", "phone"];

/// `POST /v1/customers`; a `payment_method` is kept for the new customer.
pub(super) async fn create(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, _, mut params| {
        let method = params.text("payment_method")?;
        let details = details(params)?;
        if details.default_payment_method.is_some() {
            let message = "A new customer has no payment method yet that could be the default.";
            return Err(
                ApiError::invalid(message).param("invoice_settings[default_payment_method]")
            );
        }
        let Some(method) = method else {
            return Ok(customers::create(tx, details).view());
        };
        let method = payment_methods::resolve(tx, &app.config.secret_key, Chosen::Id(method))?;
        payment_methods::check_attachable(&method)?;
        let customer = customers::create(tx, details);
        payment_methods::attach(tx, method, &customer)?;
        Ok(customer.view())
    })
    .await
}

/// `GET /v1/customers/{id}`; a deleted one says so.
pub(super) async fn retrieve(State(app): State<Arc<App>>, request: Request) -> Response {
    read(&app, request, Access::Secret, |state, id, params| {
        params.finish()?;
        let customer = state.customers.get(id);
        Ok(customer
            .ok_or_else(|| ApiError::missing("customer", id, "customer"))?
            .view())
    })
    .await
}

/// `GET /v1/customers`, all or those with an e-mail address.
pub(super) async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    const KIND: Kind<'_> = Kind {
        url: "/v1/customers",
        name: "customer",
    };
    read(&app, request, Access::Secret, |state, _, mut params| {
        let email = params.text("email")?;
        let wanted =
            |customer: &Customer| !customer.deleted && (email.is_none() || customer.email == email);
        lists::page(&state.customers, KIND, params, wanted, Customer::view)
    })
    .await
}

/// `POST /v1/customers/{id}`.
pub(super) async fn update(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, params| {
        let details = details(params)?;
        let customer = customers::get(tx.state, id)?.clone();
        Ok(customers::update(tx, customer, details)?.view())
    })
    .await
}

/// `DELETE /v1/customers/{id}`.
pub(super) async fn delete(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, params| {
        params.finish()?;
        Ok(customers::delete(tx, id)?.view())
    })
    .await
}

fn details(mut params: Params) -> Result<Details, ApiError> {
    let default_payment_method = match params.object("invoice_settings")? {
        None => None,
        Some(mut settings) => {
            let method = settings.text("default_payment_method")?;
            settings.finish()?;
            method
        }
    };
    let details = Details {
        email: params.optional_text("email")?,
        name: params.optional_text("name")?,
        phone: params.optional_text("phone")?,
        description: params.optional_text("description")?,
        address: params.address()?,
        shipping: params.block("shipping", SHIPPING)?,
        metadata: params.metadata()?.unwrap_or_default(),
        default_payment_method,
    };
    params.ignore(&["preferred_locales", "tax_exempt"]);
    params.finish()?;
    Ok(details)
}
