//! Changes on a real server: order, lateness, size, pressure.

use std::time::{Duration, Instant};

use crate::common::{
    Random, Test, catalogue, entry, everything, gone, id, put, raw, settings, term,
};
use search_core::{Change, EngineError, SearchEngine};
use search_opensearch::Settings;
use serde_json::json;

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn late_changes_do_nothing() {
    let test = Test::new(settings());
    let engine = &test.engine;
    assert_eq!(engine.cursor().await.unwrap(), 0);
    let titled = |n: u64, revision: i64, title: &str| {
        let mut body = crate::common::body(n, &mut Random(n));
        body["title"] = json!(title);
        let body = body.to_string();
        let document = search_core::document::read(&body).unwrap();
        let entry = search_core::Entry::of(revision, document, body, None, 0.0);
        Change {
            product_id: id(n),
            revision,
            entry: Some(Box::new(entry)),
        }
    };
    let title = async |n: u64| {
        let found = engine.documents(&[id(n)]).await.unwrap();
        found.first().map(|document| document.title.clone())
    };
    engine.apply(vec![titled(1, 10, "ten")], 10).await.unwrap();
    engine.apply(vec![titled(1, 9, "nine")], 10).await.unwrap();
    assert_eq!(title(1).await.as_deref(), Some("ten"));
    // A late deletion does not take away what came after it.
    engine.apply(vec![gone(1, 9)], 10).await.unwrap();
    assert_eq!(title(1).await.as_deref(), Some("ten"));
    // The same change again, with what is known of it by now.
    engine
        .apply(vec![titled(1, 10, "ten again")], 10)
        .await
        .unwrap();
    assert_eq!(title(1).await.as_deref(), Some("ten again"));
    // A product that is gone does not come back by a late change.
    engine.apply(vec![gone(1, 12)], 12).await.unwrap();
    engine
        .apply(vec![titled(1, 11, "eleven")], 12)
        .await
        .unwrap();
    assert_eq!(title(1).await, None);
    engine
        .apply(vec![titled(1, 13, "thirteen")], 13)
        .await
        .unwrap();
    assert_eq!(title(1).await.as_deref(), Some("thirteen"));
    // Several changes of one product in one batch, and one of a product that nobody knows.
    let batch = vec![
        titled(2, 14, "a"),
        titled(2, 16, "c"),
        titled(2, 15, "b"),
        gone(99, 17),
    ];
    engine.apply(batch, 17).await.unwrap();
    assert_eq!(title(2).await.as_deref(), Some("c"));
    assert_eq!(engine.cursor().await.unwrap(), 17);
    assert_eq!(test.other().cursor().await.unwrap(), 17);
    // Another instance that is behind does not take the cursor back.
    test.other()
        .apply(vec![titled(2, 3, "old")], 3)
        .await
        .unwrap();
    assert_eq!(engine.cursor().await.unwrap(), 17);
    assert_eq!(title(2).await.as_deref(), Some("c"));
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn documents_and_vectors_come_back() {
    let test = Test::new(settings());
    let mut random = Random(3);
    let mut with = entry(1, 1, &mut random);
    with.vector = Some(crate::common::vector(&mut random));
    let mut without = entry(2, 2, &mut random);
    without.vector = None;
    let change = |entry: &search_core::Entry| Change {
        product_id: entry.document.id,
        revision: entry.revision,
        entry: Some(Box::new(entry.clone())),
    };
    test.apply(vec![change(&with), change(&without)], 2).await;
    let found = test
        .engine
        .documents(&[id(2), id(77), id(1)])
        .await
        .unwrap();
    let ids: Vec<_> = found.iter().map(|d| d.id).collect();
    assert_eq!(ids, [id(2), id(1)]);
    assert_eq!(found[1].slug, with.document.slug);
    assert_eq!(test.engine.vector(id(1)).await.unwrap(), with.vector);
    assert_eq!(test.engine.vector(id(2)).await.unwrap(), None);
    assert_eq!(test.engine.vector(id(77)).await.unwrap(), None);
    assert!(test.engine.documents(&[]).await.unwrap().is_empty());
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn changes_are_visible_within_a_second() {
    let test = Test::new(settings());
    test.apply(catalogue(50, 1), 50).await;
    let begun = Instant::now();
    test.engine.apply(vec![gone(7, 60)], 60).await.unwrap();
    while test.engine.search(&everything()).await.unwrap().total != 49 {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "a deleted product is still found"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn batches_have_a_size_in_bytes_and_in_number() {
    let small = Settings {
        bulk_bytes: 3_000,
        bulk_count: 7,
        ..settings()
    };
    let test = Test::new(small);
    test.apply(catalogue(200, 2), 200).await;
    assert_eq!(test.engine.search(&everything()).await.unwrap().total, 200);
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn a_server_that_refuses_gets_less_and_everything_arrives() {
    let proxy = crate::common::proxy::Proxy::start(&crate::common::url()).await;
    let test = Test::new(crate::common::settings_at(&proxy.url));
    assert_eq!(test.engine.cursor().await.unwrap(), 0);
    proxy.refuse("/_bulk", 429, 4);
    test.engine.apply(catalogue(300, 4), 300).await.unwrap();
    let sizes = proxy.sizes("/_bulk");
    assert!(sizes.len() > 5, "{sizes:?}");
    assert!(
        sizes[4] < sizes[0] / 4,
        "the batches do not shrink: {sizes:?}"
    );
    test.visible().await;
    assert_eq!(test.engine.search(&everything()).await.unwrap().total, 300);
    proxy.refuse("/_bulk", 503, usize::MAX);
    let impatient = Test::new(Settings {
        bulk_timeout: Duration::from_secs(2),
        ..test.settings.clone()
    });
    let refused = impatient.engine.apply(vec![gone(1, 400)], 400).await;
    assert!(matches!(refused, Err(EngineError::Away(_))), "{refused:?}");
    proxy.refuse("/_bulk", 503, 0);
    assert_eq!(impatient.engine.cursor().await.unwrap(), 300);
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn an_index_that_vanished_is_filled_again() {
    let test = Test::new(settings());
    test.apply(catalogue(20, 5), 20).await;
    raw(
        &test.settings.url,
        "DELETE",
        &format!("/{}-v1", test.settings.index),
        None,
    )
    .await;
    let lost = test
        .engine
        .apply(vec![put(3, 21, &mut Random(1))], 21)
        .await;
    assert!(matches!(lost, Err(EngineError::Away(_))), "{lost:?}");
    // The next change alone would leave a hole: it is refused until somebody asks where to go on.
    let hole = test
        .engine
        .apply(vec![put(3, 21, &mut Random(1))], 21)
        .await;
    assert!(matches!(hole, Err(EngineError::Away(_))), "{hole:?}");
    assert_eq!(test.engine.cursor().await.unwrap(), 0);
    test.apply(catalogue(20, 5), 20).await;
    assert_eq!(test.engine.search(&term("laptop")).await.unwrap().total, {
        let found = test.engine.search(&everything()).await.unwrap();
        assert_eq!(found.total, 20);
        test.engine.search(&term("laptop")).await.unwrap().total
    });
    test.clean().await;
}
