//! From memory into the database.

use std::sync::Arc;

use jiff::SignedDuration;
use kernel::Clock as _;
use search::signals::event::{EventKind, SearchEvent};
use search::signals::flush::flush;
use search::signals::tidy::tidy;
use search::signals::{Recorder, Searched};

use crate::staff_desk::Desk;

fn search(text: &str) -> Searched {
    Searched {
        text: text.to_owned(),
        total: 1,
        corrected: false,
        degraded: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_recorders_and_flushes_lose_nothing() {
    const CLIENTS: usize = 8;
    const ROUNDS: usize = 60;
    let desk = Desk::open().await;
    let product = desk.product(&[]).await;
    let other = desk.another(common::redis::Cache::none("search")).await;
    let recorders = [desk.state.recorder.clone(), other.state.recorder.clone()];
    let write = async |recorder: &Recorder| {
        for _ in 0..40 {
            flush(&desk.state.db, recorder, desk.clock.now())
                .await
                .expect("written");
            tokio::task::yield_now().await;
        }
    };
    let count = async |client: usize| {
        let recorder = &recorders[client % 2];
        for round in 0..ROUNDS {
            let who = format!("client {client} in round {round}");
            recorder.searched(&who, &search("laptop"));
            recorder.searched(&who, &search(&format!("text {}", round % 7)));
            let view = SearchEvent {
                kind: EventKind::View,
                product_id: product,
                search_id: None,
                query: None,
                position: None,
            };
            recorder.record(&who, vec![view]).await;
            tokio::task::yield_now().await;
        }
    };
    let counting = futures::future::join_all((0..CLIENTS).map(count));
    futures::join!(
        counting,
        write(&recorders[0]),
        write(&recorders[1]),
        write(&recorders[0])
    );
    for recorder in &recorders {
        flush(&desk.state.db, recorder, desk.clock.now())
            .await
            .expect("written");
    }
    let sum = i64::try_from(CLIENTS * ROUNDS).expect("a number");
    let searches = "select sum(searches)::bigint from search.query_day where query = 'laptop'";
    assert_eq!(desk.number(searches).await, sum);
    assert_eq!(
        desk.number("select sum(searches)::bigint from search.query_day")
            .await,
        2 * sum
    );
    assert_eq!(
        desk.number("select sum(views)::bigint from search.product_day")
            .await,
        sum
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_written_waits() {
    let desk = Desk::open().await;
    sqlx::query("alter table search.query_day rename to away")
        .execute(&desk.admin)
        .await
        .expect("away");
    desk.state.recorder.searched("a", &search("laptop"));
    let now = desk.clock.now();
    flush(&desk.state.db, &desk.state.recorder, now)
        .await
        .expect_err("no table");
    desk.state.recorder.searched("b", &search("laptop"));
    sqlx::query("alter table search.away rename to query_day")
        .execute(&desk.admin)
        .await
        .expect("back");
    flush(&desk.state.db, &desk.state.recorder, now)
        .await
        .expect("written");
    assert_eq!(
        desk.number("select sum(searches)::bigint from search.query_day")
            .await,
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_number_is_kept_if_it_is_a_code() {
    let desk = Desk::open().await;
    desk.product(&["4006381333931", "910-004327", "AB-12345678"])
        .await;
    for text in [
        "4006381333931",
        "canon 4006381333931",
        "Mouse 910-004327",
        "ab-12345678",
        "4006381333932",
        "4006381333931 0171 2345678",
        "+49 171 2345678",
    ] {
        desk.state.recorder.searched("a", &search(text));
    }
    flush(&desk.state.db, &desk.state.recorder, desk.clock.now())
        .await
        .expect("written");
    let kept: Vec<String> = sqlx::query_scalar("select query from search.query_day order by query")
        .fetch_all(&desk.admin)
        .await
        .expect("texts");
    assert_eq!(
        kept,
        ["4006381333931", "canon 4006381333931", "mouse 910-004327"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_is_written_at_the_end() {
    let desk = Desk::open().await;
    desk.state.recorder.searched("a", &search("laptop"));
    let jobs = common::jobs::Jobs::new();
    search::signals::flush::run(
        &desk.state.db,
        &desk.state.recorder,
        &desk.settings.signals,
        &jobs,
    );
    assert!(jobs.shutdown(std::time::Duration::from_secs(10)).await);
    assert_eq!(
        desk.number("select sum(searches)::bigint from search.query_day")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_old_or_rare_is_forgotten() {
    let desk = Desk::open().await;
    let product = desk.product(&[]).await;
    let recorder = Arc::new(desk.state.recorder.clone());
    for client in 0..5 {
        recorder.searched(&format!("{client}"), &search("popular"));
    }
    recorder.searched("a", &search("rare"));
    let view = SearchEvent {
        kind: EventKind::View,
        product_id: product,
        search_id: None,
        query: None,
        position: None,
    };
    recorder.record("a", vec![view]).await;
    flush(&desk.state.db, &recorder, desk.clock.now())
        .await
        .expect("written");
    let texts = async || desk.number("select count(*) from search.query_day").await;
    let products = async || desk.number("select count(*) from search.product_day").await;
    for (days, left) in [(1, (2, 1)), (7, (1, 1)), (82, (1, 1)), (1, (0, 0))] {
        desk.clock.advance(SignedDuration::from_hours(24 * days));
        tidy(&desk.state.db, desk.clock.now(), &desk.settings.signals)
            .await
            .expect("tidied");
        assert_eq!(
            (texts().await, products().await),
            left,
            "after {days} more days"
        );
    }
    // Nobody does it twice at a time.
    let again = tidy(&desk.state.db, desk.clock.now(), &desk.settings.signals).await;
    assert_eq!(again.expect("nothing to do"), 0);
}
