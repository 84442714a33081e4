//! The routing table and the API documents say the same.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::openapi::operations;
use crate::routes::{Table, shape};

/// Fails on a route without an operation and on an operation without a route.
pub(crate) fn compare(table: &Table, document: &Value) -> Result<String> {
    let routed: BTreeSet<(String, String)> = table.operations().into_keys().collect();
    let described: BTreeSet<(String, String)> = operations(document)
        .into_iter()
        .map(|o| (shape(&o.path), o.method))
        .collect();
    let list = |set: BTreeSet<&(String, String)>| {
        set.into_iter()
            .map(|(path, method)| format!("{method} {path}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let missing = list(described.difference(&routed).collect());
    if !missing.is_empty() {
        bail!("deploy/routes.toml does not route: {missing}");
    }
    let unknown = list(routed.difference(&described).collect());
    if !unknown.is_empty() {
        bail!("deploy/routes.toml routes what no service describes: {unknown}");
    }
    Ok(format!("{} operations routed", routed.len()))
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
        let same = json!({"paths": {"/api/v1/carts/{cart_id}": {"get": {}}}});
        let more = json!({"paths": {"/api/v1/carts/{id}": {"get": {}, "patch": {}}}});
        assert_eq!(compare(&table, &same).unwrap(), "1 operations routed");
        assert!(
            compare(&table, &more)
                .unwrap_err()
                .to_string()
                .contains("PATCH /api/v1/carts/{}")
        );
        assert!(
            compare(&table, &json!({}))
                .unwrap_err()
                .to_string()
                .contains("no service")
        );
    }
}
