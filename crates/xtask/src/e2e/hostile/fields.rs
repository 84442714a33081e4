//! Members of an answer: those that the documents know, and those that nobody outside may see.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Words in names of members that shoppers must never see: what a product costs the shop, whether it is on sale, how it
/// was ranked, how it is stored.
const HIDDEN: [&str; 14] = [
    "cost",
    "margin",
    "supplier",
    "status",
    "score",
    "lexical",
    "cosine",
    "vector",
    "embedding",
    "hash",
    "external",
    "revision",
    "change_seq",
    "deleted",
];

/// The names that an operation's answer may hold, by its document.
pub(super) fn documented(document: &Value, path: &str) -> Result<BTreeSet<String>> {
    let schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        ["schema"]
        .clone();
    ensure!(schema.is_object(), "{path} is not in the documents");
    let (mut names, mut seen) = (BTreeSet::new(), BTreeSet::new());
    collect(document, &schema, &mut names, &mut seen)?;
    let is_hidden = |name: &&String| HIDDEN.iter().any(|hidden| name.contains(hidden));
    let hidden: Vec<&String> = names.iter().filter(is_hidden).collect();
    ensure!(hidden.is_empty(), "{path} shows everybody {hidden:?}");
    Ok(names)
}

fn collect(
    document: &Value,
    schema: &Value,
    names: &mut BTreeSet<String>,
    seen: &mut BTreeSet<String>,
) -> Result<()> {
    match schema {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str)
                && seen.insert(reference.to_owned())
            {
                let target = document.pointer(reference.trim_start_matches('#'));
                let target = target.with_context(|| reference.to_owned())?;
                collect(document, target, names, seen)?;
            }
            if let Some(properties) = members.get("properties").and_then(Value::as_object) {
                names.extend(properties.keys().cloned());
            }
            for inner in members.values() {
                collect(document, inner, names, seen)?;
            }
        }
        Value::Array(all) => {
            for inner in all {
                collect(document, inner, names, seen)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Fails on a member that the documents do not know.
pub(super) fn only(answer: &Value, names: &BTreeSet<String>) -> Result<()> {
    match answer {
        Value::Object(members) => {
            for (name, inner) in members {
                ensure!(
                    names.contains(name),
                    "an answer holds {name:?}, which no document tells of"
                );
                only(inner, names)?;
            }
        }
        Value::Array(all) => {
            for inner in all {
                only(inner, names)?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(inner: &Value) -> Value {
        json!({
            "paths": {"/x": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {
                "$ref": "#/components/schemas/X"}}}}}}}},
            "components": {"schemas": {"X": {"properties": {"items": {"items": inner}}}}},
        })
    }

    #[test]
    fn a_document_with_a_hidden_member_is_refused() {
        assert!(documented(&document(&json!({"properties": {"cost_minor": {}}})), "/x").is_err());
        assert!(documented(&document(&json!({})), "/y").is_err());
    }

    #[test]
    fn members_that_no_document_knows_are_found_at_any_depth() {
        let itself =
            json!({"properties": {"title": {}, "more": {"$ref": "#/components/schemas/X"}}});
        let names = documented(&document(&itself), "/x").unwrap();
        only(
            &json!({"items": [{"title": "a", "more": {"items": []}}]}),
            &names,
        )
        .unwrap();
        assert!(only(&json!({"items": [{"title": "a", "sold": 3}]}), &names).is_err());
    }
}
