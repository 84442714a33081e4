//! Rebuilding on a real server: searches and changes go on, nothing is missed, nothing is left lying about.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::common::{Random, Test, catalogue, everything, gone, put, settings};
use search_core::{Change, EngineError, Milestone, Place, SearchEngine};
use search_opensearch::{Need, Rebuild, Settings, Swapped};
use uuid::Uuid;

/// The catalogue's changes from a place on, as the service reads them: each product's latest, in order.
fn changes_after(all: &[Change], cursor: i64, limit: usize) -> (Vec<Change>, i64) {
    let changes: Vec<Change> = all
        .iter()
        .filter(|c| c.revision > cursor)
        .take(limit)
        .cloned()
        .collect();
    let next = changes.last().map_or(cursor, |c| c.revision);
    (changes, next)
}

async fn fill(rebuild: &mut Rebuild, all: &[Change]) {
    loop {
        let (changes, next) = changes_after(all, rebuild.cursor(), 50);
        if changes.is_empty() {
            return;
        }
        rebuild.apply(&changes, next).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
#[expect(clippy::disallowed_methods, reason = "ends with the test")]
async fn searches_and_changes_go_on_during_a_rebuild() {
    let test = Test::new(settings());
    let mut all = catalogue(200, 11);
    test.apply(all.clone(), 200).await;
    let stop = Arc::new(AtomicBool::new(false));
    let searches = {
        let (engine, stop) = (test.engine.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            let mut searches = 0_u32;
            while !stop.load(Ordering::Relaxed) {
                let found = engine.search(&everything()).await.unwrap();
                assert!(
                    (199..=201).contains(&found.total),
                    "{} products in the middle of it",
                    found.total
                );
                searches += 1;
            }
            searches
        })
    };
    let mut rebuild = test.engine.begin_rebuild().await.unwrap();
    assert_eq!(rebuild.cursor(), 0);
    let (changes, next) = changes_after(&all, 0, 120);
    rebuild.apply(&changes, next).await.unwrap();
    // Changes in the middle of it go to the live index; a product in the part that was read is changed again.
    let more = [
        put(5, 201, &mut Random(1)),
        gone(6, 202),
        put(500, 203, &mut Random(2)),
    ];
    test.apply(more.to_vec(), 203).await;
    all.extend(more);
    assert_eq!(
        rebuild.swap().await.unwrap(),
        Swapped::Behind { place: 203.into() }
    );
    fill(&mut rebuild, &all).await;
    assert_eq!(rebuild.swap().await.unwrap(), Swapped::Done);
    assert_eq!(rebuild.swap().await.unwrap(), Swapped::Done);
    // Whoever follows goes on without a word.
    test.apply(vec![put(7, 204, &mut Random(3))], 204).await;
    stop.store(true, Ordering::Relaxed);
    assert!(searches.await.unwrap() > 0);
    assert_eq!(test.engine.cursor().await.unwrap(), 204);
    assert_eq!(test.engine.search(&everything()).await.unwrap().total, 200);
    assert_eq!(test.indices().await.len(), 2, "the one before is kept");
    // Another rebuild removes the oldest.
    let mut rebuild = test.engine.begin_rebuild().await.unwrap();
    all.push(put(7, 204, &mut Random(3)));
    fill(&mut rebuild, &all).await;
    rebuild.swap().await.unwrap();
    let name = |n: u32| format!("{}-v{n}", test.settings.index);
    assert_eq!(test.indices().await, [name(2), name(3)]);
    assert!(test.engine.roll_back().await.unwrap());
    assert_eq!(test.engine.cursor().await.unwrap(), 204);
    assert_eq!(test.engine.search(&everything()).await.unwrap().total, 200);
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn another_process_notices_a_swap() {
    let test = Test::new(settings());
    let all = catalogue(60, 12);
    test.apply(all[..40].to_vec(), 40).await;
    let other = test.other();
    assert_eq!(other.cursor().await.unwrap(), 40);
    other.apply(all[40..50].to_vec(), 50).await.unwrap();
    // Ours has not heard of the other's changes and swaps to an index without them: only the server's word counts.
    let mut rebuild = test.engine.begin_rebuild().await.unwrap();
    let (changes, next) = changes_after(&all, 0, 40);
    rebuild.apply(&changes, next).await.unwrap();
    assert_eq!(
        rebuild.swap().await.unwrap(),
        Swapped::Behind { place: 50.into() }
    );
    let (changes, next) = changes_after(&all, 40, 10);
    rebuild.apply(&changes, next).await.unwrap();
    assert_eq!(rebuild.swap().await.unwrap(), Swapped::Done);
    test.visible().await;
    assert_eq!(other.search(&everything()).await.unwrap().total, 50);
    let moved = other.apply(all[50..].to_vec(), 60).await;
    assert!(matches!(moved, Err(EngineError::Away(_))), "{moved:?}");
    let cursor = other.cursor().await.unwrap();
    assert_eq!(cursor, 50);
    other.apply(all[50..].to_vec(), 60).await.unwrap();
    test.visible().await;
    assert_eq!(other.search(&everything()).await.unwrap().total, 60);
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn a_rebuild_that_was_left_is_gone_on_with() {
    let test = Test::new(settings());
    let all = catalogue(100, 13);
    test.apply(all.clone(), 100).await;
    assert_eq!(test.engine.needs_rebuild().await.unwrap(), None);
    let mut rebuild = test.engine.begin_rebuild().await.unwrap();
    rebuild.apply(&all[..50], 50).await.unwrap();
    drop(rebuild);
    // The process died; the next one finds it.
    let other = test.other();
    assert_eq!(other.search(&everything()).await.unwrap().total, 100);
    assert_eq!(other.needs_rebuild().await.unwrap(), Some(Need::Unfinished));
    let mut rebuild = other.begin_rebuild().await.unwrap();
    assert_eq!(rebuild.cursor(), 50);
    fill(&mut rebuild, &all).await;
    assert_eq!(rebuild.swap().await.unwrap(), Swapped::Done);
    assert_eq!(other.needs_rebuild().await.unwrap(), None);
    assert_eq!(other.search(&everything()).await.unwrap().total, 100);
    assert_eq!(test.indices().await.len(), 2);
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn another_model_or_analysis_asks_for_a_rebuild() {
    let test = Test::new(settings());
    let all = catalogue(50, 14);
    test.apply(all.clone(), 50).await;
    let wordless = Settings {
        model: None,
        ..test.settings.clone()
    };
    assert_eq!(
        Test::new(wordless).engine.needs_rebuild().await.unwrap(),
        None,
        "no model is no reason"
    );
    let newer = Test::new(Settings {
        model: Some("newer".to_owned()),
        terms: 1,
        ..test.settings.clone()
    });
    assert_eq!(
        newer.engine.needs_rebuild().await.unwrap(),
        Some(Need::Terms)
    );
    let other = Test::new(Settings {
        model: Some("other".to_owned()),
        ..test.settings.clone()
    });
    assert_eq!(
        other.engine.needs_rebuild().await.unwrap(),
        Some(Need::Model)
    );
    // Until then words are searched, and vectors of another model are neither compared nor mixed in.
    let with = all
        .iter()
        .find(|c| c.entry.as_ref().is_some_and(|e| e.vector.is_some()))
        .unwrap();
    assert!(test.engine.vector(with.product_id).await.unwrap().is_some());
    assert_eq!(other.engine.vector(with.product_id).await.unwrap(), None);
    let mut rebuild = newer.engine.begin_rebuild().await.unwrap();
    fill(&mut rebuild, &all).await;
    rebuild.swap().await.unwrap();
    assert_eq!(newer.engine.needs_rebuild().await.unwrap(), None);
    // The older release does not take it back.
    assert_eq!(test.engine.needs_rebuild().await.unwrap(), None);
    assert!(
        newer
            .engine
            .vector(with.product_id)
            .await
            .unwrap()
            .is_some()
    );
    test.clean().await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn an_index_that_is_ahead_in_a_lost_past_is_replaced() {
    let test = Test::new(settings());
    let lost = Place {
        cursor: 90,
        milestone: Some(Milestone {
            id: 7,
            token: Uuid::from_u128(1),
        }),
    };
    test.engine.apply(catalogue(90, 17), lost).await.unwrap();
    assert_eq!(test.other().place().await.unwrap(), lost);
    // One that was begun in that past is given up.
    let mut begun = test.engine.begin_rebuild().await.unwrap();
    begun.apply(&catalogue(50, 17), 50).await.unwrap();
    begun.abandon().await.unwrap();
    let mut rebuild = test.engine.begin_rebuild().await.unwrap();
    assert_eq!(rebuild.place(), Place::default());
    rebuild.apply(&catalogue(40, 18), 40).await.unwrap();
    let behind = Swapped::Behind { place: lost };
    assert_eq!(rebuild.swap().await.unwrap(), behind);
    // Only that very place does not count.
    assert_eq!(rebuild.swap_over(90.into()).await.unwrap(), behind);
    assert_eq!(rebuild.swap_over(lost).await.unwrap(), Swapped::Done);
    assert_eq!(test.engine.cursor().await.unwrap(), 40);
    assert_eq!(test.engine.search(&everything()).await.unwrap().total, 40);
}
