//! An index in a directory outlives the process.

use std::fs;
use std::path::{Path, PathBuf};

use search_core::SearchEngine as _;
use search_core::plan::Sort;
use search_embedded::{Embedded, Settings};
use serde_json::json;

use crate::support::*;

fn products() -> Vec<Product> {
    let product = |n: u128| {
        product(n, &format!("lamp {n}")).with(|p| {
            p.price = i64::try_from(n).unwrap() * 100;
            p.popularity = 0.5;
            p.vector = Some(towards(usize::try_from(n).unwrap(), 0.1));
            p.attributes = vec![("kind".to_owned(), json!(format!("kind {}", n % 3)))];
        })
    };
    (1..=30).map(product).collect()
}

fn indices(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join("0"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

async fn begun(dir: &Path) {
    let engine = at(dir);
    put(&engine, &products(), 7).await;
    engine.apply(vec![gone(3, 8)], 8).await.unwrap();
}

async fn is_empty(engine: &Embedded) {
    assert_eq!((engine.len(), engine.cursor().await.unwrap()), (0, 0));
    put(engine, &products(), 9).await;
    assert_eq!(ask(engine, &plan("lamp")).await.total, 30);
}

#[tokio::test]
async fn a_damaged_index_is_begun_anew() {
    type Damage = fn(&Path);
    let damages: [Damage; 5] = [
        |index| fs::write(index.join("meta.json"), "{").unwrap(),
        |index| fs::remove_file(index.join("meta.json")).unwrap(),
        |index| {
            let part = |path: &PathBuf| path.extension().is_some_and(|e| e == "store");
            let mut paths = fs::read_dir(index)
                .unwrap()
                .map(|entry| entry.unwrap().path());
            let store = paths.find(part).unwrap();
            let mut bytes = fs::read(&store).unwrap();
            bytes[20] ^= 0xff;
            fs::write(&store, bytes).unwrap();
        },
        |index| {
            for entry in fs::read_dir(index).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|e| e == "idx") {
                    fs::write(path, "").unwrap();
                }
            }
        },
        |index| fs::remove_dir_all(index).unwrap(),
    ];
    for (n, damage) in damages.iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        begun(dir.path()).await;
        damage(&indices(dir.path())[0]);
        let engine = at(dir.path());
        assert_eq!(indices(dir.path()).len(), 1, "damage {n}");
        is_empty(&engine).await;
        drop(engine);
        assert_eq!(at(dir.path()).len(), 30, "damage {n}");
    }
}

#[tokio::test]
async fn another_model_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    begun(dir.path()).await;
    let other = Settings {
        fingerprint: "model-2".to_owned(),
        ..settings(Some(dir.path()))
    };
    let engine = Embedded::open(&other, |_, _| panic!("nothing is gone on with")).unwrap();
    assert_eq!(indices(dir.path()).len(), 1);
    is_empty(&engine).await;
}

#[tokio::test]
async fn a_directory_that_cannot_be_used_is_done_without() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    is_empty(&at(&file)).await;
}

#[tokio::test]
async fn after_a_restart_everything_is_as_before() {
    let dir = tempfile::tempdir().unwrap();
    let engine = at(dir.path());
    put(&engine, &products(), 7).await;
    engine.apply(vec![gone(3, 8)], 8).await.unwrap();
    let plans = [plan("lamp"), plan(""), sorted("lamp", Sort::PriceDesc)];
    let mut before = Vec::new();
    for plan in &plans {
        before.push(ask(&engine, plan).await);
    }
    drop(engine);

    let mut replayed = Vec::new();
    let engine = Embedded::open(&settings(Some(dir.path())), |document, revision| {
        replayed.push((document.id.uuid().as_u128(), revision));
    })
    .unwrap();
    replayed.sort_unstable();
    let expected: Vec<_> = (1..=30).filter(|n| *n != 3).map(|n| (n, 7)).collect();
    assert_eq!(replayed, expected);
    assert_eq!((engine.len(), engine.cursor().await.unwrap()), (29, 8));
    for (plan, before) in plans.iter().zip(before) {
        let after = ask(&engine, plan).await;
        assert_eq!(
            (after.total, numbers(&after), &after.facets),
            (before.total, numbers(&before), &before.facets)
        );
        let scores = |found: &search_core::Found| -> Vec<_> {
            found.candidates.iter().map(|c| c.lexical).collect()
        };
        assert_eq!(scores(&after), scores(&before));
        let features = |found: &search_core::Found| {
            format!(
                "{:?}",
                found
                    .candidates
                    .iter()
                    .map(|c| &c.features)
                    .collect::<Vec<_>>()
            )
        };
        assert_eq!(features(&after), features(&before));
    }
    assert_eq!(engine.vector(id(5)).await.unwrap(), Some(towards(5, 0.1)));
    assert_eq!(engine.documents(&[id(5)]).await.unwrap()[0].title, "lamp 5");
    // What is gone is remembered, and what comes next goes on.
    engine
        .apply(vec![product(3, "lamp").change(7)], 9)
        .await
        .unwrap();
    assert_eq!(engine.len(), 29);
    put(&engine, &[product(3, "lamp 3"), product(31, "lamp 31")], 10).await;
    assert_eq!(ask(&engine, &plan("lamp")).await.total, 31);
}

#[tokio::test]
async fn a_second_process_keeps_its_own_index() {
    let dir = tempfile::tempdir().unwrap();
    let first = at(dir.path());
    put(&first, &products(), 7).await;
    let second = at(dir.path());
    is_empty(&second).await;
    second.apply(vec![gone(1, 10)], 10).await.unwrap();
    assert_eq!((first.len(), second.len()), (30, 29));
    drop((first, second));
    let (first, second) = (at(dir.path()), at(dir.path()));
    assert_eq!((first.len(), second.len()), (30, 29));
}

#[tokio::test]
async fn an_index_that_was_being_built_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let engine = at(dir.path());
    put(&engine, &products(), 7).await;
    let rebuilding = engine.rebuild().await.unwrap();
    rebuilding
        .apply(vec![product(1, "x").change(1)], 1)
        .await
        .unwrap();
    assert_eq!(indices(dir.path()).len(), 2);
    drop(rebuilding);
    assert_eq!(indices(dir.path()).len(), 1);
    // As after a crash in the middle of it.
    drop(engine);
    fs::create_dir(dir.path().join("0/index-99")).unwrap();
    let engine = at(dir.path());
    assert_eq!((indices(dir.path()).len(), engine.len()), (1, 30));
}
