//! The routing table and the API documents say the same.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::openapi::operations;
use crate::routes::{Table, shape};

/// Fails on a route without an operation, on an operation without a route, and on a route to another service than the one
/// that describes it. `documents` are the services' own, by name.
pub(crate) fn compare(table: &Table, documents: &[(String, Value)]) -> Result<String> {
    let routed = table.operations();
    let described: BTreeMap<(String, String), String> = documents
        .iter()
        .flat_map(|(service, document)| {
            let operations = operations(document).into_iter();
            operations.map(move |o| ((shape(&o.path), o.method), service.clone()))
        })
        .collect();
    let missing = differences(&described, &routed);
    if !missing.is_empty() {
        bail!("deploy/routes.toml does not route: {}", missing.join(", "));
    }
    let unknown = differences(&routed, &described);
    if !unknown.is_empty() {
        bail!(
            "deploy/routes.toml routes what no service describes: {}",
            unknown.join(", ")
        );
    }
    Ok(format!("{} operations routed", routed.len()))
}

/// What `one` has and `other` has not, or with another service.
fn differences(
    one: &BTreeMap<(String, String), String>,
    other: &BTreeMap<(String, String), String>,
) -> Vec<String> {
    let missing = one
        .iter()
        .filter(|(operation, service)| other.get(*operation) != Some(*service));
    missing
        .map(|((path, method), service)| format!("{method} {path} ({service})"))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_directions_are_compared() {
        let table = Table::parse(
            "[[rate_class]]\nname = \"read\"\nper_minute = 60\nburst = 5\n\
             [[route]]\npath = \"/api/v1/carts/{id}\"\nmethods = [\"GET\"]\nservice = \"cart\"\nrate_class = \"read\"\n",
        )
        .unwrap();
        let of = |service: &str, document| vec![(service.to_owned(), document)];
        let same = json!({"paths": {"/api/v1/carts/{cart_id}": {"get": {}}}});
        let more = json!({"paths": {"/api/v1/carts/{id}": {"get": {}, "patch": {}}}});
        assert_eq!(
            compare(&table, &of("cart", same.clone())).unwrap(),
            "1 operations routed"
        );
        let refused =
            |documents: Vec<(String, Value)>| compare(&table, &documents).unwrap_err().to_string();
        assert!(
            refused(of("cart", more)).ends_with("does not route: PATCH /api/v1/carts/{} (cart)")
        );
        assert!(
            refused(of("orders", same)).ends_with("does not route: GET /api/v1/carts/{} (orders)")
        );
        assert!(refused(of("cart", json!({}))).contains("no service describes: GET"));
    }
}
