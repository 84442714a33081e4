//! A change is soon in force everywhere.

use std::time::Duration;

use common::redis::Cache;
use jiff::SignedDuration;
use kernel::{Clock as _, ProductId};
use serde_json::json;

use crate::staff_desk::{Desk, RULES, SYNONYMS};

/// What is promised.
const SOON: Duration = Duration::from_secs(2);

fn redis() -> Cache {
    let url = testkit::redis_url();
    Cache::new(Some(&url), "search", Duration::from_millis(500), 4).expect("an address")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_instance_hears_of_it_with_and_without_redis() {
    for cache in [redis as fn() -> Cache, || Cache::none("search")] {
        let desk = Desk::open_with(cache()).await;
        let other = desk.another(cache()).await;
        other.until_revision(1).await;
        let (now, hour) = (desk.clock.now(), SignedDuration::from_hours(1));
        let product = ProductId::generate();
        let rule = json!({"query": "Tv 55", "matches": "contains", "pinned": [product], "redirect": "/tv",
                          "starts_at": now, "ends_at": now + hour});
        desk.make(RULES, "k", rule).await.expect(201);
        let here = desk.state.merchandising.current();
        assert_eq!(here.revision, 2, "here at once");
        assert!(other.until_revision(2).await < SOON);
        let active = other.state.merchandising.current();
        let found = active.rule("samsung TV 55 inch", now).expect("a rule");
        assert_eq!(found.redirect.as_deref(), Some("/tv"));
        assert_eq!(found.pinned, [product]);
        assert!(active.rule("samsung TV 55 inch", now + hour).is_none());
        assert!(active.rule("tv", now).is_none());

        let before = active.synonyms.len();
        let synonym = json!({"kind": "one_way", "from": ["klapprechner"], "to": ["laptop"]});
        other.make(SYNONYMS, "k", synonym).await.expect(201);
        assert!(desk.until_revision(3).await < SOON);
        let active = desk.state.merchandising.current();
        assert_eq!(active.synonyms.len(), before + 1);
        assert!(active.rule("tv 55", now).is_some(), "rules stay");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_away_the_last_state_stays() {
    let desk = Desk::open().await;
    let rule = json!({"query": "tv", "matches": "exact", "redirect": "/tv"});
    desk.make(RULES, "k", rule).await.expect(201);
    desk.until_revision(2).await;
    desk.state.db.close().await;
    desk.state
        .merchandising
        .refresh()
        .await
        .expect_err("no database");
    let active = desk.state.merchandising.current();
    assert_eq!(active.revision, 2);
    assert!(active.rule("tv", desk.clock.now()).is_some());
}
