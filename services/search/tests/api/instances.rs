//! Several instances on one database: every one sees every change.

use std::time::Duration;

use common::jobs::Jobs;
use common::redis::Cache;
use search::jobs::apply;

use crate::shop::{New, Shop};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_instance_sees_every_change_also_one_that_starts_later() {
    let shop = Shop::open().await;
    let first = shop.instance().await;
    let second = shop.instance().await;
    let mut ids = Vec::new();
    for title in ["One", "Two", "Three", "Four", "Five", "Six", "Seven"] {
        ids.push(
            shop.add(&New {
                title,
                ..New::default()
            })
            .await,
        );
    }
    let late = shop.instance().await;
    shop.set(ids[0], "title", "First").await;
    shop.set(ids[1], "status", "archived").await;
    let wanted = ["First", "Three", "Four", "Five", "Six", "Seven"];
    for instance in [&first, &second, &late] {
        instance.until_found("", &wanted).await;
    }
    // One that ends takes nothing with it.
    first.stop().await;
    shop.set(ids[2], "title", "Third").await;
    let wanted = ["First", "Third", "Four", "Five", "Six", "Seven"];
    for instance in [&second, &late] {
        instance.until_found("", &wanted).await;
        instance.until_found("q=three", &[]).await;
    }
    let latest = shop.instance().await;
    assert_eq!(latest.len().await, wanted.len() as u64);
    assert_eq!(latest.search("q=third").await["total"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_in_parallel_lose_nothing() {
    const PRODUCTS: usize = 12;
    const ROUNDS: usize = 6;
    let shop = Shop::open().await;
    let follower = shop.instance().await;
    let jobs = Jobs::new();
    for _ in 0..3 {
        apply::run(&shop.db, &Cache::none("search"), &jobs);
    }
    let mut ids = Vec::new();
    for _ in 0..PRODUCTS {
        ids.push(
            shop.add(&New {
                title: "Lamp",
                ..New::default()
            })
            .await,
        );
    }
    // Every product changes many times while a rebuild runs and three workers take events in.
    let changes = futures::future::join_all(ids.iter().map(async |id| {
        for round in 1..=ROUNDS {
            shop.set(*id, "title", &format!("Lamp round{round}")).await;
        }
    }));
    let rebuilds = async {
        for _ in 0..4 {
            shop.reindex().await;
        }
    };
    futures::future::join(changes, rebuilds).await;
    let last = format!("Lamp round{ROUNDS}");
    follower
        .until_found(&format!("q=round{ROUNDS}"), &[last.as_str(); PRODUCTS])
        .await;
    testkit::until("all events are taken in", async || shop.events().await == 0).await;
    assert!(jobs.shutdown(Duration::from_secs(10)).await);
    follower.until_found("", &[last.as_str(); PRODUCTS]).await;
    assert_eq!(
        shop.instance().await.titles("").await,
        [last.as_str(); PRODUCTS]
    );
    let behind: i64 = sqlx::query_scalar(
        "select count(*) from search.document d join catalog.product p using (product_id) where d.version <> p.version",
    )
    .fetch_one(&shop.admin)
    .await
    .expect("a count");
    assert_eq!(behind, 0);
}
