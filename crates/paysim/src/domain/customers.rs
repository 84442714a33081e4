//! Customers: make, change, delete.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::Value;

use super::payment_methods;
use crate::{error::ApiError, ids, model::Customer, state::State, store::Tx};

/// What is known of a customer; in a change, what is given is new.
#[derive(Debug, Default)]
pub(crate) struct Details {
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) address: Option<Value>,
    pub(crate) shipping: Option<Value>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) default_payment_method: Option<String>,
}

/// Makes a customer.
pub(crate) fn create(tx: &mut Tx<'_>, details: Details) -> Customer {
    let customer = Customer {
        id: ids::generate("cus"),
        created: tx.now(),
        deleted: false,
        email: details.email,
        name: details.name,
        phone: details.phone,
        description: details.description,
        address: details.address,
        shipping: details.shipping,
        metadata: details.metadata,
        default_payment_method: details.default_payment_method,
    };
    tx.put_customer(&customer, "customer.created");
    customer
}

/// Changes what is given.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    mut customer: Customer,
    details: Details,
) -> Result<Customer, ApiError> {
    if let Some(id) = &details.default_payment_method {
        let method = tx.state.payment_methods.get(id);
        if method.is_none_or(|method| method.customer.as_ref() != Some(&customer.id)) {
            return Err(ApiError::invalid(format!(
                "The customer does not have a payment method with the ID {id}. The payment method \
                 must be attached to the customer."
            ))
            .code("resource_missing")
            .param("invoice_settings[default_payment_method]"));
        }
    }
    customer.email = details.email.or(customer.email);
    customer.name = details.name.or(customer.name);
    customer.phone = details.phone.or(customer.phone);
    customer.description = details.description.or(customer.description);
    customer.address = details.address.or(customer.address);
    customer.shipping = details.shipping.or(customer.shipping);
    customer.default_payment_method = details
        .default_payment_method
        .or(customer.default_payment_method);
    customer.metadata.extend(details.metadata);
    tx.put_customer(&customer, "customer.updated");
    Ok(customer)
}

/// Deletes a customer; their payment methods cannot be used again.
pub(crate) fn delete(tx: &mut Tx<'_>, id: &str) -> Result<Customer, ApiError> {
    let mut customer = get(tx.state, id)?.clone();
    let methods = tx.state.payment_methods.rows().iter();
    let methods: Vec<String> = methods
        .filter(|method| method.customer.as_deref() == Some(id))
        .map(|method| method.id.clone())
        .collect();
    for method in methods {
        payment_methods::detach(tx, &method)?;
    }
    tx.emit("customer.deleted", customer.view());
    customer.deleted = true;
    tx.put(crate::state::Record::Customer(customer.clone()));
    Ok(customer)
}

/// The customer that the path names, if not deleted.
pub(crate) fn get<'a>(state: &'a State, id: &str) -> Result<&'a Customer, ApiError> {
    let customer = state.customers.get(id).filter(|customer| !customer.deleted);
    customer.ok_or_else(|| ApiError::missing("customer", id, "customer"))
}

/// The customer that a parameter names.
pub(crate) fn named<'a>(state: &'a State, id: &str) -> Result<&'a Customer, ApiError> {
    get(state, id).map_err(|error| error.with_status(StatusCode::BAD_REQUEST))
}
