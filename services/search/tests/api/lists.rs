//! Products without words: like another one, wanted most, by their ids.

use std::time::{Duration, Instant};

use common::redis::Cache;
use jiff::SignedDuration;
use kernel::{Clock as _, ProductId};
use search::signals::popularity::score;
use serde_json::{Value, json};

use crate::shop::{Instance, New, PATIENCE, Shop, titles};

async fn list(instance: &Instance, path: &str) -> Vec<String> {
    let call = instance.app.get(format!("/api/v1/search/{path}"));
    titles(&call.send().await.expect(200).json)
}

async fn shop() -> (Shop, Vec<ProductId>) {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for (title, category, stock) in [
        ("Alpha gaming laptop", "laptops", 10),
        ("Beta gaming laptop", "laptops", 10),
        ("Alpha gaming laptop pro", "laptops", 0),
        ("Gamma gaming laptop in a box of wood", "laptops", 10),
        ("Alpha gaming tablet", "tablets", 10),
        ("Lonely toner", "toner", 10),
    ] {
        ids.push(
            shop.add(&New {
                title,
                category,
                stock,
                ..New::default()
            })
            .await,
        );
    }
    shop.reindex().await;
    (shop, ids)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_lists_are_refused() {
    let (shop, ids) = shop().await;
    let instance = shop.instance().await;
    let known = ids[0];
    let many = (0..49).map(|_| ProductId::generate().to_string());
    let many = many.collect::<Vec<_>>().join("&id=");
    for (path, parameter) in [
        ("similar".to_owned(), "product"),
        ("similar?product=var_x".to_owned(), "product"),
        (format!("similar?product={known}&limit=0"), "limit"),
        (format!("similar?product={known}&limit=49"), "limit"),
        (format!("similar?product={known}&q=x"), "q"),
        ("popular?limit=0".to_owned(), "limit"),
        ("popular?limit=49".to_owned(), "limit"),
        ("popular?limit=-1".to_owned(), "limit"),
        (format!("products?id={many}"), "id"),
        ("products?id=x".to_owned(), "id"),
    ] {
        let call = instance.app.get(format!("/api/v1/search/{path}"));
        let problem = call.send().await.problem(400, "invalid_query");
        assert_eq!(problem["parameter"], parameter, "{path}: {problem}");
    }
    let unknown = format!("/api/v1/search/similar?product={}", ProductId::generate());
    let call = instance.app.get(&unknown).send().await;
    call.problem(404, "not_found");
    shop.set(known, "status", "archived").await;
    instance
        .until_found("q=beta", &["Beta gaming laptop"])
        .await;
    let gone = format!("/api/v1/search/similar?product={known}");
    let start = Instant::now();
    while instance.app.get(&gone).send().await.status != 404 {
        assert!(start.elapsed() < PATIENCE, "it is still known");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let empty = shop.empty_instance().await;
    for path in [
        &gone[..],
        "/api/v1/search/popular",
        "/api/v1/search/products",
    ] {
        empty.app.get(path).send().await.expect(503);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn similar_ones_are_of_its_kind_and_what_cannot_be_had_comes_last() {
    let (shop, ids) = shop().await;
    let instance = shop.instance().await;
    let similar = async |id: ProductId, more: &str| {
        list(&instance, &format!("similar?product={id}{more}")).await
    };
    assert_eq!(similar(ids[5], "").await, Vec::<String>::new());
    let all = [
        "Beta gaming laptop",
        "Gamma gaming laptop in a box of wood",
        "Alpha gaming laptop pro",
    ];
    assert_eq!(similar(ids[0], "").await, all);
    assert_eq!(similar(ids[0], "&limit=1").await, all[..1]);
    let pro = similar(ids[2], "").await;
    assert_eq!(pro[0], "Alpha gaming laptop");
    assert!(!pro.contains(&"Alpha gaming laptop pro".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_come_in_the_order_of_their_ids() {
    let (shop, ids) = shop().await;
    let instance = shop.instance().await;
    assert_eq!(list(&instance, "products").await, Vec::<String>::new());
    let unknown = ProductId::generate();
    let asked = [ids[4], unknown, ids[2], ids[5], ids[0]];
    let query: Vec<String> = asked.iter().map(|id| format!("id={id}")).collect();
    assert_eq!(
        list(&instance, &format!("products?{}", query.join("&"))).await,
        [
            "Alpha gaming tablet",
            "Alpha gaming laptop pro",
            "Lonely toner",
            "Alpha gaming laptop"
        ]
    );
    let most: Vec<String> = (0..48).map(|_| format!("id={unknown}")).collect();
    assert_eq!(
        list(&instance, &format!("products?{}", most.join("&"))).await,
        Vec::<String>::new()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_shoppers_do_makes_products_popular() {
    let (shop, ids) = shop().await;
    let quick = [("SIGNALS__FLUSH_MS", "20")];
    let instance = shop.instance_with(&quick).await;
    assert_eq!(instance.titles("sort=popular").await.len(), ids.len());
    let event = |kind: &str, id: ProductId| json!({"kind": kind, "product_id": id});
    let events = [
        event("view", ids[3]),
        event("cart", ids[1]),
        event("view", ids[2]),
        event("click", ids[2]),
        event("cart", ids[2]),
        event("click", ids[4]),
    ];
    let call = instance.app.post("/api/v1/search/events");
    let call = call.json(json!({ "events": events }));
    let status = call.send().await.status.as_u16();
    assert!((200..300).contains(&status), "{status}");
    let counted = async || -> i64 {
        let sum = sqlx::query_scalar(
            "select coalesce(sum(views + clicks + carts), 0)::bigint from search.product_day",
        );
        sum.fetch_one(&shop.admin).await.expect("a number")
    };
    let start = Instant::now();
    while counted().await < 6 {
        assert!(start.elapsed() < PATIENCE, "the events never arrive");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let later = testkit::clock().now() + SignedDuration::from_hours(1);
    let signals = shop.settings(&[]).signals;
    let wanted = [
        "Alpha gaming laptop pro",
        "Beta gaming laptop",
        "Alpha gaming tablet",
        "Gamma gaming laptop in a box of wood",
    ];
    let start = Instant::now();
    loop {
        // The instance's own job may be at it, having looked before the events were counted.
        let scored = score(&shop.db, &Cache::none("search"), later, &signals).await;
        scored.expect("scored");
        let found = instance.titles("sort=popular").await;
        if found[..4] == wanted {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "{found:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let wished = sqlx::query_scalar("select count(*) from search.document where popularity > 0");
    let wished: i64 = wished.fetch_one(&shop.admin).await.expect("a number");
    assert_eq!(wished, 4);
    let (_, paged) = instance.all("sort=popular&limit=2").await;
    let paged = titles(&json!({ "items": paged }));
    assert_eq!((paged.len(), paged[..4] == wanted), (6, true), "{paged:?}");
    // What cannot be had is not recommended.
    let popular = list(&instance, "popular").await;
    assert_eq!(
        (popular.len(), popular[..3] == wanted[1..]),
        (5, true),
        "{popular:?}"
    );
    assert_eq!(list(&instance, "popular?limit=2").await, wanted[1..3]);
    let computers = list(&instance, "popular?category=computers").await;
    assert_eq!(computers[..3], wanted[1..4]);
    assert_eq!(
        list(&instance, "popular?category=toner").await,
        ["Lonely toner"]
    );
    assert_eq!(
        list(&instance, "popular?category=nothing").await,
        Vec::<String>::new()
    );
    let facets: Value = instance.search("sort=popular").await["facets"].clone();
    assert_eq!(facets["in_stock"], 5);
}
