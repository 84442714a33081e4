//! Stock, as staff move it and as it follows from sales.

use std::time::Duration;

use catalog::jobs::{follow_stock, sweep_reservations};
use common::jobs::Jobs;
use common::redis::Wakeups;
use jiff::SignedDuration;
use kernel::{CheckoutId, Quantity, VariantId};
use serde_json::{Value, json};

use crate::support::{Shop, pointers};

pub(crate) fn variant(product: &Value) -> VariantId {
    product["variants"][0]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

impl Shop {
    pub(crate) async fn stock(&self, product: &Value, body: Value) -> testkit::Answer {
        self.staff_once(&format!("/variants/{}/stock", variant(product)), body)
            .await
    }

    /// Holds units as checkout does, for ten minutes.
    pub(crate) async fn hold(&self, product: &Value, units: u16) -> CheckoutId {
        let mut conn = self.db.pool("checkout", 1).await.acquire().await.unwrap();
        let (checkout_id, now) = (CheckoutId::generate(), self.state.clock.now());
        let demand = [(variant(product), Quantity::new(units).unwrap())];
        let until = now + SignedDuration::from_mins(10);
        contract_catalog::stock::reserve(&mut conn, checkout_id, &demand, until, now)
            .await
            .unwrap();
        checkout_id
    }

    /// Runs the consumer `availability` until nothing is left for it.
    async fn deliver(&self) {
        let (jobs, pool) = (Jobs::new(), self.db.admin_pool().await);
        follow_stock::start(&self.state, 50, Wakeups::local(), &jobs);
        let open = "select count(*) from catalog.outbox where consumer = 'availability'";
        testkit::until("availability is delivered", async || {
            let open = sqlx::query_scalar::<_, i64>(open);
            open.fetch_one(&pool).await.unwrap() == 0
        })
        .await;
        assert!(jobs.shutdown(Duration::from_secs(5)).await);
    }

    pub(crate) async fn availability(&self, product: &Value) -> Value {
        let page = self.get("/products").await.expect(200).json;
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .find(|item| item["id"] == product["id"])
            .unwrap()["availability"]
            .clone()
    }
}

#[tokio::test]
async fn bad_changes_name_their_field() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 5).await;
    for (body, expected) in [
        (json!({"delta": 1}), "/reason"),
        (json!({"delta": 1, "reason": " "}), "/reason"),
        (json!({"reason": "x"}), "/delta"),
        (json!({"reason": "x", "delta": 1, "on_hand": 2}), "/on_hand"),
        (json!({"reason": "x", "on_hand": -1}), "/on_hand"),
        (
            json!({"reason": "x", "delta": 1_000_000_000_000_i64}),
            "/delta",
        ),
        (json!({"reason": "x", "delta": 100_000_000}), "/delta"),
        (
            json!({"reason": "x", "delta": 1, "location": "moon"}),
            "/location",
        ),
        (json!({"reason": "x", "delta": 1, "slot": 1}), "/slot"),
        (json!({"reason": "x", "delta": 1, "kind": "steal"}), "/kind"),
        (
            json!({"reason": "x", "delta": -1, "kind": "receive"}),
            "/delta",
        ),
        (
            json!({"reason": "x", "on_hand": 1, "kind": "receive"}),
            "/delta",
        ),
    ] {
        let problem = shop
            .stock(&product, body.clone())
            .await
            .problem(422, "validation_failed");
        assert_eq!(pointers(&problem), [expected], "{body}");
    }
    let unknown = json!({"reason": "x", "delta": 1});
    shop.staff_once("/variants/var_01h455vb4pex5vsknk084sn02q/stock", unknown)
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn units_that_are_promised_cannot_be_taken_away() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 5).await;
    shop.hold(&product, 3).await;
    let problem = shop
        .stock(&product, json!({"delta": -3, "reason": "lost"}))
        .await;
    problem.problem(409, "stock_below_commitments");
    shop.stock(&product, json!({"on_hand": 2, "reason": "counted"}))
        .await
        .problem(409, "stock_below_commitments");
    shop.stock(
        &product,
        json!({"delta": -9, "reason": "lost", "backorder_limit": 50}),
    )
    .await
    .problem(409, "stock_below_commitments");
    let level = shop
        .stock(&product, json!({"delta": -2, "reason": "lost"}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        level,
        json!({"on_hand": 3, "reserved": 3, "allocated": 0, "backorder_limit": 0, "available": 0})
    );
    let level = shop
        .stock(
            &product,
            json!({"on_hand": 8, "reason": "counted", "backorder_limit": 4}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(
        level,
        json!({"on_hand": 8, "reserved": 3, "allocated": 0, "backorder_limit": 4, "available": 9})
    );
    let level = shop
        .stock(
            &product,
            json!({"reason": "no more backorders", "backorder_limit": 0}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(level["available"], 5);
    shop.db.verify().await;
}

#[tokio::test]
async fn changes_of_staff_show_at_once() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 0).await;
    assert_eq!(shop.availability(&product).await, "out");
    shop.stock(&product, json!({"delta": 2, "reason": "delivery"}))
        .await
        .expect(200);
    assert_eq!(shop.availability(&product).await, "low");
    shop.stock(&product, json!({"delta": 9, "reason": "delivery"}))
        .await
        .expect(200);
    assert_eq!(shop.availability(&product).await, "in_stock");
}

#[tokio::test]
async fn following_stock_gives_no_new_version_where_nothing_shows() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 0).await;
    let path = format!("/products/{}", product["id"].as_str().unwrap());
    shop.stock(&product, json!({"delta": 9, "reason": "delivery"}))
        .await
        .expect(200);
    let before = shop.staff_get(&path).await.expect(200);
    shop.deliver().await;
    let change = json!({"title": "Phone 2"});
    shop.staff_patch(&path, before.header("etag").unwrap(), change)
        .await
        .expect(200);
}

#[tokio::test]
async fn lists_follow_sales_and_expired_holds() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 6).await;
    shop.hold(&product, 6).await;
    assert_eq!(
        shop.availability(&product).await,
        "in_stock",
        "nobody has told the list yet"
    );
    shop.deliver().await;
    assert_eq!(shop.availability(&product).await, "out");

    assert_eq!(
        sweep_reservations::run(&shop.state, 10).await.unwrap(),
        0,
        "not expired yet"
    );
    shop.clock.advance(SignedDuration::from_mins(11));
    assert_eq!(sweep_reservations::run(&shop.state, 10).await.unwrap(), 1);
    assert_eq!(sweep_reservations::run(&shop.state, 10).await.unwrap(), 0);
    shop.deliver().await;
    assert_eq!(shop.availability(&product).await, "in_stock");
    shop.db.verify().await;
}

#[tokio::test]
async fn the_jobs_run_by_themselves_and_stop() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 6).await;
    let jobs = Jobs::new();
    catalog::jobs::start(&shop.state, shop.settings.stock, Wakeups::local(), &jobs);
    shop.hold(&product, 6).await;
    for _ in 0..100 {
        if shop.availability(&product).await == "out" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(shop.availability(&product).await, "out");
    assert!(jobs.shutdown(Duration::from_secs(5)).await);
}

#[tokio::test]
async fn what_is_not_counted_can_always_be_sold() {
    let shop = Shop::open().await;
    let product = shop.product("Licence", 100, 0).await;
    assert_eq!(shop.availability(&product).await, "out");
    let path = format!("/variants/{}", variant(&product));
    shop.staff_patch(&path, "", json!({"track_inventory": false}))
        .await
        .expect(200);
    assert_eq!(shop.availability(&product).await, "in_stock");
    shop.hold(&product, 50).await;
    shop.staff_patch(&path, "", json!({"track_inventory": true}))
        .await
        .expect(200);
    assert_eq!(shop.availability(&product).await, "out");
    shop.db.verify().await;
}
