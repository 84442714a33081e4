//! Answers under changes and under the change of the whole index.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use search_core::plan::Sort;
use search_core::{Order, SearchEngine as _};
use search_embedded::Embedded;
use tokio::runtime::Handle;

use crate::support::*;

const PRODUCTS: u128 = 40;

fn round(revision: i64) -> Vec<Product> {
    (0..PRODUCTS)
        .map(|n| {
            product(n, &format!("lamp round{revision}")).with(|p| {
                p.price = 1_000 + revision;
                p.brand = Some(format!("brand{revision}"));
                p.vector = Some(towards(usize::try_from(revision).unwrap() % 100, 0.0));
            })
        })
        .collect()
}

/// Asks in every order until `done`; every answer must be of one round.
fn ask_on(engine: &Embedded, done: &AtomicBool, runtime: &Handle, kind: usize) -> usize {
    let mut asked = 0;
    while !done.load(Ordering::Relaxed) || asked == 0 {
        let plan = match kind {
            0 => plan("lamp"),
            1 => sorted("", Sort::PriceAsc),
            _ => sorted("lamp", Sort::Newest),
        };
        let found = runtime.block_on(engine.search(&plan)).unwrap();
        let first = &found.candidates[0].features;
        assert_eq!((found.total, found.candidates.len()), (40, 40));
        for candidate in &found.candidates {
            assert_eq!(candidate.features.price_minor, first.price_minor);
            assert_eq!(candidate.features.wording, first.wording);
        }
        let brands = &found.facets.brands;
        assert_eq!((brands.len(), brands[0].count), (1, 40));
        assert_eq!(Some(&brands[0].value), first.brand.as_ref());
        asked += 1;
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_sees_a_batch_whole_or_not_at_all() {
    let engine = filled(&round(1)).await;
    let (done, runtime) = (AtomicBool::new(false), Handle::current());
    thread::scope(|scope| {
        for kind in 0..3 {
            let (engine, done, runtime) = (&engine, &done, &runtime);
            scope.spawn(move || ask_on(engine, done, runtime, kind));
        }
        for revision in 2..25 {
            runtime_put(&runtime, &engine, revision);
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(ask(&engine, &plan("round24")).await.total, 40);
}

fn runtime_put(runtime: &Handle, engine: &Embedded, revision: i64) {
    let changes = round(revision)
        .iter()
        .map(|product| product.change(revision))
        .collect();
    thread::scope(|scope| {
        scope.spawn(|| runtime.block_on(engine.apply(changes, revision)).unwrap());
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuilt_index_takes_over_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let engine = at(dir.path());
    put(&engine, &round(1), 1).await;
    let (done, runtime) = (AtomicBool::new(false), Handle::current());
    thread::scope(|scope| {
        for kind in 0..3 {
            let (engine, done, runtime) = (&engine, &done, &runtime);
            scope.spawn(move || ask_on(engine, done, runtime, kind));
        }
        let (engine, done, runtime) = (&engine, &done, &runtime);
        scope.spawn(move || {
            for revision in 2..12 {
                runtime.block_on(async {
                    let rebuilt = engine.rebuild().await.unwrap();
                    assert!(rebuilt.is_empty());
                    let changes = round(revision)
                        .iter()
                        .map(|product| product.change(revision))
                        .collect();
                    rebuilt.apply(changes, revision).await.unwrap();
                    assert_eq!((rebuilt.len(), rebuilt.cursor()), (40, revision));
                    assert_eq!(engine.cursor().await.unwrap(), revision - 1);
                    engine.swap(rebuilt).await.unwrap();
                    assert_eq!(engine.cursor().await.unwrap(), revision);
                });
            }
            done.store(true, Ordering::Relaxed);
        });
    });
    drop(engine);
    let engine = at(dir.path());
    assert_eq!(engine.cursor().await.unwrap(), 11);
    let mut plan = plan("round11");
    plan.order = Order::Ranked { window: 1 };
    assert_eq!(ask(&engine, &plan).await.total, 40);
}

#[tokio::test]
async fn the_old_index_is_removed_once_nobody_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    let engine = at(dir.path());
    put(&engine, &round(1), 1).await;
    for revision in 2..5 {
        let rebuilt = engine.rebuild().await.unwrap();
        let changes = round(revision)
            .iter()
            .map(|product| product.change(revision))
            .collect();
        rebuilt.apply(changes, revision).await.unwrap();
        engine.swap(rebuilt).await.unwrap();
        let entries = std::fs::read_dir(dir.path().join("0")).unwrap();
        let indices = entries
            .filter(|entry| entry.as_ref().unwrap().path().is_dir())
            .count();
        assert_eq!(indices, 1);
    }
}
