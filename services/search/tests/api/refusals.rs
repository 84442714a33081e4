//! What is refused, and how.

use serde_json::json;

use crate::shop::{New, Shop};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_parameter_is_named() {
    let instance = Shop::with(&[]).await.instance().await;
    for (query, parameter) in [
        ("colour=red", "colour"),
        ("q=a&q=b", "q"),
        ("category=a&category=b&category=c&category=d", "category"),
        ("attr=ram", "attr"),
        ("attr=:16", "attr"),
        ("sort=cheapest", "sort"),
        ("sort=", "sort"),
        ("price_min=NaN", "price_min"),
        ("price_min=1e3", "price_min"),
        ("price_min=-1", "price_min"),
        ("price_max=-9223372036854775809", "price_max"),
        ("in_stock=maybe", "in_stock"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("brand=a&brand=b&brand=c&brand=d", "brand"),
    ] {
        let problem = instance.get(query).await.problem(400, "invalid_query");
        assert_eq!(problem["parameter"], parameter, "{query}: {problem}");
    }
    let long = "x".repeat(257);
    let crowd = "word+".repeat(5_000);
    for path in ["/api/v1/search", "/api/v1/search/suggest"] {
        for q in [&long, &crowd] {
            let problem = instance
                .app
                .get(format!("{path}?q={q}"))
                .send()
                .await
                .problem(400, "invalid_query");
            assert_eq!(problem["parameter"], "q");
        }
        let problem = instance
            .app
            .get(format!("{path}?q=a&page=2"))
            .send()
            .await
            .problem(400, "invalid_query");
        assert_eq!(problem["parameter"], "page");
    }
    // A form sends its empty fields too.
    instance
        .get("q=&category=&brand=&price_min=&price_max=")
        .await
        .expect(200);
    // 256 characters of any script are a query.
    let longest = "%F0%9F%8E%A7".repeat(256);
    instance.get(&format!("q={longest}")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_belongs_to_its_order() {
    let shop = Shop::with(&[
        New::default(),
        New {
            title: "Lamp two",
            ..New::default()
        },
    ])
    .await;
    let instance = shop.instance().await;
    let page = instance.search("sort=price_asc&limit=1").await;
    let cursor = page["next_cursor"].as_str().expect("a second page");
    instance
        .get(&format!("sort=price_asc&limit=1&cursor={cursor}"))
        .await
        .expect(200);
    for sort in ["price_desc", "newest", "relevance"] {
        instance
            .get(&format!("sort={sort}&cursor={cursor}"))
            .await
            .problem(400, "invalid_cursor");
    }
    let half = &cursor[..cursor.len() / 2];
    // `{}`, `null` and `[1]` in the encoding of a cursor.
    for broken in [
        half,
        "x",
        "%00",
        "e30",
        "bnVsbA",
        "WzFd",
        &"A".repeat(10_000),
    ] {
        instance
            .get(&format!("sort=price_asc&cursor={broken}"))
            .await
            .problem(400, "invalid_cursor");
    }
    // An empty one is none.
    instance.get("cursor=").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_reading_is_possible() {
    let instance = Shop::with(&[]).await.instance().await;
    let answer = instance
        .app
        .post("/api/v1/search")
        .json(json!({"q": "lamp"}))
        .send()
        .await;
    assert_eq!(answer.status.as_u16(), 405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_is_being_built_does_not_answer() {
    let instance = Shop::with(&[]).await.empty_instance().await;
    for path in ["/api/v1/search?q=lamp", "/api/v1/search/suggest?q=lamp"] {
        let answer = instance.app.get(path).send().await;
        assert!(answer.header("retry-after").is_some());
        answer.problem(503, "unavailable");
    }
}
