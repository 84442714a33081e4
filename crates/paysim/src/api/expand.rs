//! `expand[]`: objects in place of their ids.

use serde_json::Value;

use crate::{error::ApiError, state::State};

const DEPTH_MAX: usize = 4;

/// Expands each path, for example `latest_charge.customer` or `data.latest_charge`.
pub(super) fn expand(state: &State, value: &mut Value, paths: &[String]) -> Result<(), ApiError> {
    for path in paths {
        let parts: Vec<&str> = path.split('.').collect();
        let known = parts.len() <= DEPTH_MAX && walk(state, value, &parts);
        if !known {
            let message = format!("This property cannot be expanded ({path}).");
            return Err(ApiError::invalid(message).param("expand"));
        }
    }
    Ok(())
}

/// Whether the path leads to something that can be expanded.
fn walk(state: &State, value: &mut Value, parts: &[&str]) -> bool {
    let Some((part, rest)) = parts.split_first() else {
        return true;
    };
    // An id that Stripe shows as a plain text.
    if value.get("object").is_some_and(|kind| kind == "charge") && *part == "payment_method" {
        return false;
    }
    let Some(child) = value.get_mut(*part) else {
        return false;
    };
    match child {
        Value::Array(items) => {
            !rest.is_empty() && items.iter_mut().all(|item| walk(state, item, rest))
        }
        Value::String(id) => match lookup(state, id) {
            Some(object) => {
                *child = object;
                walk(state, child, rest)
            }
            None => false,
        },
        // Nothing there, or expanded by an earlier path.
        Value::Null | Value::Object(_) => child.is_null() || walk(state, child, rest),
        _ => false,
    }
}

fn lookup(state: &State, id: &str) -> Option<Value> {
    match id.split_once('_')?.0 {
        "pi" => Some(state.intents.get(id)?.view()),
        "ch" => Some(state.charges.get(id)?.view()),
        "re" => Some(state.refunds.get(id)?.view()),
        "cus" => Some(state.customers.get(id)?.view()),
        "du" => Some(state.disputes.get(id)?.view()),
        "pm" => Some(state.payment_methods.get(id)?.view()),
        _ => None,
    }
}
