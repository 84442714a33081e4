//! Places that hold stock: making and removing them, levels by place, moving units between them.

use serde_json::{Value, json};

use crate::stock::variant;
use crate::support::{Shop, pointers};

impl Shop {
    async fn place(&self, code: &str, priority: i64) -> Value {
        let body = json!({"code": code, "name": code.to_uppercase(), "priority": priority});
        self.staff_post("/stock-locations", body)
            .await
            .expect(201)
            .json
    }

    async fn remove_place(&self, id: &str) -> testkit::Answer {
        self.app
            .delete(format!("/api/v1/admin/stock-locations/{id}"))
            .bearer(&self.staff)
            .send()
            .await
    }

    async fn levels(&self, product: &Value) -> Value {
        let path = format!("/variants/{}/stock", variant(product));
        self.staff_get(&path).await.expect(200).json
    }
}

#[tokio::test]
async fn places_are_made_changed_and_removed() {
    let shop = Shop::open().await;
    for (body, pointer) in [
        (json!({"code": "Berlin", "name": "B"}), "/code"),
        (json!({"code": "", "name": "B"}), "/code"),
        (json!({"code": "b", "name": " "}), "/name"),
        (
            json!({"code": "b", "name": "B", "priority": -1}),
            "/priority",
        ),
        (json!({"code": "b", "name": "B", "open": true}), "/open"),
    ] {
        let problem = shop
            .staff_post("/stock-locations", body.clone())
            .await
            .problem(422, "validation_failed");
        assert_eq!(pointers(&problem), [pointer], "{body}");
    }
    let berlin = shop.place("berlin", 5).await;
    let again = json!({"code": "berlin", "name": "Berlin"});
    shop.staff_post("/stock-locations", again)
        .await
        .problem(409, "location_taken");
    let path = format!("/stock-locations/{}", berlin["id"].as_str().unwrap());
    let changed = shop
        .staff_patch(&path, "", json!({"name": "Berlin 2", "priority": 1}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&changed["code"], &changed["name"], &changed["priority"]),
        (&json!("berlin"), &json!("Berlin 2"), &json!(1))
    );
    let list = shop.staff_get("/stock-locations").await.expect(200).json;
    let codes: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| place["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["main", "berlin"]);
    let main = list["items"][0]["id"].as_str().unwrap();

    let product = shop.product("Phone", 100, 5).await;
    shop.remove_place(main)
        .await
        .problem(409, "location_in_use");
    shop.remove_place(berlin["id"].as_str().unwrap())
        .await
        .expect(204);
    shop.remove_place(berlin["id"].as_str().unwrap())
        .await
        .problem(404, "not_found");
    shop.staff_patch(&path, "", json!({"name": "x"}))
        .await
        .problem(404, "not_found");
    assert_eq!(shop.levels(&product).await["total"]["on_hand"], 5);
}

#[tokio::test]
async fn the_last_place_stays() {
    let shop = Shop::open().await;
    let list = shop.staff_get("/stock-locations").await.expect(200).json;
    let main = list["items"][0]["id"].as_str().unwrap();
    shop.remove_place(main)
        .await
        .problem(409, "location_in_use");
}

#[tokio::test]
async fn levels_are_told_by_place_and_units_move_between_them_once() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 10).await;
    shop.place("berlin", 5).await;
    shop.hold(&product, 4).await;
    let transfer = |quantity: i64, to: &str| json!({"variant_id": variant(&product), "from": "main", "to": to, "quantity": quantity, "reason": "fair"});
    for (body, pointer) in [
        (transfer(0, "berlin"), "/quantity"),
        (transfer(1, "main"), "/to"),
        (transfer(1, "moon"), "/to"),
    ] {
        let problem = shop
            .staff_once("/stock-transfers", body)
            .await
            .problem(422, "validation_failed");
        assert_eq!(pointers(&problem), [pointer]);
    }
    let refused = shop
        .staff_once("/stock-transfers", transfer(7, "berlin"))
        .await
        .problem(409, "stock_not_free");
    assert_eq!(refused["available"], 6, "four are held");
    for replayed in [false, true] {
        let answer = shop
            .staff_under("move", "/stock-transfers", transfer(5, "berlin"))
            .await
            .expect(201);
        assert_eq!(answer.header("idempotent-replayed").is_some(), replayed);
        assert_eq!(answer.json["from"]["on_hand"], 5);
        assert_eq!(answer.json["to"]["on_hand"], 5);
    }
    shop.staff_under("move", "/stock-transfers", transfer(1, "berlin"))
        .await
        .problem(422, "idempotency_key_reused");
    let levels = shop.levels(&product).await;
    assert_eq!(
        levels["total"],
        json!({"on_hand": 10, "reserved": 4, "allocated": 0, "backorder_limit": 0, "available": 6})
    );
    let places: Vec<_> = levels["locations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| {
            (
                &place["location"]["code"],
                &place["on_hand"],
                &place["available"],
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            (&json!("main"), &json!(5), &json!(1)),
            (&json!("berlin"), &json!(5), &json!(5))
        ]
    );
    shop.staff_get("/variants/var_01h455vb4pex5vsknk084sn02q/stock")
        .await
        .problem(404, "not_found");
    shop.db.verify().await;
}

#[tokio::test]
async fn the_strategy_is_set_for_the_whole_shop() {
    let shop = Shop::open().await;
    let read = async || shop.staff_get("/stock-settings").await.expect(200).json;
    assert_eq!(read().await, json!({"strategy": "priority"}));
    let set = async |strategy: &str| {
        shop.app
            .put("/api/v1/admin/stock-settings")
            .bearer(&shop.staff)
            .json(json!({"strategy": strategy}))
            .send()
            .await
    };
    set("cheapest").await.problem(422, "validation_failed");
    set("most_stock").await.expect(200);
    assert_eq!(read().await, json!({"strategy": "most_stock"}));
}
