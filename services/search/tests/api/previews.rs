//! Ways to search, side by side.

use kernel::{ProductId, UserId};
use serde_json::{Value, json};

use crate::shop::{Instance, New, Shop};

const PATH: &str = "/api/v1/admin/search/preview";

async fn shop() -> (Shop, Vec<ProductId>, Instance) {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for title in ["Laptop one", "Laptop two", "Klapprechner three", "Chair"] {
        ids.push(
            shop.add(&New {
                title,
                ..New::default()
            })
            .await,
        );
    }
    shop.reindex().await;
    let instance = shop.instance().await;
    (shop, ids, instance)
}

fn plain() -> Value {
    json!({"name": "as it is"})
}

fn titles(variant: &Value) -> Vec<&str> {
    let items = variant["items"].as_array().expect("items").iter();
    items
        .map(|item| item["product"]["title"].as_str().expect("a title"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refuses_who_may_not_and_what_is_wrong() {
    let (shop, ids, instance) = shop().await;
    let ask = json!({"q": "laptop", "variants": [plain()]});
    let call = || instance.app.post(PATH).json(ask.clone());
    assert_eq!(call().send().await.status, 401);
    let customer = shop.tokens.customer(UserId::generate());
    call()
        .bearer(customer)
        .send()
        .await
        .problem(403, "forbidden");
    let other = shop.tokens.staff_with(&["search.write"]);
    let problem = call().bearer(other).send().await;
    let problem = problem.problem(403, "permission_missing");
    assert_eq!(problem["permission"], "search.read");

    let send = async |body: Value| shop.manage(&instance, PATH, body).await;
    let with = |name: &str, value: Value| {
        let mut variant = plain();
        variant[name] = value;
        json!({"q": "laptop", "variants": [plain(), variant]})
    };
    for (body, pointer) in [
        (json!({"q": "laptop", "variants": []}), "/variants"),
        (
            json!({"q": "laptop", "variants": vec![plain(); 5]}),
            "/variants",
        ),
        (with("name", json!("x".repeat(61))), "/variants/1/name"),
        (with("engine", json!("solr")), "/variants/1/engine"),
        (with("mode", json!("magic")), "/variants/1/mode"),
        (with("boost", json!(2)), "/variants/1/boost"),
        (
            with(
                "synonyms",
                json!([{"kind": "one_way", "from": ["a"], "to": ["b"]}, {"kind": "equivalent", "from": ["a"]}]),
            ),
            "/variants/1/synonyms/1/from",
        ),
        (
            with(
                "synonyms",
                json!([{"kind": "one_way", "from": ["a"], "to": ["--"]}]),
            ),
            "/variants/1/synonyms/0/to/0",
        ),
        (
            with("rule", json!({"query": "laptop", "matches": "exact"})),
            "/variants/1/rule/pinned",
        ),
        (
            with(
                "rule",
                json!({"query": "laptop", "matches": "exact", "pinned": [ids[0], ids[0]]}),
            ),
            "/variants/1/rule/pinned/1",
        ),
        (
            with(
                "rule",
                json!({"query": "laptop", "matches": "exact", "redirect": "//evil.example"}),
            ),
            "/variants/1/rule/redirect",
        ),
    ] {
        let text = body.to_string();
        let problem = send(body).await.problem(422, "validation_failed");
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{text}: {problem}"
        );
    }
    let away = send(with("engine", json!("opensearch"))).await;
    away.problem(400, "engine_not_configured");
    let long = json!({"q": "x".repeat(257), "variants": [plain()]});
    send(long).await.problem(400, "invalid_query");
    let empty = shop.empty_instance().await;
    shop.manage(&empty, PATH, ask.clone()).await.expect(503);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_changes_its_variant_alone() {
    let (shop, ids, instance) = shop().await;
    let synonym = json!({"kind": "one_way", "from": ["laptop"], "to": ["klapprechner"]});
    let rule = json!({"query": "other", "matches": "exact", "pinned": [ids[3], ids[1]], "buried": [ids[0]], "redirect": "/x"});
    let body = json!({"q": "laptop", "variants": [
        plain(),
        {"name": "words", "synonyms": [synonym], "mode": "lexical", "engine": "embedded"},
        {"name": "rule", "rule": rule},
        {"name": "both", "synonyms": [synonym], "rule": rule},
    ]});
    let preview = shop.manage(&instance, PATH, body).await.expect(200).json;
    let variants = preview["variants"].as_array().expect("variants");
    let names: Vec<&str> = variants.iter().filter_map(|v| v["name"].as_str()).collect();
    assert_eq!(names, ["as it is", "words", "rule", "both"]);
    let before = titles(&variants[0]);
    assert_eq!(before.len(), 2);
    assert!(titles(&variants[1]).contains(&"Klapprechner three"));
    assert_eq!(variants[1]["total"], 3);
    assert_eq!(titles(&variants[2]), ["Chair", "Laptop two", "Laptop one"]);
    assert_eq!(variants[2]["redirect"], "/x");
    assert_eq!(variants[0]["redirect"], Value::Null);
    assert_eq!(variants[3]["total"], 4);
    assert_eq!(titles(&variants[3])[..2], ["Chair", "Laptop two"]);
    // Each result knows its place everywhere.
    for (number, variant) in variants.iter().enumerate() {
        assert_eq!(
            (&variant["engine"], &variant["mode"]),
            (&json!("embedded"), &json!("lexical"))
        );
        for (place, item) in variant["items"]
            .as_array()
            .expect("items")
            .iter()
            .enumerate()
        {
            let title = item["product"]["title"].as_str().expect("a title");
            let ranks: Vec<Value> = variants
                .iter()
                .map(|v| titles(v).iter().position(|t| *t == title))
                .map(|place| place.map_or(Value::Null, |p| json!(p + 1)))
                .collect();
            assert_eq!(item["ranks"], json!(ranks), "{title}");
            assert_eq!(item["ranks"][number], place + 1);
            let is_pinned = number >= 2 && ["Chair", "Laptop two"].contains(&title);
            assert_eq!(item["pinned"], is_pinned, "{title}");
        }
    }
    // Shoppers see none of it.
    let page = instance.search("q=laptop").await;
    assert_eq!(page["total"], 2);
    assert_eq!(page["redirect"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_variant_without_the_rule_in_force() {
    let (shop, ids, instance) = shop().await;
    let rule = json!({"query": "laptop", "matches": "exact", "pinned": [ids[3]]});
    let made = shop.manage(&instance, crate::staff_desk::RULES, rule).await;
    made.expect(201);
    let body = json!({"q": "laptop", "limit": 1, "variants": [plain(), {"name": "bare", "without_rule": true}]});
    let preview = shop.manage(&instance, PATH, body).await.expect(200).json;
    assert_eq!(titles(&preview["variants"][0]), ["Chair"]);
    assert_eq!(preview["variants"][1]["total"], 2);
    let bare = titles(&preview["variants"][1]);
    assert!(bare.len() == 1 && bare[0].starts_with("Laptop"), "{bare:?}");
    assert_eq!(
        preview["variants"][0]["items"][0]["ranks"],
        json!([1, null])
    );
}
