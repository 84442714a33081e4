use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, response::IntoResponse};
use garde::Validate;
use http::{Request, StatusCode};
use kernel::{Quantity, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::Problem;

#[derive(Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Note {
    #[garde(length(chars, min = 1, max = 5))]
    text: String,
    #[garde(dive)]
    #[serde(default)]
    lines: Vec<Line>,
}

#[derive(Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Line {
    #[garde(range(min = 1, max = 9))]
    weight: i64,
    #[garde(skip)]
    #[serde(default)]
    quantity: Option<Quantity>,
    #[garde(skip)]
    #[serde(default)]
    colour: Option<Colour>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Colour {
    Red,
    Blue,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    limit: Option<i64>,
    cursor: Option<String>,
    #[serde(default)]
    tag: Vec<String>,
    open: Option<bool>,
}

fn router() -> Router {
    Router::new()
        .route(
            "/notes",
            post(|Json(note): Json<Note>| async { Json(note) }),
        )
        .route(
            "/users/{id}",
            get(|Path(id): Path<UserId>| async move { id.to_string() }),
        )
        .route(
            "/filter",
            get(|Query(filter): Query<Filter>| async move {
                let (size, cursor) = page(filter.limit, filter.cursor.as_deref())?;
                let answer =
                    json!({"size": size, "cursor": cursor, "tag": filter.tag, "open": filter.open});
                Ok::<_, Problem>(Json(answer))
            }),
        )
        .route(
            "/key",
            post(|IdempotencyKey(key): IdempotencyKey| async { key }),
        )
        .route(
            "/match",
            post(|tag: IfMatch| async move { tag.check(7).map(|()| "ok").into_response() }),
        )
        .layer(DefaultBodyLimit::max(1000))
}

async fn send(request: Request<Body>) -> (StatusCode, Value) {
    let response = router().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 100_000)
        .await
        .unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

async fn post_note(body: &str) -> (StatusCode, Value) {
    let request = Request::post("/notes").header("content-type", "application/json");
    send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn get_path(path: &str) -> (StatusCode, Value) {
    send(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_good_body_comes_through() {
    let (status, body) =
        post_note(r#"{"text": "häßo!", "lines": [{"weight": 9, "colour": "red"}]}"#).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["lines"][0]["colour"], "red");
}

/// Body, pointer, code and detail.
const WRONG_FIELDS: [(&str, &str, &str, &str); 17] = [
    (
        r#"{"text":"a","extra":1}"#,
        "/extra",
        "unknown_field",
        "there is no such field",
    ),
    (
        r#"{"text":"a","lines":[{"weight":1,"x/y":1}]}"#,
        "/lines/0/x~1y",
        "unknown_field",
        "there is no such field",
    ),
    ("{}", "/text", "required", "is required"),
    (
        r#"{"text":"a","lines":[{"weight":1},{}]}"#,
        "/lines/1/weight",
        "required",
        "is required",
    ),
    (
        r#"{"text":1}"#,
        "/text",
        "invalid_type",
        "expected a string",
    ),
    (
        r#"{"text":null}"#,
        "/text",
        "invalid_type",
        "expected a string",
    ),
    ("[]", "", "invalid_type", "expected an object"),
    (r#" ["a", []]"#, "", "invalid_type", "expected an object"),
    (
        r#"{"text":"a","lines":{}}"#,
        "/lines",
        "invalid_type",
        "expected an array",
    ),
    (
        r#"{"text":"a","lines":["x"]}"#,
        "/lines/0",
        "invalid_type",
        "expected an object",
    ),
    (
        r#"{"text":"a","lines":[{"weight":"1"}]}"#,
        "/lines/0/weight",
        "invalid_type",
        "expected a whole number",
    ),
    (
        r#"{"text":"a","lines":[{"weight":1.5}]}"#,
        "/lines/0/weight",
        "invalid_type",
        "expected a whole number",
    ),
    (
        r#"{"text":"a","lines":[{"weight":99999999999999999999}]}"#,
        "/lines/0/weight",
        "invalid_type",
        "expected a whole number",
    ),
    (
        r#"{"text":"a","lines":[{"weight":10}]}"#,
        "/lines/0/weight",
        "out_of_range",
        "greater than 9",
    ),
    (
        r#"{"text":"a","lines":[{"weight":1,"colour":"green"}]}"#,
        "/lines/0/colour",
        "unknown_value",
        "expected \"red\" or \"blue\"",
    ),
    (
        r#"{"text":""}"#,
        "/text",
        "invalid_length",
        "length is lower than 1",
    ),
    (
        r#"{"text":"abcdef"}"#,
        "/text",
        "invalid_length",
        "length is greater than 5",
    ),
];

#[tokio::test]
async fn wrong_fields_are_422_with_their_pointer() {
    for (body, pointer, code, detail) in WRONG_FIELDS {
        let (status, answer) = post_note(body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(answer["code"], "validation_failed", "{body}");
        if *body == *"[]" {
            continue;
        }
        assert_eq!(
            answer["errors"][0],
            json!({"pointer": pointer, "code": code, "detail": detail}),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_type_that_checks_itself_keeps_its_words() {
    let (status, answer) = post_note(r#"{"text":"a","lines":[{"weight":1,"quantity":-3}]}"#).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["errors"][0]["pointer"], "/lines/0/quantity");
    let detail = answer["errors"][0]["detail"].as_str().unwrap();
    assert!(
        !detail.contains("struct") && !detail.contains("line "),
        "{detail}"
    );
}

#[tokio::test]
async fn several_broken_rules_come_together() {
    let (_, answer) = post_note(r#"{"text":"","lines":[{"weight":0},{"weight":10}]}"#).await;
    let pointers: Vec<_> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["pointer"])
        .collect();
    assert_eq!(pointers, ["/lines/0/weight", "/lines/1/weight", "/text"]);
}

#[tokio::test]
async fn what_is_no_json_is_400_with_its_place() {
    for body in [
        "",
        "{",
        "{\"text\": \"a\",}",
        "{\"text\": \"a\"} x",
        "\u{0}",
        "{'text': 1}",
        "{\"text\":\"a\",\"text\":\"b\"}",
        "{\"text\": 1e400}",
    ] {
        let (status, answer) = post_note(body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer["code"], "malformed_json", "{body}");
        assert!(
            answer["line"].is_u64() && answer["column"].is_u64(),
            "{body}"
        );
    }
    let request = Request::post("/notes")
        .header("content-type", "application/json")
        .body(Body::from(&b"{\"text\": \"\xff\"}"[..]));
    assert_eq!(send(request.unwrap()).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_media_type_and_the_size_are_checked_first() {
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "text/json",
        "",
    ] {
        let request = Request::post("/notes")
            .header("content-type", media_type)
            .body(Body::from("{}"));
        let (status, answer) = send(request.unwrap()).await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{media_type}");
        assert_eq!(answer["code"], "unsupported_media_type");
    }
    let (status, answer) = post_note(&format!(r#"{{"text":"{}"}}"#, "a".repeat(2000))).await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::PAYLOAD_TOO_LARGE, &json!("body_too_large"))
    );
}

#[tokio::test]
async fn a_path_that_names_nothing_is_404() {
    for id in [
        "1",
        "usr_",
        "prd_01h455vb4pex5vsknk084sn02q",
        "usr_01H455VB4PEX5VSKNK084SN02Q",
        "%ff",
        "' or 1=1",
    ] {
        let (status, answer) = get_path(&format!("/users/{}", id.replace(' ', "%20"))).await;
        assert_eq!(
            (status, &answer["code"]),
            (StatusCode::NOT_FOUND, &json!("not_found")),
            "{id}"
        );
    }
    assert_eq!(
        get_path("/users/usr_01h455vb4pex5vsknk084sn02q").await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_query_is_typed_and_repeats_for_lists() {
    let (status, answer) = get_path("/filter?tag=a&tag=b%20c&limit=3&cursor=&open=true").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(
        answer,
        json!({"size": 3, "cursor": null, "tag": ["a", "b c"], "open": true})
    );
    assert_eq!(get_path("/filter").await.1["size"], 24);
}

#[tokio::test]
async fn a_wrong_parameter_is_400_with_its_name() {
    for (query, parameter) in [
        ("limit=x", "limit"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("open=maybe", "open"),
        ("colour=red", "colour"),
        ("limit=1&limit=2", "limit"),
    ] {
        let (status, answer) = get_path(&format!("/filter?{query}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer["code"], "invalid_query", "{query}");
        assert_eq!(answer["parameter"], parameter, "{query}: {answer}");
    }
}

#[tokio::test]
async fn an_idempotency_key_must_be_one_visible_word() {
    let long = "k".repeat(256);
    for (values, code) in [
        (&[][..], "idempotency_key_missing"),
        (&[""][..], "idempotency_key_invalid"),
        (&["a b"], "idempotency_key_invalid"),
        (&["ä"], "idempotency_key_invalid"),
        (&[long.as_str()], "idempotency_key_invalid"),
        (&["a", "b"], "idempotency_key_invalid"),
    ] {
        let mut request = Request::post("/key");
        for value in values {
            request = request.header("idempotency-key", value.as_bytes());
        }
        let (status, answer) = send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (status, &answer["code"]),
            (StatusCode::BAD_REQUEST, &json!(code)),
            "{values:?}"
        );
    }
    let request = Request::post("/key").header("idempotency-key", &long[..255]);
    assert_eq!(
        send(request.body(Body::empty()).unwrap()).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn if_match_compares_versions() {
    for (value, status) in [
        (None, StatusCode::OK),
        (Some("*"), StatusCode::OK),
        (Some("\"7.0a1b2c3d\""), StatusCode::OK),
        (Some("W/\"7.0a1b2c3d\""), StatusCode::OK),
        (Some("\"7\""), StatusCode::OK),
        (Some("\"8.0a1b2c3d\""), StatusCode::PRECONDITION_FAILED),
        (Some("7"), StatusCode::BAD_REQUEST),
        (Some("\"x.1\""), StatusCode::BAD_REQUEST),
        (Some("\"7"), StatusCode::BAD_REQUEST),
    ] {
        let mut request = Request::post("/match");
        if let Some(value) = value {
            request = request.header("if-match", value);
        }
        let (got, answer) = send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(got, status, "{value:?}: {answer}");
    }
}
