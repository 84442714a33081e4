//! Answers that instances share over Redis.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::redis::Cache;
use jiff::SignedDuration;
use kernel::{Clock as _, PageSize, ProductId};
use search::domain::query::SearchRequest;
use search::pipeline::Options;
use search::pipeline::cache::Known;
use search_core::{Filters, Sort};
use serde_json::{Value, json};

use crate::shop::{Instance, New, PATIENCE, Shop, titles};
use crate::staff_desk::{RULES, SYNONYMS};

/// After this time a change is in force; an answer that may be of before it is too old.
const STALE: SignedDuration = SignedDuration::from_millis(1_001);

/// A cache with the patience of tests: here Redis is there, however busy the machine is.
fn redis(name: &str) -> Cache {
    let url = testkit::redis_url();
    Cache::new(Some(&url), name, PATIENCE, 8).expect("an address")
}

fn name() -> String {
    format!("search-{}", ProductId::generate())
}

fn request(text: &str) -> SearchRequest {
    SearchRequest {
        text: text.to_owned(),
        filters: Filters::default(),
        sort: Sort::Relevance,
        size: PageSize::default(),
        cursor: None,
    }
}

async fn known(shop: &Shop, instance: &Instance) -> Known {
    Known {
        at: shop.clock.now(),
        change: instance.cursor().await,
        revision: instance.state.merchandising.current().revision,
    }
}

async fn until_at_least(instance: &Instance, cursor: i64) {
    let start = Instant::now();
    while instance.cursor().await < cursor {
        assert!(start.elapsed() < PATIENCE, "the change never comes");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn last_change(shop: &Shop) -> i64 {
    let last = sqlx::query_scalar("select coalesce(max(change_seq), 0) from search.document");
    last.fetch_one(&shop.admin).await.expect("a number")
}

fn lamp() -> New {
    New {
        title: "Lamp zero",
        ..New::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_other_rules_or_too_old_is_not_given() {
    let shop = Shop::with(&[lamp()]).await;
    let instance = shop.instance_on(redis(&name())).await;
    let (answers, now) = (&instance.state.answers, known(&shop, &instance).await);
    let planted = r#"{"planted":true}"#;
    let earlier = Known {
        revision: now.revision - 1,
        ..now
    };
    for (text, of, age, given) in [
        ("rules", earlier, SignedDuration::ZERO, false),
        ("current", now, SignedDuration::ZERO, true),
        // Without a change an answer stays good; one that may be of an older index does not.
        ("current", now, STALE, true),
        ("young", now.unsure(), SignedDuration::ZERO, true),
        ("old", now.unsure(), STALE, false),
    ] {
        let at = shop.clock.now();
        answers
            .put(&request(text), Known { at, ..of }, planted)
            .await;
        shop.clock.advance(age);
        let page = instance.search(&format!("q={text}")).await;
        assert_eq!(page["planted"] == true, given, "{text} after {age}");
    }
    // Another page, filter or order is another question.
    for query in [
        "q=current&limit=7",
        "q=current&in_stock=true",
        "q=current&sort=newest",
    ] {
        assert_eq!(
            instance.search(query).await["planted"],
            Value::Null,
            "{query}"
        );
    }
    let at = now.at;
    assert_eq!(
        Known {
            at,
            ..known(&shop, &instance).await
        },
        now,
        "nothing changed meanwhile"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_answer_comes_from_the_cache_of_all_instances() {
    let shop = Shop::with(&[lamp()]).await;
    let name = name();
    let first = shop.instance_on(redis(&name)).await;
    let second = shop.instance_on(redis(&name)).await;
    let answers = &second.state.answers;
    let now = known(&shop, &second).await;
    assert_eq!(answers.get(&request("lamp"), now).await, None);
    let given = first.search("q=lamp").await;
    let kept = answers.get(&request("lamp"), now).await.expect("an answer");
    assert_eq!(serde_json::from_str::<Value>(&kept).expect("JSON"), given);
    let again = second.get("q=lamp").await.expect(200);
    assert_eq!(again.json, given);
    assert_eq!(again.header("content-type"), Some("application/json"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_outlives_a_change_however_hot_the_query() {
    let shop = Shop::open().await;
    let id = shop.add(&lamp()).await;
    shop.reindex().await;
    let name = name();
    let instances = [
        shop.instance_on(redis(&name)).await,
        shop.instance_on(redis(&name)).await,
    ];
    let (done, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let hammer = async |instance: &Instance| {
        while !done.load(Ordering::Relaxed) {
            let page = instance.search("q=lamp").await;
            assert_eq!(page["total"], 1);
            asked.fetch_add(1, Ordering::Relaxed);
        }
    };
    let change = async {
        for round in ["Lamp one", "Lamp two", "Lamp three"] {
            let before = last_change(&shop).await;
            shop.set(id, "title", round).await;
            for instance in &instances {
                until_at_least(instance, before + 1).await;
            }
            shop.clock.advance(STALE);
            for _ in 0..20 {
                for instance in &instances {
                    assert_eq!(instance.titles("q=lamp").await, [round]);
                }
            }
        }
        done.store(true, Ordering::Relaxed);
    };
    futures::join!(
        hammer(&instances[0]),
        hammer(&instances[0]),
        hammer(&instances[1]),
        change
    );
    assert!(asked.load(Ordering::Relaxed) > 100, "the query was hot");
    let before = last_change(&shop).await;
    shop.set(id, "status", "archived").await;
    for instance in &instances {
        until_at_least(instance, before + 1).await;
    }
    shop.clock.advance(STALE);
    for instance in &instances {
        assert_eq!(instance.search("q=lamp").await["total"], 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_staff_change_is_seen_at_once() {
    let shop = Shop::with(&[lamp()]).await;
    let name = name();
    let here = shop.instance_on(redis(&name)).await;
    let there = shop.instance_on(redis(&name)).await;
    for (round, word) in ["leuchte", "funzel", "latern"].into_iter().enumerate() {
        let query = format!("q={word}");
        for instance in [&here, &there] {
            assert_eq!(instance.search(&query).await["total"], 0);
        }
        let synonym = json!({"kind": "one_way", "from": [word], "to": ["lamp"]});
        let made = shop.manage(&here, SYNONYMS, synonym).await.expect(201);
        assert_eq!(here.titles(&query).await, ["Lamp zero"], "in round {round}");
        let revision = here.state.merchandising.current().revision;
        let start = Instant::now();
        while there.state.merchandising.current().revision < revision {
            assert!(start.elapsed() < PATIENCE, "the revision never comes");
            tokio::task::yield_now().await;
        }
        assert_eq!(titles(&there.search(&query).await), ["Lamp zero"]);
        let staff = shop.tokens.staff_with(&["search.read", "search.write"]);
        let gone = here.app.delete(crate::staff_desk::place(SYNONYMS, &made));
        let gone = gone
            .bearer(staff)
            .header("if-match", made.header("etag").expect("a tag"));
        gone.send().await.expect(204);
        assert_eq!(here.search(&query).await["total"], 0, "in round {round}");
    }
    assert_eq!(here.search("q=lamp").await["redirect"], Value::Null);
    let rule = json!({"query": "lamp", "matches": "exact", "redirect": "/lamps"});
    shop.manage(&here, RULES, rule).await.expect(201);
    assert_eq!(here.search("q=lamp").await["redirect"], "/lamps");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_every_answer_is_made_anew() {
    let shop = Shop::with(&[lamp()]).await;
    let away = Cache::new(
        Some("redis://127.0.0.1:1"),
        "search",
        Duration::from_millis(200),
        2,
    );
    let instance = shop.instance_on(away.expect("an address")).await;
    for _ in 0..3 {
        assert_eq!(instance.titles("q=lamp").await, ["Lamp zero"]);
    }
    instance.suggest("q=la").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_written_as_it_is_described() {
    let lamp = |title, attributes| New {
        title,
        attributes,
        ..New::default()
    };
    let shop = Shop::with(&[
        lamp(
            "Acme 😀 desk lamp \"55\"",
            r#"{"colour": "Black", "ram": 16}"#,
        ),
        lamp("Acme floor lamp", "{}"),
    ])
    .await;
    let instance = shop.instance().await;
    let pipeline = &instance.state.pipeline;
    for text in ["lamp", "desk lamp 55 inch", "", "nothing like this"] {
        let request = request(text);
        let options = Options::default();
        let first = pipeline.search(&request, &options).await.unwrap();
        let second = pipeline.search(&request, &options).await.unwrap();
        let (written, frame) = pipeline.written(&request, first).unwrap();
        let described = pipeline.answer(&request, second).unwrap();
        assert_eq!(written, serde_json::to_string(&described).unwrap());
        assert_eq!(frame.total, described.total);
    }
}
