//! From the catalogue's events to the index of one instance.

use std::sync::atomic::{AtomicBool, Ordering};

use common::events::Event;
use contract_catalog::feed::{self, ProductDocument};
use kernel::{Clock as _, ProductId};
use search::jobs::apply::{self, apply};
use serde_json::json;
use uuid::Uuid;

use crate::shop::{New, Shop};

fn event(product: ProductId) -> Event {
    Event {
        event_id: Uuid::from(ProductId::generate()),
        kind: "product.changed".to_owned(),
        aggregate_id: product.uuid(),
        payload: json!({}),
        attempts: 1,
        created_at: testkit::clock().now(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_comes_changes_and_goes() {
    let shop = Shop::open().await;
    let instance = shop.instance().await;
    assert_eq!(instance.len().await, 0);
    let id = shop
        .add(&New {
            title: "Lamp",
            ..New::default()
        })
        .await;
    instance.until_found("q=lamp", &["Lamp"]).await;
    shop.set(id, "title", "Lantern").await;
    instance.until_found("q=lantern", &["Lantern"]).await;
    instance.until_found("q=lamp", &[]).await;
    shop.reprice(id, 77).await;
    instance.until_found("price_max=77", &["Lantern"]).await;
    for gone in ["archived", "draft"] {
        shop.set(id, "status", gone).await;
        instance.until_found("", &[]).await;
        assert_eq!(instance.len().await, 0);
        shop.set(id, "status", "active").await;
        instance.until_found("q=lantern", &["Lantern"]).await;
    }
    assert_eq!(shop.events().await, 0);
    instance.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_version_never_replaces_a_newer_one() {
    let shop = Shop::open().await;
    let id = shop
        .add(&New {
            title: "Old lamp",
            ..New::default()
        })
        .await;
    let mut conn = shop.db.write().await.expect("a connection");
    let old: Vec<ProductDocument> = feed::list_documents(&mut conn, &[id])
        .await
        .expect("a document");
    shop.set(id, "title", "New lamp").await;
    let new = feed::list_documents(&mut conn, &[id])
        .await
        .expect("a document");
    assert!(new[0].version > old[0].version);
    for (written, again, wanted) in [
        (&new, false, 1),
        (&old, false, 0),
        (&old, true, 0),
        (&new, false, 0),
        (&new, true, 1),
    ] {
        let done = apply::write(&mut conn, written, again)
            .await
            .expect("an upsert");
        assert_eq!(done, wanted);
    }
    drop(conn);
    assert_eq!(shop.instance().await.titles("").await, ["New lamp"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_document_stops_no_other() {
    let shop = Shop::open().await;
    let broken = shop
        .add(&New {
            title: "Broken",
            ..New::default()
        })
        .await;
    let good = shop
        .add(&New {
            title: "Good",
            ..New::default()
        })
        .await;
    let instance = shop.instance().await;
    instance.until_found("", &["Broken", "Good"]).await;
    let breaking = sqlx::query(
        "update search.document set body = '{\"title\": 7}', change_seq = nextval('search.change_seq') where product_id = $1",
    );
    breaking
        .bind(broken.uuid())
        .execute(&shop.admin)
        .await
        .expect("an update");
    shop.set(good, "title", "Better").await;
    instance.until_found("", &["Better"]).await;
    // The next good document heals it, and one that starts later copes too.
    assert_eq!(shop.instance().await.titles("").await, ["Better"]);
    shop.set(broken, "title", "Healed").await;
    instance.until_found("", &["Better", "Healed"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_unknown_products_are_done() {
    let shop = Shop::open().await;
    let known = shop.add(&New::default()).await;
    apply(
        &shop.db,
        &[
            event(ProductId::generate()),
            event(known),
            event(ProductId::generate()),
        ],
    )
    .await
    .expect("applied");
    apply(&shop.db, &[]).await.expect("nothing to do");
    assert_eq!(shop.instance().await.len().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reindex_writes_everything_once_more() {
    let shop = Shop::open().await;
    assert_eq!(shop.reindex().await, 0);
    for title in ["One", "Two", "Three"] {
        shop.add(&New {
            title,
            ..New::default()
        })
        .await;
    }
    let gone = shop
        .add(&New {
            title: "Gone",
            ..New::default()
        })
        .await;
    shop.set(gone, "status", "archived").await;
    assert_eq!(shop.reindex().await, 4);
    let instance = shop.instance().await;
    instance.until_found("", &["One", "Two", "Three"]).await;
    // The read model was damaged: same version, other content.
    let damage = "update search.document set body = jsonb_set(body, '{title}', '\"Damaged\"'), change_seq = nextval('search.change_seq')";
    sqlx::query(damage)
        .execute(&shop.admin)
        .await
        .expect("damage");
    instance
        .until_found("", &["Damaged", "Damaged", "Damaged"])
        .await;
    let heard = AtomicBool::new(false);
    let written = search::ops::reindex::reindex(&shop.db, |_| heard.store(true, Ordering::Relaxed))
        .await
        .expect("a reindex");
    assert_eq!(written, 4);
    assert!(heard.load(Ordering::Relaxed));
    instance.until_found("", &["One", "Two", "Three"]).await;
    // A lost read model comes back whole.
    sqlx::query("delete from search.document")
        .execute(&shop.admin)
        .await
        .expect("a loss");
    shop.reindex().await;
    assert_eq!(shop.instance().await.len().await, 3);
    instance.until_found("", &["One", "Two", "Three"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_was_restored_is_read_from_the_start() {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for title in ["One", "Two", "Three"] {
        ids.push(
            shop.add(&New {
                title,
                ..New::default()
            })
            .await,
        );
    }
    for _ in 0..5 {
        shop.reindex().await;
    }
    let instance = shop.instance().await;
    instance.until_found("", &["One", "Two", "Three"]).await;
    // As it was before "Three" came: fewer changes, with smaller numbers.
    let restored = "delete from search.document; select setval('search.change_seq', 1)";
    sqlx::raw_sql(restored)
        .execute(&shop.admin)
        .await
        .expect("a restored past");
    sqlx::query("update catalog.product set status = 'archived' where product_id = $1")
        .bind(ids[2].uuid())
        .execute(&shop.admin)
        .await
        .expect("a product less");
    shop.reindex().await;
    instance.until_found("", &["One", "Two"]).await;
    // The lexicon is of that past, too.
    let suggestions = instance.suggest("q=thr").await;
    assert_eq!(suggestions["products"], json!([]), "{suggestions}");
    shop.set(ids[0], "title", "First").await;
    instance.until_found("", &["First", "Two"]).await;
}
