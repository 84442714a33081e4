//! Rules for single queries as staff manage them.

use jiff::SignedDuration;
use kernel::{Clock as _, ProductId};
use serde_json::{Value, json};
use testkit::Answer;

use crate::staff_desk::{Desk, RULES, members, place};

fn redirect(query: &str, path: &str) -> Value {
    json!({"query": query, "matches": "exact", "redirect": path})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refuses_what_is_no_rule() {
    let desk = Desk::open().await;
    let product = ProductId::generate();
    let with = |name: &str, value: Value| {
        let mut body = redirect("laptop", "/c/laptops");
        body[name] = value;
        body
    };
    let products =
        |count: usize| -> Vec<ProductId> { (0..count).map(|_| ProductId::generate()).collect() };
    let now = desk.clock.now();
    let mut backwards = with("starts_at", json!(now));
    backwards["ends_at"] = json!(now);
    let mut far = with("starts_at", json!("-009999-01-02T01:59:59Z"));
    far["ends_at"] = json!("9999-12-30T00:00:00Z");
    let mut both = with("pinned", json!([product]));
    both["buried"] = json!([product]);
    for (body, pointer) in [
        (with("query", json!("")), "/query"),
        (with("query", json!("  \t ")), "/query"),
        (with("query", json!("--")), "/query"),
        (with("query", json!("x".repeat(101))), "/query"),
        (with("query", json!("a\u{0}b")), "/query"),
        (with("query", json!("a\u{200b}b")), "/query"),
        (with("matches", json!("begins")), "/matches"),
        (with("redirect", json!("https://example.com")), "/redirect"),
        (with("redirect", json!("//example.com")), "/redirect"),
        (with("redirect", json!("/\\example.com")), "/redirect"),
        (with("redirect", json!("/a\nb")), "/redirect"),
        (with("redirect", json!("javascript:alert(1)")), "/redirect"),
        (with("redirect", json!("")), "/redirect"),
        (with("redirect", json!(null)), "/pinned"),
        (with("pinned", json!(["prd_x"])), "/pinned/0"),
        (with("pinned", json!([product, product])), "/pinned/1"),
        (with("pinned", json!(products(21))), "/pinned"),
        (with("buried", json!(products(101))), "/buried"),
        (both, "/buried/0"),
        (backwards, "/ends_at"),
        (far, "/starts_at"),
        (with("starts_at", json!("tomorrow")), "/starts_at"),
        (with("note", json!("x".repeat(501))), "/note"),
        (with("unknown_products", json!([])), "/unknown_products"),
    ] {
        let text = body.to_string();
        let problem = desk
            .make(RULES, "k", body)
            .await
            .problem(422, "validation_failed");
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{text}: {problem}"
        );
    }
    assert_eq!(desk.number("select count(*) from search.rule").await, 0);
    let most = json!({"query": "x", "matches": "contains", "pinned": products(20), "buried": products(100)});
    desk.make(RULES, "k", most).await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_that_are_not_on_sale_are_kept_and_named() {
    let desk = Desk::open().await;
    let known = desk.product(&[]).await;
    let (unknown, other) = (ProductId::generate(), ProductId::generate());
    let body = json!({"query": "Lamp", "matches": "contains", "pinned": [unknown, known], "buried": [other]});
    let made = desk.make(RULES, "k", body).await.expect(201);
    assert_eq!(made.json["unknown_products"], json!([unknown, other]));
    assert_eq!(made.json["pinned"], json!([unknown, known]));
    sqlx::query("update search.document set deleted = true")
        .execute(&desk.admin)
        .await
        .expect("done");
    let read = desk.get(&place(RULES, &made)).await.expect(200);
    assert_eq!(
        read.json["unknown_products"],
        json!([unknown, known, other])
    );
    let version = |answer: &Answer| {
        let tag = answer.header("etag").expect("a tag");
        tag.split('.').next().expect("a version").to_owned()
    };
    assert_eq!(version(&read), version(&made), "the rule did not change");
    let changed = desk
        .patch(RULES, &made, json!({"buried": []}))
        .await
        .expect(200);
    assert_eq!(changed.json["unknown_products"], json!([unknown, known]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_changes_to_the_same_version_one_wins() {
    let desk = Desk::open().await;
    let made = desk
        .make(RULES, "k", redirect("tv", "/a"))
        .await
        .expect(201);
    let (one, two) = tokio::join!(
        desk.patch(RULES, &made, json!({"redirect": "/b"})),
        desk.patch(RULES, &made, json!({"redirect": "/c"})),
    );
    let (won, lost) = if one.status == 200 {
        (one, two)
    } else {
        (two, one)
    };
    assert_eq!(lost.problem(412, "version_mismatch")["version"], 2);
    let read = desk.get(&place(RULES, &made)).await.expect(200);
    assert_eq!(read.json, won.expect(200).json);
    let target = place(RULES, &made);
    for (header, status, code) in [
        (None, 428, "if_match_missing"),
        (Some("\"1\""), 412, "version_mismatch"),
        (Some("x"), 400, "if_match_invalid"),
    ] {
        for call in [desk.app.patch(&target), desk.app.delete(&target)] {
            let call = call.bearer(desk.staff()).json(json!({}));
            let call = match header {
                Some(value) => call.header("if-match", value),
                None => call,
            };
            call.send().await.problem(status, code);
        }
    }
    let gone = desk.app.delete(&target).bearer(desk.staff());
    gone.header("if-match", "\"2\"").send().await.expect(204);
    desk.get(&target).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patch_changes_what_it_names_and_null_takes_away() {
    let desk = Desk::open().await;
    let (now, hour) = (desk.clock.now(), SignedDuration::from_hours(1));
    let product = ProductId::generate();
    let body = json!({"query": "  Gaming   Laptop ", "matches": "exact", "pinned": [product], "redirect": "/a",
                      "starts_at": now, "ends_at": now + hour, "note": " for autumn "});
    let made = desk.make(RULES, "k", body).await.expect(201);
    assert_eq!(made.json["query"], "Gaming Laptop");
    assert_eq!(made.json["note"], "for autumn");
    assert_eq!(made.json["enabled"], true);
    let changed = desk.patch(RULES, &made, json!({"redirect": null, "ends_at": null}));
    let changed = changed.await.expect(200);
    assert!(changed.json["redirect"].is_null() && changed.json["ends_at"].is_null());
    assert_eq!(changed.json["starts_at"], made.json["starts_at"]);
    assert_eq!(changed.json["pinned"], json!([product]));
    let empty = desk.patch(RULES, &changed, json!({"pinned": []})).await;
    empty.problem(422, "validation_failed");
    let same = desk
        .patch(RULES, &changed, json!({"query": "Gaming Laptop"}))
        .await;
    assert_eq!(same.expect(200).json["version"], 2);
    let before = desk
        .patch(RULES, &changed, json!({"ends_at": now - hour}))
        .await;
    before.problem(422, "validation_failed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_is_paged_and_filtered() {
    let desk = Desk::open().await;
    let product = ProductId::generate();
    for (key, body) in [
        ("k1", redirect("Laptop", "/c/laptops")),
        (
            "k2",
            json!({"query": "tv", "matches": "contains", "pinned": [product], "note": "Autumn"}),
        ),
        (
            "k3",
            json!({"query": "tvs", "matches": "exact", "buried": [product], "enabled": false}),
        ),
    ] {
        desk.make(RULES, key, body).await.expect(201);
    }
    let first = desk.get(&format!("{RULES}?limit=1")).await.expect(200);
    let cursor = first.json["next_cursor"].as_str().expect("a cursor");
    let rest = desk
        .get(&format!("{RULES}?cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(members(&first, "query"), ["tvs"]);
    assert_eq!(members(&rest, "query"), ["tv", "Laptop"]);
    for (query, found) in [
        ("q=LAPTOPS", &["Laptop"][..]),
        ("q=tv", &["tvs", "tv"]),
        ("q=autumn", &["tv"]),
        ("enabled=false", &["tvs"]),
        (&format!("product={product}&enabled=true"), &["tv"]),
        (&format!("product={}", ProductId::generate()), &[]),
    ] {
        let page = desk.get(&format!("{RULES}?{query}")).await.expect(200);
        assert_eq!(members(&page, "query"), found, "{query}");
    }
    for query in ["product=x", "enabled=maybe", "limit=101", "kind=x"] {
        let refused = desk.get(&format!("{RULES}?{query}")).await;
        refused.problem(400, "invalid_query");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_is_in_the_log() {
    let desk = Desk::open().await;
    let made = desk
        .make(RULES, "k", redirect("tv", "/a"))
        .await
        .expect(201);
    let changed = desk
        .patch(RULES, &made, json!({"redirect": "/b"}))
        .await
        .expect(200);
    let gone = desk.app.delete(place(RULES, &made)).bearer(desk.staff());
    let gone = gone.header("if-match", changed.header("etag").expect("a tag"));
    gone.send().await.expect(204);
    let auditor = desk.tokens.staff_with(&["audit.read"]);
    let log = desk
        .app
        .get("/api/v1/admin/audit/search?object_type=search_rule");
    let log = log.bearer(&auditor).send().await.expect(200);
    assert_eq!(
        members(&log, "action"),
        [
            "search_rule.delete",
            "search_rule.update",
            "search_rule.create"
        ]
    );
    assert_eq!(
        log.json["items"][1]["before"],
        json!({"redirect": "/a", "version": 1})
    );
    assert_eq!(
        log.json["items"][1]["after"],
        json!({"redirect": "/b", "version": 2})
    );
}
