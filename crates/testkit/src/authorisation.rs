//! The doors of the back office: every operation under `/api/v1/admin` is closed to who has no right
//! to it, found by walking the service's own document.

use std::collections::BTreeSet;

use http::Method;
use kernel::UserId;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::tokens::Tokens;

/// What stands before the path of every operation of staff.
const STAFF: &str = "/api/v1/admin/";

/// Calls every operation of staff in `document` (OpenAPI as JSON) as nobody, as a customer and as staff
/// without permissions, and expects 401 `token_missing`, 403 `forbidden` and 403 `permission_missing`.
/// Answers the permissions that were missing, so that a test can compare them with what is meant.
///
/// The paths are called with parameters that name nothing and with a JSON body that no operation
/// takes, so a handler that reads those before it looks at its caller is found too.
///
/// # Panics
/// When a door is open, when the document does not say that one is closed, or when there is none at all.
pub async fn check(app: &TestApp, document: &Value, tokens: &Tokens) -> BTreeSet<String> {
    let mut missing = BTreeSet::new();
    for (method, path, operation) in operations(document) {
        let name = format!("{method} {path}");
        for status in ["401", "403"] {
            assert!(
                operation["responses"][status].is_object(),
                "{name}: {status} is not in the document"
            );
        }
        let secured = operation["security"].as_array();
        let secured = secured.is_some_and(|all| all.iter().all(|one| one["bearer"].is_array()));
        assert!(secured, "{name}: the document asks for no token");

        let call = || {
            let call = app
                .call(method.clone(), concrete(&path))
                .header("idempotency-key", "door")
                .header("if-match", "\"1.0\"");
            if method == Method::GET {
                call
            } else {
                call.json(json!({"no_such_field": true}))
            }
        };
        let answer = call().send().await;
        assert_eq!(answer.status, 401, "{name} as nobody: {}", answer.json);
        assert_eq!(answer.json["code"], "token_missing", "{name} as nobody");

        let customer = tokens.customer(UserId::generate());
        let answer = call().bearer(customer).send().await;
        assert_eq!(answer.status, 403, "{name} as a customer: {}", answer.json);
        assert_eq!(answer.json["code"], "forbidden", "{name} as a customer");

        for few in [&[][..], &["no.such"]] {
            let answer = call().bearer(tokens.staff_with(few)).send().await;
            assert_eq!(answer.status, 403, "{name} with {few:?}: {}", answer.json);
            assert_eq!(
                answer.json["code"], "permission_missing",
                "{name} with {few:?}"
            );
            let permission = answer.json["permission"].as_str().expect("its name");
            missing.insert(permission.to_owned());
        }
    }
    assert!(
        !missing.is_empty(),
        "the document has no operation of staff"
    );
    missing
}

/// The operations of staff: method, path and document.
fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        if !path.starts_with(STAFF) {
            continue;
        }
        for (method, operation) in item.as_object().into_iter().flatten() {
            let method = match method.as_str() {
                "get" => Method::GET,
                "post" => Method::POST,
                "put" => Method::PUT,
                "patch" => Method::PATCH,
                "delete" => Method::DELETE,
                // Not an operation: what all operations of the path share.
                _ => continue,
            };
            found.push((method, path.clone(), operation.clone()));
        }
    }
    found
}

/// The path with its parameters filled with something that names nothing.
fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "none" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::extract::FromRef;
    use axum::routing::{MethodRouter, get, post};
    use common::access::{CurrentUser, Staff, Verifier};
    use common::extract::{Path, Permitted};

    use super::*;

    common::permissions! {
        /// Reads notes.
        NotesRead = "notes.read";
    }

    #[derive(Clone)]
    struct AppState(Verifier);

    impl FromRef<AppState> for Verifier {
        fn from_ref(state: &AppState) -> Self {
            state.0.clone()
        }
    }

    async fn judge(method: &str, door: MethodRouter<AppState>) -> BTreeSet<String> {
        let tokens = Tokens::new(Arc::new(crate::clock()));
        let router = Router::new().route("/api/v1/admin/notes/{id}", door);
        let app = TestApp::new(router.with_state(AppState(tokens.verifier())));
        let operation = json!({"security": [{"bearer": []}], "responses": {"401": {}, "403": {}}});
        let document = json!({"paths": {
            "/api/v1/notes": {"get": {}},
            "/api/v1/admin/notes/{id}": {"parameters": [], method: operation},
        }});
        check(&app, &document, &tokens).await
    }

    #[tokio::test]
    async fn a_closed_door_names_its_permission() {
        let door = get(|_: Permitted<NotesRead>| async {});
        let missing = judge("get", door).await;
        assert_eq!(missing, BTreeSet::from(["notes.read".to_owned()]));
    }

    #[tokio::test]
    #[should_panic(expected = "as nobody")]
    async fn an_open_door_is_found() {
        judge("get", get(|| async {})).await;
    }

    #[tokio::test]
    #[should_panic(expected = "as a customer")]
    async fn a_door_open_to_customers_is_found() {
        judge("get", get(|_: CurrentUser| async {})).await;
    }

    #[tokio::test]
    #[should_panic(expected = "with []")]
    async fn a_door_open_to_all_staff_is_found() {
        judge("get", get(|_: Staff| async {})).await;
    }

    #[tokio::test]
    #[should_panic(expected = "as nobody")]
    async fn a_handler_that_reads_the_path_first_is_found() {
        let read_first = |_: Path<u8>, _: Permitted<NotesRead>| async {};
        judge("post", post(read_first)).await;
    }
}
