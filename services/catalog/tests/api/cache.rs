//! The read cache: what it may keep and what it must forget.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use catalog::cache::{Entry, Loaded, Source};
use catalog::store::refresh::Refreshed;
use common::db::DbError;
use common::redis::Cache;
use kernel::{EventId, ProductId};
use serde_json::json;
use serde_json::value::to_raw_value;
use testkit::redis_url;

use crate::support::{Shop, usd};

/// A cache that no other test shares.
fn redis() -> Cache {
    let name = format!("catalog-{}", EventId::generate());
    Cache::new(Some(&redis_url()), &name, Duration::from_secs(2), 8).unwrap()
}

fn loaded(id: ProductId, version: i64) -> Loaded {
    let body = to_raw_value(&json!({"version": version})).unwrap();
    Loaded {
        id: id.to_string(),
        entry: Entry { version, body },
    }
}

#[tokio::test]
async fn a_lagging_replica_never_brings_an_old_version_back() {
    let redis = redis();
    let shop = Shop::open_with(redis, None).await;
    let (cache, id) = (shop.cache(), ProductId::generate());
    let slug = "phone".to_owned();
    let read = async |replica: i64, primary: i64| {
        let entry = cache
            .product(&slug, |source| async move {
                let version = if source == Source::Primary {
                    primary
                } else {
                    replica
                };
                Ok::<_, DbError>(Some(loaded(id, version)))
            })
            .await
            .unwrap()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(60)).await;
        entry.version
    };
    assert_eq!(read(1, 1).await, 1);
    assert_eq!(read(9, 9).await, 1, "kept");
    cache
        .forget_products(&[Refreshed {
            product_id: id,
            slug: slug.clone(),
            version: 3,
        }])
        .await;
    assert_eq!(
        read(2, 3).await,
        3,
        "the replica's version is too old, the primary's is taken"
    );
    assert_eq!(read(9, 9).await, 3, "and kept");
    cache
        .forget_products(&[Refreshed {
            product_id: id,
            slug: slug.clone(),
            version: 2,
        }])
        .await;
    assert_eq!(
        read(2, 4).await,
        4,
        "an older change does not lower the floor"
    );
}

#[tokio::test]
async fn a_crowd_causes_one_load() {
    let shop = Shop::open().await;
    let (cache, id, loads) = (
        shop.cache(),
        ProductId::generate(),
        Arc::new(AtomicU32::new(0)),
    );
    let calls = (0..50).map(|_| {
        cache.product("phone", |_| {
            let loads = Arc::clone(&loads);
            async move {
                tokio::time::sleep(Duration::from_millis(30)).await;
                loads.fetch_add(1, Ordering::Relaxed);
                Ok::<_, DbError>(Some(loaded(id, 1)))
            }
        })
    });
    let answers = futures::future::join_all(calls).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().unwrap().as_ref().unwrap().version == 1)
    );
    assert_eq!(loads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn writes_show_at_once_to_everyone() {
    let redis = redis();
    let shop = Shop::open_with(redis, None).await;
    let product = shop.product("Phone", 100, 5).await;
    let path = format!(
        "/api/v1/admin/variants/{}/prices/USD",
        product["variants"][0]["id"].as_str().unwrap()
    );
    for amount in [90, 80, 70] {
        let page = shop.get("/products?limit=5").await.expect(200).json;
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        shop.get("/products/phone").await.expect(200);
        shop.app
            .put(&path)
            .bearer(&shop.staff)
            .json(json!({"amount": amount}))
            .send()
            .await
            .expect(200);
        let page = shop.get("/products?limit=5").await.expect(200).json;
        assert_eq!(page["items"][0]["price"], usd(amount));
        let shown = shop.get("/products/phone").await.expect(200).json;
        assert_eq!(shown["variants"][0]["price"], usd(amount));
    }
}

#[tokio::test]
async fn who_wrote_reads_past_the_cache() {
    let redis = redis();
    let shop = Shop::open_with(redis, None).await;
    shop.product("Phone", 100, 5).await;
    shop.get("/products/phone").await.expect(200);
    // Behind the service's back: nobody is told.
    let pool = shop.db.admin_pool().await;
    sqlx::query("update catalog.product set title = 'Changed'")
        .execute(&pool)
        .await
        .unwrap();
    let title = async |token: &str| {
        let answer = shop
            .app
            .get("/api/v1/products/phone")
            .bearer(token)
            .send()
            .await
            .expect(200);
        (
            answer.json["title"].as_str().unwrap().to_owned(),
            answer.header("cache-control").unwrap().to_owned(),
        )
    };
    assert_eq!(
        title(&shop.staff).await,
        ("Changed".into(), "private, no-store".into())
    );
    assert_eq!(title(&shop.other_staff()).await.0, "Phone");
    assert_eq!(title(&shop.customer).await.0, "Phone");
}

#[tokio::test]
async fn without_redis_everything_works() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let redis = Cache::new(Some(&url), "catalog", Duration::from_millis(20), 2).unwrap();
    let shop = Shop::open_with(redis, None).await;
    shop.product("Phone", 100, 5).await;
    for _ in 0..3 {
        shop.get("/products/phone").await.expect(200);
        shop.get("/products").await.expect(200);
        shop.get("/categories").await.expect(200);
    }
}

#[tokio::test]
async fn shoppers_read_the_replica_and_who_wrote_reads_the_primary() {
    let behind = Shop::open().await;
    behind.product("Phone", 100, 5).await;
    let replica = behind.db.url("catalog");
    let shop = Shop::open_with(Cache::none("catalog"), Some(replica)).await;
    shop.product("Phone", 200, 5).await;
    let price = async |token: &str| {
        let product = shop
            .app
            .get("/api/v1/products/phone")
            .bearer(token)
            .send()
            .await
            .expect(200)
            .json;
        let page = shop
            .app
            .get("/api/v1/products")
            .bearer(token)
            .send()
            .await
            .expect(200)
            .json;
        assert_eq!(page["items"][0]["price"], product["variants"][0]["price"]);
        product["variants"][0]["price"].clone()
    };
    assert_eq!(price(&shop.customer).await, usd(100));
    assert_eq!(price(&shop.other_staff()).await, usd(100));
    assert_eq!(price(&shop.staff).await, usd(200));
}

#[tokio::test]
async fn without_its_replica_the_primary_answers() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let replica = format!("postgres://nobody@{closed}/nowhere");
    let shop = Shop::open_with(Cache::none("catalog"), Some(replica)).await;
    shop.product("Phone", 200, 5).await;
    shop.get("/products/phone").await.expect(200);
    shop.get("/products").await.expect(200);
}
