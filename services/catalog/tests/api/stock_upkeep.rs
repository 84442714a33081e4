//! The ledger, what runs low, comparisons, and the layout of hot stock.

use catalog::jobs::{forget_keys, lay_slots, reconcile_stock};
use catalog::ops;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::stock::variant;
use crate::support::Shop;

#[tokio::test]
async fn a_change_under_a_key_happens_once() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 5).await;
    let path = format!("/variants/{}/stock", variant(&product));
    let change =
        json!({"delta": 2, "kind": "receive", "reason": "delivery 1", "expected_on_hand": 5});
    shop.staff_post(&path, change.clone())
        .await
        .problem(400, "idempotency_key_missing");
    let refused = shop
        .staff_under(
            "k",
            &path,
            json!({"delta": 2, "reason": "x", "expected_on_hand": 4}),
        )
        .await;
    assert_eq!(refused.problem(409, "stock_count_changed")["on_hand"], 5);
    for replayed in [false, true] {
        let answer = shop
            .staff_under("k", &path, change.clone())
            .await
            .expect(200);
        assert_eq!(answer.json["on_hand"], 7, "a refusal left the key free");
        assert_eq!(answer.header("idempotent-replayed").is_some(), replayed);
    }
    shop.staff_under("k", &path, json!({"delta": 3, "reason": "x"}))
        .await
        .problem(422, "idempotency_key_reused");
    forget_keys::run(&shop.state, 10).await.unwrap();
    shop.staff_under("k", &path, change.clone())
        .await
        .expect(200);
    shop.clock.advance(SignedDuration::from_hours(31 * 24));
    forget_keys::run(&shop.state, 10).await.unwrap();
    let pool = shop.db.admin_pool().await;
    let left: i64 = sqlx::query_scalar("select count(*) from catalog.idempotency_key")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn twenty_changes_at_once_under_one_key() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 5).await;
    let path = format!("/variants/{}/stock", variant(&product));
    let change = json!({"delta": 2, "reason": "delivery"});
    let answers =
        futures::future::join_all((0..20).map(|_| shop.staff_under("same", &path, change.clone())))
            .await;
    for answer in answers {
        assert_eq!(answer.expect(200).json["on_hand"], 7);
    }
}

#[tokio::test]
async fn the_ledger_of_a_variant_pages_through_everything_once() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 5).await;
    let id = variant(&product);
    shop.hold(&product, 2).await;
    let mut catalog = shop.state.db.write().await.unwrap();
    catalog::store::slots::split_slots(&mut catalog, id, 2, false, "test")
        .await
        .unwrap();
    for delta in [7, -1] {
        shop.stock(&product, json!({"delta": delta, "reason": "counted"}))
            .await
            .expect(200);
    }
    let path = format!("/variants/{id}/stock/movements");
    let (mut entries, mut cursor) = (Vec::<Value>::new(), String::new());
    loop {
        let page = shop
            .staff_get(&format!("{path}?limit=2{cursor}"))
            .await
            .expect(200)
            .json;
        entries.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let ids: Vec<i64> = entries
        .iter()
        .map(|entry| entry["id"].as_i64().unwrap())
        .collect();
    assert!(ids.is_sorted_by(|a, b| a > b), "{ids:?}");
    let sum = |member: &str| -> i64 {
        entries
            .iter()
            .map(|entry| entry[member].as_i64().unwrap())
            .sum()
    };
    assert_eq!((sum("on_hand_delta"), sum("reserved_delta")), (11, 2));
    let only = shop
        .staff_get(&format!("{path}?kind=reserve&location=main"))
        .await
        .expect(200)
        .json;
    assert_eq!(only["items"].as_array().unwrap().len(), 1);
    assert_eq!(only["items"][0]["reserved_delta"], 2);
    shop.staff_get(&format!("{path}?location=moon"))
        .await
        .problem(400, "invalid_query");
    shop.staff_get(&format!("{path}?cursor=!"))
        .await
        .problem(400, "invalid_cursor");
    shop.staff_get("/variants/var_01h455vb4pex5vsknk084sn02q/stock/movements")
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn what_runs_low_is_listed_scarcest_first() {
    let shop = Shop::open().await;
    for (title, units) in [("Three", 3), ("Many", 50), ("None", 0), ("Five", 5)] {
        let product = shop.product(title, 100, units).await;
        if title == "Many" {
            shop.hold(&product, 48).await;
        }
    }
    let titles = async |query: &str| {
        let page = shop
            .staff_get(&format!("/low-stock{query}"))
            .await
            .expect(200)
            .json;
        let titles: Vec<String> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["title"].as_str().unwrap().to_owned())
            .collect();
        (titles, page["next_cursor"].as_str().map(str::to_owned))
    };
    assert_eq!(titles("").await.0, ["None", "Many", "Three", "Five"]);
    assert_eq!(titles("?units_max=2").await.0, ["None", "Many"]);
    let (first, cursor) = titles("?limit=3").await;
    assert_eq!(first, ["None", "Many", "Three"]);
    let rest = titles(&format!("?cursor={}", cursor.unwrap())).await;
    assert_eq!(rest, (vec!["Five".to_owned()], None));
    shop.staff_get("/low-stock?units_max=-1")
        .await
        .problem(400, "invalid_query");
}

#[tokio::test]
async fn a_difference_is_found_written_down_and_shown() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 5).await;
    shop.hold(&product, 2).await;
    reconcile_stock::run(&shop.state, 3).await.unwrap();
    reconcile_stock::run(&shop.state, 3).await.unwrap();
    let audits = async || {
        let call = shop.call_with(&["catalog.read"], "GET", "/stock-audits");
        call.send().await.expect(200).json["items"].clone()
    };
    let found = audits().await;
    assert_eq!(found.as_array().unwrap().len(), 1, "once a day");
    assert_eq!(
        (
            &found[0]["levels"],
            &found[0]["differences"],
            &found[0]["cause"]
        ),
        (&json!(1), &json!(0), &json!("schedule"))
    );
    let pool = shop.db.admin_pool().await;
    sqlx::query("update catalog.stock_level set on_hand = on_hand + 1, reserved = reserved - 1")
        .execute(&pool)
        .await
        .unwrap();
    let audit = ops::stock::reconcile(&shop.state.db, &*shop.state.clock, "command")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(audit.differences, 3);
    let found = audits().await;
    assert_eq!(found[0]["cause"], "command");
    let rules: Vec<_> = found[0]["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["rule"].as_str().unwrap(),
                &one["expected"],
                &one["found"],
            )
        })
        .collect();
    assert_eq!(
        rules,
        [
            ("on_hand_ledger", &json!(5), &json!(6)),
            ("reserved_holds", &json!(2), &json!(1)),
            ("reserved_ledger", &json!(2), &json!(1)),
        ]
    );
    shop.clock.advance(SignedDuration::from_hours(24));
    reconcile_stock::run(&shop.state, 3).await.unwrap();
    assert_eq!(audits().await[0]["differences"], 3, "nothing mends itself");
}

#[tokio::test]
async fn only_one_instance_compares() {
    let shop = Shop::open().await;
    let mut other = shop.state.db.begin().await.unwrap();
    assert!(
        catalog::store::stock_audit::try_lock(&mut other)
            .await
            .unwrap()
    );
    let audit = ops::stock::reconcile(&shop.state.db, &*shop.state.clock, "command")
        .await
        .unwrap();
    assert_eq!(audit, None);
}

#[tokio::test]
async fn stock_of_a_hot_variant_is_split_and_merged_when_it_cools_down() {
    let shop = Shop::open().await;
    let hot = shop.product("Hot", 100, 1000).await;
    let cold = shop.product("Cold", 100, 1000).await;
    let mut settings = shop.settings.stock;
    settings.slots.hot_holds = 3;
    settings.slots.cold_holds = 0;
    assert_eq!(lay_slots::run(&shop.state, &settings).await.unwrap(), 0);
    for _ in 0..3 {
        shop.hold(&hot, 1).await;
    }
    shop.hold(&cold, 1).await;
    assert_eq!(lay_slots::run(&shop.state, &settings).await.unwrap(), 1);
    assert_eq!(lay_slots::run(&shop.state, &settings).await.unwrap(), 0);
    let slots = async |product: &Value| {
        let path = format!("/variants/{}/stock", variant(product));
        let stock = shop.staff_get(&path).await.expect(200).json;
        (
            stock["slots"].as_i64().unwrap(),
            stock["total"]["available"].as_i64().unwrap(),
        )
    };
    assert_eq!(
        (slots(&hot).await, slots(&cold).await),
        ((16, 997), (1, 999))
    );
    // Nobody is told while there is plenty elsewhere; the job looks by itself.
    let pool = shop.db.admin_pool().await;
    sqlx::query("update catalog.product set availability = 'out'")
        .execute(&pool)
        .await
        .unwrap();
    lay_slots::run(&shop.state, &settings).await.unwrap();
    assert_eq!(shop.availability(&hot).await, "in_stock");
    assert_eq!(shop.availability(&cold).await, "out");
    shop.hold(&hot, 500).await;
    settings.heat_movements_max = 0;
    assert_eq!(lay_slots::run(&shop.state, &settings).await.unwrap(), 1);
    assert_eq!(slots(&hot).await, (1, 497));
    let sku = "HOT-1";
    let path = format!("/variants/{}", variant(&hot));
    shop.staff_patch(&path, "", json!({"sku": sku}))
        .await
        .expect(200);
    ops::stock::lay_slots(&shop.state.db, sku, Some(4))
        .await
        .unwrap();
    assert_eq!(slots(&hot).await, (4, 497));
    assert_eq!(
        lay_slots::run(&shop.state, &settings).await.unwrap(),
        0,
        "what an operator chose stays"
    );
    ops::stock::lay_slots(&shop.state.db, sku, None)
        .await
        .unwrap();
    assert_eq!(slots(&hot).await, (1, 497));
    assert!(
        ops::stock::lay_slots(&shop.state.db, "no-such", None)
            .await
            .is_err()
    );
    shop.db.verify().await;
}
