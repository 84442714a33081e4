//! What staff may do.

use std::marker::PhantomData;

use http::StatusCode;
use serde_json::{Value, json};

use super::*;
use crate::extract::Json;
use crate::problem::Problem;

crate::permissions! {
    /// Reads notes.
    NotesRead = "notes.read";
    /// Deletes notes.
    NotesDelete = "notes.delete";
}

/// The scope of a token, and what it allows.
const SCOPES: [(&str, bool); 14] = [
    ("", false),
    (" ", false),
    ("notes", false),
    ("notes.", false),
    ("notes.*", false),
    ("notes.rea", false),
    ("notes.read.all", false),
    ("xnotes.read", false),
    ("notes.write,notes.read", false),
    ("NOTES.READ", false),
    ("**", false),
    ("notes.read", true),
    ("a.b notes.read c.d", true),
    ("a.b *", true),
];

async fn ask_as(setup: &Setup, role: Role, scope: Option<&str>, path: &str) -> (StatusCode, Value) {
    let claims = AccessClaims {
        scope: scope.map(str::to_owned),
        ..claims(role)
    };
    let token = bearer(&setup.signer.sign(&claims).unwrap());
    let router: Router = Router::new()
        .route(
            "/read",
            get(
                |Permitted(user, PhantomData): Permitted<NotesRead>| async move {
                    Json(json!(user.may("notes.read")))
                },
            ),
        )
        .route(
            "/delete",
            get(|user: CurrentUser| async move {
                user.require(NotesDelete::NAME)?;
                Ok::<_, Problem>(Json(json!(user.may("notes.delete"))))
            }),
        )
        .with_state(AppState(setup.verifier.clone()));
    let request = Request::get(path).header("authorization", token);
    let response = router.oneshot(request.body(Body::empty()).unwrap());
    let response = response.await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 10_000)
        .await
        .unwrap();
    (
        status,
        serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    )
}

#[tokio::test]
async fn without_a_token_it_is_401() {
    let setup = setup();
    let router: Router = Router::new()
        .route("/read", get(|_: Permitted<NotesRead>| async {}))
        .with_state(AppState(setup.verifier.clone()));
    let request = Request::get("/read").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_permission_is_held_by_its_whole_name_or_by_the_star() {
    let setup = setup();
    for (scope, may) in SCOPES {
        let (status, body) = ask_as(&setup, Role::Staff, Some(scope), "/read").await;
        if may {
            assert_eq!((status, body), (StatusCode::OK, json!(true)), "{scope:?}");
        } else {
            assert_eq!(status, StatusCode::FORBIDDEN, "{scope:?}");
            assert_eq!(body["code"], "permission_missing", "{scope:?}");
            assert_eq!(body["permission"], "notes.read");
            assert_eq!(body["detail"], "This needs the permission notes.read.");
        }
    }
    let (status, body) = ask_as(&setup, Role::Staff, None, "/read").await;
    assert_eq!(status, StatusCode::FORBIDDEN, "an old token has no scope");
    assert_eq!(body["code"], "permission_missing");
}

#[tokio::test]
async fn who_is_no_staff_has_no_permission() {
    let setup = setup();
    for path in ["/read", "/delete"] {
        let (status, body) = ask_as(&setup, Role::Customer, None, path).await;
        assert_eq!(
            (status, &body["code"]),
            (StatusCode::FORBIDDEN, &json!("forbidden"))
        );
        // A scope in a customer's token was not put there by us.
        let (status, _) = ask_as(&setup, Role::Customer, Some("*"), path).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    // Staff with a token for the shop's pages are shoppers there.
    let user = CurrentUser {
        user_id: UserId::generate(),
        session_id: SessionId::generate(),
        role: Role::Staff,
        audience: Audience::Shop,
        scopes: Scopes::new("*"),
    };
    assert!(!user.may("notes.read"));
    assert_eq!(user.require("notes.read").unwrap_err().code(), "forbidden");
}

#[tokio::test]
async fn a_permission_can_be_asked_for_by_name() {
    let setup = setup();
    let (status, body) = ask_as(&setup, Role::Staff, Some("notes.read"), "/delete").await;
    assert_eq!(
        (status, &body["permission"]),
        (StatusCode::FORBIDDEN, &json!("notes.delete"))
    );
    let (status, _) = ask_as(
        &setup,
        Role::Staff,
        Some("notes.read notes.delete"),
        "/delete",
    )
    .await;
    assert_eq!(status, StatusCode::OK);
}
