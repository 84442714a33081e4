use std::io;

use http_body_util::BodyExt;
use serde_json::json;

use super::*;

async fn body(response: Response) -> Value {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn has_the_standard_members_and_its_own() {
    let problem = Problem::conflict("totals_changed", "The total has changed")
        .detail("Look again.")
        .field("/lines/0/quantity", "out_of_range", "must be 1 to 999")
        .with("seen", 3)
        .retry_after(2);
    let mut response = problem.into_response();
    assert_eq!(
        fill_request_id(&mut response, "r-1"),
        Some("totals_changed")
    );
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
    assert_eq!(response.headers()[header::RETRY_AFTER], "2");
    assert_eq!(
        body(response).await,
        json!({
            "type": "/problems/totals_changed",
            "title": "The total has changed",
            "status": 409,
            "code": "totals_changed",
            "detail": "Look again.",
            "request_id": "r-1",
            "errors": [{"pointer": "/lines/0/quantity", "code": "out_of_range", "detail": "must be 1 to 999"}],
            "seen": 3,
        })
    );
}

#[tokio::test]
async fn a_source_is_kept_for_the_log_and_never_shown() {
    let response =
        Problem::internal(io::Error::other("relation \"secret\" is missing")).into_response();
    let source = response.extensions().get::<ErrorSource>().unwrap();
    assert!(source.0.to_string().contains("secret"));
    assert!(!body(response).await.to_string().contains("secret"));
}

#[test]
fn own_members_cannot_replace_standard_ones() {
    let problem = Problem::not_found()
        .with("code", "another")
        .with("status", 200);
    assert_eq!(problem.to_json()["code"], "not_found");
    assert_eq!(problem.to_json()["status"], 404);
}
