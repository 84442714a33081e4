//! A server that is away: said within the deadline, whatever it does instead of answering; and what comes after.

use std::time::{Duration, Instant};

use crate::common::server::Server;
use crate::common::{Random, Test, catalogue, everything, gone, put, settings_at, term};
use search_core::{Change, EngineError, SearchEngine};
use search_opensearch::{Need, OpenSearch, Settings, Swapped};

/// Deadline of the engines here; a machine that compiles meanwhile may take a little longer to notice.
const DEADLINE: Duration = Duration::from_millis(700);
const LATEST: Duration = Duration::from_millis(2_500);

fn hasty(url: &str) -> Settings {
    Settings {
        search_timeout: DEADLINE,
        bulk_timeout: DEADLINE,
        ..settings_at(url)
    }
}

async fn is_away(engine: &OpenSearch) {
    let begun = Instant::now();
    let found = engine.search(&term("laptop")).await;
    assert!(matches!(found, Err(EngineError::Away(_))), "{found:?}");
    let documents = engine.documents(&[crate::common::id(1)]).await;
    assert!(
        matches!(documents, Err(EngineError::Away(_))),
        "{documents:?}"
    );
    assert!(
        begun.elapsed() < LATEST * 2,
        "noticed after {:?}",
        begun.elapsed()
    );
    let begun = Instant::now();
    let applied = engine.apply(vec![gone(1, 1_000)], 1_000).await;
    assert!(matches!(applied, Err(EngineError::Away(_))), "{applied:?}");
    assert!(matches!(engine.cursor().await, Err(EngineError::Away(_))));
    assert!(matches!(engine.ping().await, Err(EngineError::Away(_))));
    assert!(
        begun.elapsed() < LATEST * 3,
        "noticed after {:?}",
        begun.elapsed()
    );
}

/// The first answers of a server that has just started, or was frozen, take their time.
async fn until_back(engine: &OpenSearch) {
    let begun = Instant::now();
    while engine.search(&everything()).await.is_err() {
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "it does not come back"
        );
    }
}

#[tokio::test]
async fn a_closed_port_is_away() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    is_away(&OpenSearch::new(hasty(&url)).unwrap()).await;
}

#[tokio::test]
async fn a_server_that_says_nothing_is_away() {
    // Connections are accepted by the system and never answered.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    is_away(&OpenSearch::new(hasty(&url)).unwrap()).await;
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn an_overloaded_server_is_away() {
    let proxy = crate::common::proxy::Proxy::start(&crate::common::url()).await;
    let test = Test::new(settings_at(&proxy.url));
    test.apply(catalogue(20, 41), 20).await;
    for status in [429, 500, 502, 503, 504] {
        proxy.refuse("/_msearch", status, 1);
        let found = test.engine.search(&everything()).await;
        assert!(
            matches!(found, Err(EngineError::Away(_))),
            "{status}: {found:?}"
        );
        assert_eq!(test.engine.search(&everything()).await.unwrap().total, 20);
    }
    test.clean().await;
}

/// The catalogue's changes after a cursor, as the service reads them.
fn after(all: &[Change], cursor: i64, limit: usize) -> (Vec<Change>, i64) {
    let changes: Vec<Change> = all
        .iter()
        .filter(|c| c.revision > cursor)
        .take(limit)
        .cloned()
        .collect();
    let next = changes.last().map_or(cursor, |c| c.revision);
    (changes, next)
}

#[tokio::test]
#[ignore = "needs OpenSearch"]
async fn a_frozen_and_a_killed_server() {
    let Some(mut server) = Server::start().await else {
        return;
    };
    frozen(&server).await;
    killed_during_a_rebuild(&mut server).await;
}

async fn frozen(server: &Server) {
    let calm = Test::new(settings_at(&server.url));
    calm.apply(catalogue(30, 42), 30).await;
    let engine = OpenSearch::new(Settings {
        search_timeout: DEADLINE,
        bulk_timeout: DEADLINE,
        ..calm.settings.clone()
    });
    let engine = engine.unwrap();
    until_back(&engine).await;
    server.freeze();
    is_away(&engine).await;
    server.thaw();
    until_back(&engine).await;
    // What was sent to the frozen server may have arrived; the cursor has not moved before it is known.
    assert!([30, 1_000].contains(&calm.engine.cursor().await.unwrap()));
    calm.clean().await;
}

async fn killed_during_a_rebuild(server: &mut Server) {
    let mut all = catalogue(300, 43);
    let test = Test::new(settings_at(&server.url));
    test.apply(all.clone(), 300).await;
    let mut rebuild = test.engine.begin_rebuild().await.unwrap();
    let (changes, next) = after(&all, 0, 100);
    rebuild.apply(&changes, next).await.unwrap();
    server.kill().await;
    let (changes, next) = after(&all, rebuild.cursor(), 100);
    let lost = rebuild.apply(&changes, next).await;
    assert!(matches!(lost, Err(EngineError::Away(_))), "{lost:?}");
    is_away(&OpenSearch::new(hasty(&server.url)).unwrap()).await;
    // Meanwhile the catalogue goes on.
    all.retain(|change| !(10..20).contains(&change.revision));
    all.extend((9..19).map(|n: u64| gone(n, 301 + i64::try_from(n).unwrap())));
    all.push(put(400, 400, &mut Random(44)));
    server.run().await;
    // Another process begins; it finds the live index whole and the other one half built.
    let other = test.other();
    assert_eq!(other.search(&everything()).await.unwrap().total, 300);
    assert_eq!(other.needs_rebuild().await.unwrap(), Some(Need::Unfinished));
    let mut rebuild = other.begin_rebuild().await.unwrap();
    assert_eq!(rebuild.cursor(), 100, "what was acknowledged is there");
    loop {
        let (changes, next) = after(&all, rebuild.cursor(), 100);
        if changes.is_empty() {
            break;
        }
        rebuild.apply(&changes, next).await.unwrap();
    }
    assert_eq!(rebuild.swap().await.unwrap(), Swapped::Done);
    test.visible().await;
    // None missed: every product of the catalogue is there in its last version, and no other.
    let found = other.search(&everything()).await.unwrap();
    let mut ids: Vec<_> = found.candidates.iter().map(|c| c.id).collect();
    ids.sort();
    let mut expected: Vec<_> = all
        .iter()
        .filter(|c| c.entry.is_some())
        .map(|c| c.product_id)
        .collect();
    expected.sort();
    assert_eq!(ids, expected);
    assert_eq!(other.cursor().await.unwrap(), 400);
    test.clean().await;
}
