//! From counts to scores.

use common::redis::Cache;
use jiff::SignedDuration;
use kernel::{Clock as _, ProductId};
use search::signals::popularity::score;

use crate::staff_desk::Desk;

async fn seen(desk: &Desk, product: ProductId, days_ago: i32, signals: [i64; 4]) {
    sqlx::query(
        "insert into search.product_day (day, product_id, views, clicks, carts, orders)
         values (($1::timestamptz at time zone 'UTC')::date - $2::int, $3, $4, $5, $6, $7)",
    )
    .bind(jiff_sqlx::ToSqlx::to_sqlx(desk.clock.now()))
    .bind(days_ago)
    .bind(product.uuid())
    .bind(signals[0])
    .bind(signals[1])
    .bind(signals[2])
    .bind(signals[3])
    .execute(&desk.admin)
    .await
    .expect("a row");
}

/// Scores all products, an hour later than the last time.
async fn scored(desk: &Desk) -> u64 {
    desk.clock.advance(SignedDuration::from_hours(1));
    let (now, settings) = (desk.clock.now(), &desk.settings.signals);
    score(&desk.state.db, &Cache::none("search"), now, settings)
        .await
        .expect("scored")
}

async fn popularity(desk: &Desk, product: ProductId) -> f32 {
    sqlx::query_scalar("select popularity from search.document where product_id = $1")
        .bind(product.uuid())
        .fetch_one(&desk.admin)
        .await
        .expect("a score")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_is_never_less_and_all_lie_between_0_and_1() {
    let desk = Desk::open().await;
    let mut products = Vec::new();
    let mut views = 0;
    for step in 0..40_i64 {
        let product = desk.product(&[]).await;
        products.push(product);
        views += step * step * step;
        seen(&desk, product, 0, [views, 0, 0, 0]).await;
    }
    scored(&desk).await;
    let mut last = 0.0_f32;
    for product in &products {
        let now = popularity(&desk, *product).await;
        assert!(
            (0.0..=1.0).contains(&now) && now >= last,
            "{last} then {now}"
        );
        let steps = now * 20.0;
        assert!((steps - steps.round()).abs() < 1e-4, "{now} is a twentieth");
        last = now;
    }
    assert!((last - 1.0).abs() < f32::EPSILON);
    assert!(popularity(&desk, products[0]).await.abs() < f32::EPSILON);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_weighs_more_than_a_cart_than_a_click_than_a_look_and_old_ones_less() {
    let desk = Desk::open().await;
    let mut scores = Vec::new();
    let mut products = Vec::new();
    for (days_ago, signals) in [
        (31, [0, 0, 0, 1000]),
        (29, [9, 0, 0, 0]),
        (0, [9, 0, 0, 0]),
        (0, [0, 9, 0, 0]),
        (0, [0, 0, 9, 0]),
        (0, [0, 0, 0, 9]),
        (0, [9, 9, 9, 900]),
    ] {
        let product = desk.product(&[]).await;
        seen(&desk, product, days_ago, signals).await;
        products.push(product);
    }
    scored(&desk).await;
    for product in &products {
        scores.push(popularity(&desk, *product).await);
    }
    assert!(scores[0].abs() < f32::EPSILON, "a month is forgotten");
    assert!(scores.is_sorted_by(|a, b| a < b), "{scores:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_few_looks_in_a_new_shop_make_no_bestseller() {
    let desk = Desk::open().await;
    let product = desk.product(&[]).await;
    seen(&desk, product, 0, [2, 0, 0, 0]).await;
    scored(&desk).await;
    assert!(popularity(&desk, product).await <= 0.35);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_changes_is_written_and_each_with_a_number_of_its_own() {
    let desk = Desk::open().await;
    let (one, two) = (desk.product(&[]).await, desk.product(&[]).await);
    seen(&desk, one, 0, [500, 0, 0, 0]).await;
    let last = desk
        .number("select max(change_seq) from search.document")
        .await;
    assert_eq!(scored(&desk).await, 1);
    let changed: Vec<uuid::Uuid> =
        sqlx::query_scalar("select product_id from search.document where change_seq > $1")
            .bind(last)
            .fetch_all(&desk.admin)
            .await
            .expect("rows");
    assert_eq!(changed, [one.uuid()]);
    assert_eq!(scored(&desk).await, 0, "nothing changed since");
    seen(&desk, two, 0, [499, 0, 0, 0]).await;
    assert_eq!(scored(&desk).await, 1);
    // When nobody wants it any more it sinks.
    desk.clock.advance(SignedDuration::from_hours(24 * 40));
    assert_eq!(scored(&desk).await, 2);
    assert!(popularity(&desk, one).await.abs() < f32::EPSILON);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_instance_at_a_time_and_not_too_often() {
    let desk = Desk::open().await;
    let product = desk.product(&[]).await;
    seen(&desk, product, 0, [500, 0, 0, 0]).await;
    desk.clock.advance(SignedDuration::from_hours(1));
    let (now, settings, cache) = (
        desk.clock.now(),
        &desk.settings.signals,
        Cache::none("search"),
    );
    let calls = (0..6).map(|_| score(&desk.state.db, &cache, now, settings));
    let changed = futures::future::join_all(calls).await;
    let changed: u64 = changed.into_iter().map(|done| done.expect("done")).sum();
    assert_eq!(changed, 1);
    seen(&desk, product, 1, [90_000, 0, 0, 0]).await;
    let soon = desk.clock.now() + SignedDuration::from_mins(50);
    let again = score(&desk.state.db, &cache, soon, settings).await;
    assert_eq!(again.expect("done"), 0, "done lately");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn popular_texts_are_those_that_many_search_and_find() {
    let desk = Desk::open().await;
    for (query, days_ago, searches, zero, corrected) in [
        ("laptop", 0, 50, 1, 0),
        ("usb c hub", 0, 20, 0, 0),
        ("old hit", 25, 60, 0, 0),
        ("ancient hit", 40, 900, 0, 0),
        ("garmin", 0, 40, 40, 0),
        ("latpop", 0, 40, 0, 40),
        ("rare", 0, 2, 0, 0),
    ] {
        sqlx::query(
            "insert into search.query_day (day, query, searches, zero_results, corrected, last_at)
             values (($1::timestamptz at time zone 'UTC')::date - $2::int, $3, $4, $5, $6, $1)",
        )
        .bind(jiff_sqlx::ToSqlx::to_sqlx(desk.clock.now()))
        .bind(days_ago)
        .bind(query)
        .bind(searches)
        .bind(zero)
        .bind(corrected)
        .execute(&desk.admin)
        .await
        .expect("a row");
    }
    let revision = desk.state.merchandising.current().revision;
    scored(&desk).await;
    desk.state.merchandising.refresh().await.expect("read");
    let active = desk.state.merchandising.current();
    let texts: Vec<&str> = active
        .popular
        .iter()
        .map(|(text, _)| text.as_str())
        .collect();
    assert_eq!(texts, ["laptop", "usb c hub", "old hit"]);
    assert!((active.popular[0].1 - 1.0).abs() < f32::EPSILON);
    assert!(
        active
            .popular
            .iter()
            .all(|(_, score)| *score > 0.0 && *score <= 1.0)
    );
    assert_eq!(active.revision, revision, "answers do not depend on it");
}
