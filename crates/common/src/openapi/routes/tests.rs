use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, StatusCode, header};
use axum::routing::get;
use tower::ServiceExt as _;

use super::*;

const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];
const PATHS: [&str; 6] = ["/notes", "/notes/{id}", "/tags", "/log", "/small", "/other"];
const BODY_BYTES_MAX: usize = 8;

/// What shelves share.
#[derive(Debug, Clone)]
struct Shelf(&'static str);

/// List notes
#[utoipa::path(get, path = "/notes", operation_id = "listNotes")]
async fn list_notes(State(Shelf(name)): State<Shelf>) -> String {
    format!("notes of {name}")
}

mod notes {
    /// Write a note
    #[utoipa::path(post, path = "/notes", operation_id = "createNote")]
    pub(super) async fn create(body: String) -> String {
        format!("wrote {body}")
    }

    /// Change a note
    #[utoipa::path(patch, path = "/notes/{id}", operation_id = "updateNote")]
    pub(super) async fn update() -> &'static str {
        "changed"
    }

    /// Throw a note away
    #[utoipa::path(delete, path = "/notes/{id}", operation_id = "deleteNote")]
    pub(super) async fn delete() -> &'static str {
        "gone"
    }
}

/// List tags
#[utoipa::path(get, path = "/tags", operation_id = "listTags")]
async fn list_tags() -> &'static str {
    "tags"
}

/// Set tags
#[utoipa::path(put, path = "/tags", operation_id = "setTags")]
async fn set_tags() -> &'static str {
    "set"
}

/// Tell something short
#[utoipa::path(post, path = "/small", operation_id = "tell")]
async fn tell(body: String) -> String {
    body
}

/// Read the log
#[utoipa::path(get, path = "/log", operation_id = "readLog")]
async fn read_log() -> &'static str {
    "log"
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(read_log))]
struct Log;

/// Each way to mount something: two methods in one list, in two, in two routers; a path by itself; a limit.
fn router<R: Routes<State = Shelf>>() -> R {
    R::default()
        .routes(routes!(list_notes, notes::create))
        .routes(routes!(notes::update))
        .merge(R::default().routes(routes!(notes::delete,)))
        .routes(routes!(list_tags))
        .routes(routes!(set_tags))
        .merge(
            R::default()
                .routes(routes!(tell))
                .body_limit(BODY_BYTES_MAX),
        )
        .describe(<Log as utoipa::OpenApi>::openapi)
        .route("/log", get(read_log))
}

/// Status, `allow` and body of the answer.
async fn ask(
    router: &Router,
    method: &Method,
    path: &str,
    body: &'static str,
) -> (StatusCode, Option<String>, String) {
    let path = path.replace("{id}", "7");
    let request = Request::builder().method(method).uri(path);
    let request = request.body(Body::from(body)).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let allow = response.headers().get(header::ALLOW);
    let allow = allow.map(|methods| methods.to_str().unwrap().to_owned());
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1024).await;
    let text = String::from_utf8(bytes.unwrap().to_vec()).unwrap();
    (status, allow, text)
}

#[tokio::test]
async fn whoever_serves_mounts_what_is_described() {
    let serving = router::<Router<Shelf>>().with_state(Shelf("oak"));
    let (described, document) = router::<OpenApiRouter<Shelf>>().split_for_parts();
    let described = described.with_state(Shelf("oak"));
    let mut found = BTreeSet::new();
    for path in PATHS {
        for method in METHODS {
            for body in ["short", "longer than allowed"] {
                let answer = ask(&serving, &method, path, body).await;
                assert_eq!(
                    answer,
                    ask(&described, &method, path, body).await,
                    "{method} {path}"
                );
                if answer.0 == StatusCode::OK && method != Method::HEAD {
                    found.insert((path.to_owned(), method.to_string().to_lowercase()));
                }
            }
        }
    }
    let document = serde_json::to_value(&document).unwrap();
    let mut told = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            told.insert((path.clone(), method.clone()));
        }
    }
    assert_eq!(found, told);
    assert_eq!(told.len(), 8);
}

#[tokio::test]
async fn methods_of_one_path_and_limits_are_as_listed() {
    let serving = router::<Router<Shelf>>().with_state(Shelf("oak"));
    let ask = async |method, path, body| ask(&serving, &method, path, body).await;
    let (status, allow, _) = ask(Method::DELETE, "/notes", "").await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(allow.as_deref(), Some("GET,HEAD,POST"));
    assert_eq!(ask(Method::GET, "/notes", "").await.2, "notes of oak");
    assert_eq!(ask(Method::HEAD, "/notes", "").await.0, StatusCode::OK);
    let long = "longer than allowed";
    assert_eq!(
        ask(Method::POST, "/notes", long).await.2,
        format!("wrote {long}")
    );
    let (status, ..) = ask(Method::POST, "/small", long).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(ask(Method::POST, "/small", "short").await.2, "short");
}
