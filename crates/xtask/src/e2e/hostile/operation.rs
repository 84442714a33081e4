//! The documented operations, as far as it takes to ask for them.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::Value;

use super::sample;

/// One documented operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: Method,
    path: String,
    /// The parameters of the path, each with a well-formed value that names nothing.
    pub(super) places: Vec<(String, String)>,
    /// The names of the query's parameters.
    pub(super) queries: Vec<String>,
    /// The names of the headers that it cannot do without, in lower case.
    pub(super) headers: Vec<String>,
    /// A body as the document describes it.
    pub(super) body: Option<Value>,
    /// Nothing but an access token opens it.
    pub(super) needs_token: bool,
}

impl Operation {
    /// Only for staff.
    pub(super) fn is_staff(&self) -> bool {
        self.path.contains("/admin/")
    }

    /// Makes pictures of whatever name it is given.
    pub(super) fn is_art(&self) -> bool {
        self.path.contains("/media/art/")
    }

    /// The path with well-formed ids that name nothing, and `other` in the place of one of them.
    pub(super) fn target(&self, other: Option<(&str, &str)>) -> String {
        let mut path = self.path.clone();
        for (name, value) in &self.places {
            let value = match other {
                Some((place, other)) if place == name => other,
                _ => value.as_str(),
            };
            path = path.replace(&format!("{{{name}}}"), value);
        }
        path
    }
}

/// Reads them out of the merged document.
pub(super) fn operations(document: &Value) -> Result<Vec<Operation>> {
    let paths = document["paths"].as_object();
    let paths = paths.context("the document has no paths")?;
    let mut found = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            found.push(read(document, id, method, path, operation)?);
        }
    }
    ensure!(!found.is_empty(), "the document has no operations");
    Ok(found)
}

fn read(
    document: &Value,
    id: &str,
    method: &str,
    path: &str,
    operation: &Value,
) -> Result<Operation> {
    let parameters = operation["parameters"].as_array();
    let of = |place: &'static str| {
        let parameters = parameters.into_iter().flatten();
        parameters
            .filter(move |parameter| parameter["in"] == place)
            .filter_map(|parameter| Some((parameter["name"].as_str()?, parameter)))
    };
    let alternatives = operation["security"].as_array();
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let body = operation["requestBody"].is_object();
    Ok(Operation {
        id: id.to_owned(),
        method: method.to_uppercase().parse()?,
        path: path.to_owned(),
        places: of("path")
            .map(|(name, parameter)| {
                (
                    name.to_owned(),
                    sample::word(document, &parameter["schema"]),
                )
            })
            .collect(),
        queries: of("query").map(|(name, _)| name.to_owned()).collect(),
        headers: of("header")
            .filter(|(_, parameter)| parameter["required"] == true)
            .map(|(name, _)| name.to_lowercase())
            .collect(),
        body: body.then(|| sample::sample(document, schema)),
        needs_token: alternatives.is_some_and(|all| {
            !all.is_empty() && all.iter().all(|one| one.get("bearer").is_some())
        }),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::NOBODYS;
    use super::*;

    #[test]
    fn an_operation_needs_a_token_only_if_every_alternative_does() {
        let document = json!({"paths": {
            "/api/v1/me": {"get": {"operationId": "getMe", "security": [{"bearer": []}]}},
            "/api/v1/carts/{id}": {"get": {"operationId": "getCart", "security": [{}, {"bearer": []}]}},
            "/api/v1/products": {"post": {"operationId": "x", "requestBody": {}}},
        }});
        let found = operations(&document).unwrap();
        let by = |id: &str| found.iter().find(|o| o.id == id).unwrap();
        assert!(by("getMe").needs_token);
        assert!(!by("getCart").needs_token && !by("x").needs_token);
        assert!(by("x").body.is_some() && by("getMe").body.is_none());
    }

    #[test]
    fn parameters_are_sorted_by_their_place() {
        let document = json!({
            "components": {"schemas": {"OrderId": {"type": "string", "examples": ["ord_1"]}}},
            "paths": {"/api/v1/admin/orders/{id}/invoices/{file}": {"post": {
                "operationId": "x",
                "parameters": [
                    {"name": "id", "in": "path", "schema": {"$ref": "#/components/schemas/OrderId"}},
                    {"name": "file", "in": "path", "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "If-Match", "in": "header", "required": true, "schema": {"type": "string"}},
                    {"name": "Cart-Token", "in": "header", "schema": {"type": "string"}},
                ],
            }}},
        });
        let found = operations(&document).unwrap().remove(0);
        assert_eq!(found.queries, ["limit"]);
        assert_eq!(found.headers, ["if-match"]);
        assert!(found.is_staff());
        let plain = format!("/api/v1/admin/orders/ord_1/invoices/{NOBODYS}");
        assert_eq!(found.target(None), plain);
        let other = format!("/api/v1/admin/orders/%00/invoices/{NOBODYS}");
        assert_eq!(found.target(Some(("id", "%00"))), other);
    }
}
