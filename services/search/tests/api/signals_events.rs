//! What browsers tell.

use kernel::Clock as _;
use kernel::ProductId;
use search::signals::Searched;
use search::signals::flush::flush;
use serde_json::{Value, json};
use testkit::Answer;

use crate::staff_desk::Desk;

const PATH: &str = "/api/v1/search/events";

async fn send(desk: &Desk, address: &str, events: Value) -> Answer {
    let call = desk.app.post(PATH).header("x-forwarded-for", address);
    call.json(json!({ "events": events })).send().await
}

async fn write(desk: &Desk) {
    flush(&desk.state.db, &desk.state.recorder, desk.clock.now())
        .await
        .expect("written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refuses_what_is_no_event() {
    let desk = Desk::open().await;
    let id = ProductId::generate();
    let with = |name: &str, value: Value| {
        let mut event = json!({"kind": "click", "product_id": id, "query": "tv"});
        event[name] = value;
        json!([event])
    };
    let view = json!({"kind": "view", "product_id": id});
    for (events, pointer) in [
        (json!([]), "/events"),
        (json!(vec![view; 51]), "/events"),
        (json!([{"kind": "view"}]), "/events/0/product_id"),
        (with("kind", json!("order")), "/events/0/kind"),
        (with("product_id", json!("var_x")), "/events/0/product_id"),
        (with("query", json!("x".repeat(257))), "/events/0/query"),
        (
            with("search_id", json!("x".repeat(65))),
            "/events/0/search_id",
        ),
        (with("search_id", json!("ü")), "/events/0/search_id"),
        (with("position", json!(0)), "/events/0/position"),
        (with("position", json!(-1)), "/events/0/position"),
        (with("user_id", json!("usr_x")), "/events/0/user_id"),
    ] {
        let text = events.to_string();
        let problem = send(&desk, "192.0.2.1", events).await;
        let problem = problem.problem(422, "validation_failed");
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{text}: {problem}"
        );
    }
    let large = desk
        .app
        .post(PATH)
        .header("content-type", "application/json");
    let large = large.body(format!("{{\"events\": \"{}\"}}", "x".repeat(70_000)));
    large.send().await.problem(413, "body_too_large");
    let text = desk.app.post(PATH).body("kind=view");
    text.send().await.problem(415, "unsupported_media_type");
    assert!(desk.state.recorder.take().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_sends_so_many() {
    let desk = Desk::open().await;
    let one = json!([{"kind": "view", "product_id": ProductId::generate()}]);
    let burst = desk.settings.signals.address_burst / desk.settings.signals.alone_factor;
    for _ in 0..burst {
        send(&desk, "192.0.2.1", one.clone()).await.expect(202);
    }
    let refused = send(&desk, "198.51.100.9, 192.0.2.1", one.clone()).await;
    assert!(refused.header("retry-after").is_some());
    refused.problem(429, "rate_limited");
    send(&desk, "192.0.2.2", one).await.expect(202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_is_counted_and_nothing_about_who() {
    let desk = Desk::open().await;
    let (product, unknown) = (desk.product(&[]).await, ProductId::generate());
    for client in 0..4 {
        let search = Searched {
            text: "Laptop".to_owned(),
            total: 5,
            corrected: false,
            degraded: false,
        };
        desk.state
            .recorder
            .searched(&format!("192.0.2.{client}"), &search);
    }
    write(&desk).await;
    let events = json!([
        {"kind": "view", "product_id": product},
        {"kind": "click", "product_id": product, "query": " LAPTOP", "search_id": "s1", "position": 4},
        {"kind": "cart", "product_id": product, "query": "laptop", "search_id": "s1"},
        {"kind": "click", "product_id": product, "query": "never searched", "search_id": "s2"},
        {"kind": "click", "product_id": product, "query": "jane@example.com", "search_id": "s3"},
        {"kind": "view", "product_id": unknown},
    ]);
    let answer = send(&desk, "192.0.2.1", events).await.expect(202);
    assert!(answer.bytes.is_empty() && answer.header("set-cookie").is_none());
    write(&desk).await;
    let products: Vec<(uuid::Uuid, i64, i64, i64, i64)> =
        sqlx::query_as("select product_id, views, clicks, carts, orders from search.product_day")
            .fetch_all(&desk.admin)
            .await
            .expect("rows");
    // Alone an instance lets half of what counts per client pass.
    let clicks =
        i64::from(desk.settings.signals.client_burst / desk.settings.signals.alone_factor).min(3);
    assert_eq!(products, [(product.uuid(), 1, clicks, 1, 0)]);
    let queries: Vec<(String, i64, i64, i64, i64)> =
        sqlx::query_as("select query, searches, clicks, place_sum, carts from search.query_day")
            .fetch_all(&desk.admin)
            .await
            .expect("rows");
    assert_eq!(queries, [("laptop".to_owned(), 4, 1, 4, 1)]);
    let page = desk.get("/api/v1/admin/search/queries").await.expect(200);
    let report = &page.json["items"][0];
    assert_eq!(report["click_rate"], json!(0.25));
    assert_eq!(report["mean_place"], json!(4.0));
    let columns: Vec<String> = sqlx::query_scalar(
        "select table_name || '.' || column_name from information_schema.columns
          where table_schema = 'search' and column_name ~ '(user|customer|session|address|ip|cookie|email)'
            and table_name not in ('audit_log')",
    )
    .fetch_all(&desk.admin)
    .await
    .expect("names");
    assert!(columns.is_empty(), "{columns:?}");
}
