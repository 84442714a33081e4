//! What is refused before a service sees it.

use all::pages::Pages;
use axum::body::Body;
use futures::stream;
use http::Method;

use crate::door::{SLOW, door};

#[tokio::test]
async fn unknown_paths_are_problems() {
    let door = door(Pages::none());
    for path in [
        "/",
        "/somewhere",
        "/api",
        "/api/v1/nothing",
        "/api/v1/carts/a%2Fb",
        "/api/v1/carts//lines",
        "/.well-known/other",
        "/metrics",
    ] {
        let answer = door.get(path).send().await;
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        let id = answer.header("x-request-id").unwrap().to_owned();
        let problem = answer.problem(404, "not_found");
        assert_eq!(problem["request_id"], id.as_str(), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let door = door(Pages::none());
    for (method, path, allow) in [
        (Method::GET, "/api/v1/carts", "POST"),
        (Method::DELETE, "/api/v1/products", "GET, HEAD"),
        (Method::TRACE, "/api/v1/carts/c1/lines/l1", "DELETE, PATCH"),
    ] {
        let answer = door.call(method, path).send().await;
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
        answer.problem(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn a_body_that_does_not_say_how_long_it_is_is_measured() {
    let door = door(Pages::none());
    let parts = |count: usize| {
        let part = || Ok::<_, std::io::Error>(vec![b'x'; 1024]);
        Body::from_stream(stream::iter((0..count).map(move |_| part())))
    };
    let call = || door.post("/api/v1/carts");
    assert_eq!(
        call().body(parts(16)).send().await.expect(200).json["bytes"],
        16 * 1024
    );
    let answer = call().body(parts(17)).send().await;
    answer.problem(413, "body_too_large");
}

#[tokio::test]
async fn a_service_that_takes_too_long_is_given_up() {
    let door = door(Pages::none());
    let call = door.get("/api/v1/search/suggest?q=x").header(SLOW, "10000");
    let answer = call.send().await;
    assert_eq!(answer.header("retry-after"), Some("1"));
    answer.problem(504, "gateway_timeout");
}

#[tokio::test]
async fn a_service_sees_only_what_the_door_vouches_for() {
    let door = door(Pages::none());
    let call = door
        .get("/api/v1/carts/c1")
        .header("x-request-id", "abcdef12-3456")
        .header("x-forwarded-for", "10.1.2.3")
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "for=10.1.2.3")
        .header("x-user-id", "1")
        .header("x-original-url", "/admin")
        .header("cart-token", "secret-token");
    let answer = call.send().await.expect(200);
    assert_eq!(answer.header("x-request-id"), Some("abcdef12-3456"));
    let seen = &answer.json["headers"];
    assert_eq!(seen["x-request-id"], "abcdef12-3456");
    assert_eq!(seen["cart-token"], "secret-token");
    assert_eq!(seen["x-forwarded-proto"], "http");
    let all = seen.to_string();
    for word in ["10.1.2.3", "evil", "x-user-id", "x-original-url"] {
        assert!(!all.contains(word), "{word} came through: {all}");
    }
}

#[tokio::test]
async fn a_spoofed_address_makes_no_other_client() {
    let door = door(Pages::none());
    let login = async |from: &str| {
        let call = door.post("/api/v1/auth/login");
        call.header("x-forwarded-for", from).send().await.status
    };
    let mut refused = 0;
    for index in 0..40 {
        refused += u32::from(login(&format!("10.1.2.{index}")).await == 429);
    }
    assert!(refused > 5, "{refused}");
}
