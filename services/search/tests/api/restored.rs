//! A database that was put back to a moment, while search has seen what came after it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use common::db::Db;
use kernel::ProductId;
use search::ops::source::{Next, Source};
use search::store::milestones;
use search_core::Place;
use serde_json::json;
use sqlx::postgres::PgPoolOptions;

use crate::moment::Moment;
use crate::shop::{Instance, New, Shop};

/// A shop, what it sells, and the moment at which it did.
async fn shop() -> (Shop, [ProductId; 2], Moment) {
    let shop = Shop::open().await;
    let one = new(&shop, "One").await;
    let two = new(&shop, "Two").await;
    shop.reindex().await;
    let moment = Moment::of(&shop).await;
    (shop, [one, two], moment)
}

async fn new(shop: &Shop, title: &'static str) -> ProductId {
    shop.add(&New {
        title,
        ..New::default()
    })
    .await
}

/// What was sold after the moment, as this instance knows it.
async fn sell_more(shop: &Shop, instances: &[&Instance], [_, two]: [ProductId; 2]) -> i64 {
    new(shop, "Lost").await;
    shop.set(two, "title", "Second").await;
    let mut cursor = 0;
    for instance in instances {
        instance.until_found("", &["One", "Second", "Lost"]).await;
        cursor = instance.cursor().await.max(cursor);
    }
    cursor
}

/// The index of a directory that is in use.
fn current(dir: &Path) -> String {
    fs::read_to_string(dir.join("0/current")).expect("a name")
}

fn at(dir: &Path) -> [(&'static str, &str); 1] {
    [("SEARCH__INDEX_DIR", dir.to_str().expect("a path"))]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_lost_is_not_found_though_more_was_written_before_anybody_looked() {
    let (shop, ids, moment) = shop().await;
    let (first, second) = (shop.instance().await, shop.instance().await);
    let cursor = sell_more(&shop, &[&first, &second], ids).await;
    moment.write_beyond(cursor).await;
    moment.restore().await;
    for instance in [&first, &second] {
        instance.until_found("", &["One", "Two"]).await;
        // The lexicon is of that past, too.
        let suggestions = instance.suggest("q=los").await;
        assert_eq!(suggestions["products"], json!([]), "{suggestions}");
    }
    shop.set(ids[0], "title", "First").await;
    for instance in [&first, &second] {
        instance.until_found("", &["First", "Two"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_was_kept_is_built_anew_before_it_answers() {
    let dir = tempfile::tempdir().expect("a folder");
    let (shop, ids, moment) = shop().await;
    let instance = shop.instance_with(&at(dir.path())).await;
    let cursor = sell_more(&shop, &[&instance], ids).await;
    instance.stop().await;
    moment.write_beyond(cursor).await;
    moment.restore().await;
    let begun = current(dir.path());
    let instance = shop.instance_with(&at(dir.path())).await;
    assert_eq!(instance.titles("sort=newest").await, ["Two", "One"]);
    let anew = current(dir.path());
    assert_ne!(anew, begun);
    // Once.
    instance.stop().await;
    let instance = shop.instance_with(&at(dir.path())).await;
    assert_eq!(instance.titles("sort=newest").await, ["Two", "One"]);
    assert_eq!(current(dir.path()), anew);
    instance.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_goes_on_where_nothing_that_it_knows_was_lost() {
    let dir = tempfile::tempdir().expect("a folder");
    let (shop, ids, unused) = shop().await;
    unused.remove(unused.copy()).await;
    let instance = shop.instance_with(&at(dir.path())).await;
    let cursor = sell_more(&shop, &[&instance], ids).await;
    let begun = current(dir.path());
    let moment = Moment::of(&shop).await;
    moment.write_beyond(cursor).await;
    moment.restore().await;
    new(&shop, "Three").await;
    let wanted = ["One", "Second", "Lost", "Three"];
    instance.until_found("", &wanted).await;
    assert_eq!(current(dir.path()), begun);
    instance.stop().await;
}

/// The shop's database, read from a replica that is another one.
async fn with_replica(shop: &Shop, name: &str) -> Db {
    let primary = shop.db.primary();
    let options = (*primary.connect_options()).clone().database(name);
    let replica = PgPoolOptions::new().connect_with(options).await;
    Db::from_pools(primary.clone(), Some(replica.expect("a connection")))
}

fn source(shop: &Shop) -> Source {
    Source {
        db: shop.db.clone(),
        model: None,
        limit: 5,
    }
}

async fn titles(source: &Source, place: Place) -> Vec<String> {
    let Next::Changes(rows, _) = source.read(place).await.expect("an answer") else {
        return Vec::new();
    };
    let title = |body: &str| {
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        body["title"].as_str().expect("a title").to_owned()
    };
    rows.iter().map(|row| title(&row.body)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_of_the_lost_past_is_not_believed() {
    let (mut shop, ids, moment) = shop().await;
    let instance = shop.instance().await;
    let cursor = sell_more(&shop, &[&instance], ids).await;
    instance.stop().await;
    moment.write_beyond(cursor).await;
    let lost = moment.replace().await;
    shop.db = with_replica(&shop, &lost).await;
    let instance = shop.instance().await;
    assert_eq!(instance.titles("sort=newest").await, ["Two", "One"]);
    new(&shop, "Three").await;
    instance.until_found("", &["One", "Two", "Three"]).await;
    instance.stop().await;
    shop.db.close().await;
    moment.remove(&lost).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_lags_is_read_as_far_as_it_knows_the_place() {
    let (mut shop, _, moment) = shop().await;
    shop.db = with_replica(&shop, moment.copy()).await;
    new(&shop, "Three").await;
    shop.reindex().await;
    let source = source(&shop);
    assert_eq!(titles(&source, Place::default()).await, ["One", "Two"]);
    let behind = source.begin().await.expect("a beginning");
    let mut all = titles(&source, behind.place).await;
    all.sort_unstable();
    assert_eq!(all, ["One", "Three", "Two"]);
    // It is up to date as far as the replica goes, and the primary agrees.
    let instance = shop.instance().await;
    assert_eq!(instance.titles("sort=newest").await, ["Two", "One"]);
    instance.stop().await;
    shop.db.close().await;
    moment.remove(moment.copy()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_from_before_there_were_milestones_goes_on_unless_it_is_ahead() {
    let dir = tempfile::tempdir().expect("a folder");
    let shop = Shop::open().await;
    new(&shop, "One").await;
    shop.reindex().await;
    for (ahead, is_kept) in [(0, true), (1_000, false)] {
        let instance = shop.instance_with(&at(dir.path())).await;
        let begun = current(dir.path());
        let engine = Arc::clone(instance.state.engines().embedded());
        let place = engine.place().await.expect("a place");
        assert_ne!(place.milestone, None);
        instance.stop().await;
        let older = Place::from(place.cursor + ahead);
        engine.take_in(Vec::new(), older).await.expect("a note");
        drop(engine);
        let instance = shop.instance_with(&at(dir.path())).await;
        assert_eq!(instance.titles("").await, ["One"]);
        assert_eq!(current(dir.path()) == begun, is_kept);
        let engine = instance.state.engines().embedded();
        let noted = engine.place().await.expect("a place");
        assert_eq!(noted.cursor, place.cursor);
        assert_ne!(noted.milestone, None);
        instance.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_milestones_go_and_indexes_go_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let (shop, _, moment) = shop().await;
    moment.remove(moment.copy()).await;
    let instance = shop.instance_with(&at(dir.path())).await;
    let begun = current(dir.path());
    // What is taken in leaves milestones, too.
    testkit::until("all events taken in", async || shop.events().await == 0).await;
    // One without any change.
    let last = source(&shop).begin().await.expect("a beginning").place;
    let engine = instance.state.engines().embedded();
    testkit::until("the last milestone", async || {
        engine.place().await.expect("a place").milestone == last.milestone
    })
    .await;
    sqlx::query("update search.milestone set created_at = now() - interval '8 days'")
        .execute(&shop.admin)
        .await
        .expect("older ones");
    let mut conn = shop.db.write().await.expect("a connection");
    let all = milestones::delete_old(&mut conn, 9).await;
    assert_eq!(all.expect("a number"), 0);
    let old = milestones::delete_old(&mut conn, 7).await;
    assert!(old.expect("a number") > 1);
    drop(conn);
    let left: Vec<i64> = sqlx::query_scalar("select milestone_id from search.milestone")
        .fetch_all(&shop.admin)
        .await
        .expect("rows");
    assert_eq!(left, [last.milestone.expect("a milestone").id]);
    new(&shop, "Three").await;
    instance.until_found("", &["One", "Two", "Three"]).await;
    assert_eq!(current(dir.path()), begun);
    instance.stop().await;
}
