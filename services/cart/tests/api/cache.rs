//! Redis remembers views and nothing else.

use std::time::Duration;

use common::redis::Cache;
use common::redis::redis::{Script, cmd};
use kernel::CartId;
use testkit::redis_url;

use crate::shop::Shop;

fn cache(url: &str) -> Cache {
    cache_named(url, "cart")
}

fn cache_named(url: &str, name: &str) -> Cache {
    Cache::new(Some(url), name, Duration::from_secs(2), 4).expect("the URL is well formed")
}

/// Whether the cart's view is in Redis.
async fn is_cached(cache: &Cache, cart_id: CartId) -> bool {
    cache
        .get_json::<serde_json::Value>(&format!("view:{cart_id}"))
        .await
        .is_some()
}

#[tokio::test]
async fn losing_redis_in_the_middle_loses_nothing() {
    // Keys of its own: other tests share the server, and must not lose theirs.
    let cache = cache_named(&redis_url(), &CartId::generate().to_string());
    let shop = Shop::open_with(cache.clone()).await;
    let lamp = shop.product(100).await;
    let cart = shop.guest_cart().await;
    for held in 1..=10 {
        shop.add(&cart, lamp, 1).await.expect(200);
        assert!(is_cached(&cache, cart.id).await, "a change is remembered");
        if held % 2 == 0 {
            flush(&cache).await;
            assert!(!is_cached(&cache, cart.id).await, "Redis is empty");
        }
        let read = shop.read(&cart).await;
        assert_eq!(read.json["item_count"], held);
    }
    assert!(is_cached(&cache, cart.id).await, "a read fills the cache");
}

#[tokio::test]
async fn a_remembered_view_is_only_for_its_owner() {
    let cache = cache(&redis_url());
    let shop = Shop::open_with(cache.clone()).await;
    let lamp = shop.product(100).await;
    let cart = shop.guest_cart().await;
    shop.add(&cart, lamp, 1).await.expect(200);
    let (stranger, _) = shop.customer().await;
    let path = format!("/api/v1/carts/{}", cart.id);
    shop.app.get(&path).send().await.problem(404, "not_found");
    shop.app
        .get(&path)
        .bearer(&stranger)
        .send()
        .await
        .problem(404, "not_found");
    shop.app
        .get(&path)
        .header("cart-token", "other")
        .send()
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn an_unreachable_redis_only_costs_speed() {
    // Nothing listens on port 1.
    let shop = Shop::open_with(cache("redis://127.0.0.1:1")).await;
    let lamp = shop.product(100).await;
    let cart = shop.guest_cart().await;
    shop.add(&cart, lamp, 2).await.expect(200);
    let read = shop.read(&cart).await;
    assert_eq!(read.json["item_count"], 2);
}

#[tokio::test]
async fn the_key_that_others_delete_is_the_key_that_is_written() {
    let cache = cache(&redis_url());
    let shop = Shop::open_with(cache.clone()).await;
    let lamp = shop.product(100).await;
    let cart = shop.guest_cart().await;
    shop.add(&cart, lamp, 1).await.expect(200);
    let client = common::redis::redis::Client::open(redis_url()).expect("the URL is well formed");
    let mut connection = client
        .get_multiplexed_async_connection()
        .await
        .expect("a connection");
    let view = contract_cart::view_cache_key(cart.id);
    let key = format!("tm:{}:{view}", contract_cart::CACHE_NAMESPACE);
    let deleted: i64 = cmd("DEL")
        .arg(&key)
        .query_async(&mut connection)
        .await
        .expect("an answer");
    assert_eq!(deleted, 1, "{key}");
}

/// Forgets every key of this cache.
async fn flush(cache: &Cache) {
    let script = Script::new(
        "for _, key in ipairs(redis.call('keys', KEYS[1] .. '*')) do redis.call('del', key) end return 1",
    );
    let done: Option<i64> = cache.eval(&script, &["view:"], &[]).await;
    assert_eq!(done, Some(1));
}
