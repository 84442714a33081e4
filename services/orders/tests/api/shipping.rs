//! Shipments, and the payment that they wait for.

use serde_json::json;

use crate::desk::Desk;
use crate::sale::{Sale, TOTAL, last};

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one story from its beginning to its end"
)]
async fn units_are_shipped_once_and_leave_the_stock() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let refused = sale
        .post("/shipments", json!({"lines": sale.units(4, 3)}))
        .await
        .problem(409, "units_not_shippable");
    assert_eq!(refused["lines"].as_array().map(Vec::len), Some(2));
    let foreign = kernel::OrderLineId::generate();
    sale.post(
        "/shipments",
        json!({"lines": [{"line_id": foreign, "quantity": 1}]}),
    )
    .await
    .problem(422, "validation_failed");
    for url in ["http://x.example", "javascript:alert(1)", "https://a b"] {
        sale.post(
            "/shipments",
            json!({"lines": sale.units(1, 0), "tracking_url": url}),
        )
        .await
        .problem(422, "validation_failed");
    }

    let first = sale
        .post(
            "/shipments",
            json!({"lines": sale.units(2, 0), "carrier": "UPS", "tracking_number": "1Z",
        "tracking_url": "https://ups.example/1Z"}),
        )
        .await
        .expect(200)
        .json;
    let id = first["shipments"][0]["id"].as_str().expect("an id");
    assert_eq!(
        first["shipments"][0]["actions"],
        json!(["edit", "pick", "ship", "cancel"])
    );
    assert_eq!(first["lines"][0]["progress"]["shippable"], 1);
    sale.post(&format!("/shipments/{id}/deliver"), json!({}))
        .await
        .problem(409, "transition_not_allowed");
    sale.post(&format!("/shipments/{id}/pick"), json!({}))
        .await
        .expect(200);
    let again = sale
        .post(&format!("/shipments/{id}/pick"), json!({}))
        .await
        .problem(409, "transition_not_allowed");
    assert_eq!(again["allowed"], json!(["shipped", "cancelled"]));
    sale.post(&format!("/shipments/{id}/ship"), json!({}))
        .await
        .expect(200);
    assert_eq!(sale.level(sale.lamp).await, (8, 0, 1));
    sale.post(&format!("/shipments/{id}/ship"), json!({}))
        .await
        .problem(409, "transition_not_allowed");
    sale.post(&format!("/shipments/{id}/cancel"), json!({}))
        .await
        .problem(409, "transition_not_allowed");
    let order = sale.read().await;
    assert_eq!(order["fulfilment_state"], "partially_fulfilled");
    let shown = sale.shown().await;
    assert_eq!(
        shown["shipments"][0]["tracking_url"],
        "https://ups.example/1Z"
    );
    assert_eq!(shown["shipments"][0]["actions"], json!([]));

    let patch = desk
        .app
        .patch(sale.path(&format!("/shipments/{id}")))
        .bearer(sale.staff());
    let version = sale.read().await["version"].to_string();
    patch
        .header("if-match", format!("\"{version}\""))
        .json(json!({"tracking_number": "2Z"}))
        .send()
        .await
        .expect(200);
    assert_eq!(sale.read().await["shipments"][0]["tracking_number"], "2Z");

    let second = sale.ship(1, 2).await;
    assert_eq!(sale.read().await["fulfilment_state"], "fulfilled");
    sale.post(&format!("/shipments/{id}/deliver"), json!({}))
        .await
        .expect(200);
    assert_eq!(sale.read().await["fulfilment_state"], "partially_delivered");
    let done = sale
        .post(&format!("/shipments/{second}/deliver"), json!({}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&done["state"], &done["fulfilment_state"]),
        (&json!("completed"), &json!("delivered"))
    );
    desk.db.verify().await;
}

#[tokio::test]
async fn a_cancelled_shipment_frees_its_units() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let planned = sale
        .post("/shipments", json!({"lines": sale.units(3, 2)}))
        .await
        .expect(200)
        .json;
    let id = planned["shipments"][0]["id"].as_str().expect("an id");
    sale.post("/shipments", json!({"lines": sale.units(1, 0)}))
        .await
        .problem(409, "units_not_shippable");
    let freed = sale
        .post(&format!("/shipments/{id}/cancel"), json!({}))
        .await
        .expect(200)
        .json;
    assert_eq!(freed["lines"][0]["progress"]["shippable"], 3);
    assert_eq!(sale.level(sale.lamp).await, (10, 0, 3));
    let patch = desk
        .app
        .patch(sale.path(&format!("/shipments/{id}")))
        .bearer(sale.staff());
    let version = freed["version"].to_string();
    let patch = patch
        .header("if-match", format!("\"{version}\""))
        .json(json!({"carrier": "UPS"}));
    patch.send().await.problem(409, "transition_not_allowed");
    sale.ship(3, 2).await;
    desk.db.verify().await;
}

#[tokio::test]
async fn nothing_leaves_before_the_payment_is_taken() {
    let desk = Desk::open().await;
    let sale = Sale::authorized(&desk).await;
    let early = sale
        .post(
            "/shipments",
            json!({"lines": sale.units(1, 0), "ship": true}),
        )
        .await;
    assert_eq!(early.header("retry-after"), Some("2"));
    early.problem(409, "payment_not_captured");
    let planned = sale
        .post("/shipments", json!({"lines": sale.units(1, 0)}))
        .await
        .expect(200)
        .json;
    let id = planned["shipments"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    sale.post(&format!("/shipments/{id}/ship"), json!({}))
        .await
        .problem(409, "payment_not_captured");
    // A second shipment does not ask again, and nobody takes or cancels while a capture is under way.
    let second = sale
        .post("/shipments", json!({"lines": sale.units(1, 0)}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        second["payment_operations"].as_array().map(Vec::len),
        Some(1)
    );
    sale.post("/capture", json!({}))
        .await
        .problem(409, "capture_in_progress");
    sale.post("/cancel", json!({"reason": "x"}))
        .await
        .problem(409, "capture_in_progress");
    sale.settle().await;
    sale.post("/capture", json!({}))
        .await
        .problem(409, "nothing_to_capture");
    sale.post(&format!("/shipments/{id}/ship"), json!({}))
        .await
        .expect(200);
    desk.db.verify().await;
}

#[tokio::test]
async fn staff_take_all_or_less() {
    let desk = Desk::open().await;
    let sale = Sale::authorized(&desk).await;
    let money =
        |amount: i64, currency: &str| json!({"amount": {"amount": amount, "currency": currency}});
    let refused = sale
        .post("/capture", money(TOTAL + 1, "USD"))
        .await
        .problem(409, "capture_exceeds_authorized");
    assert_eq!(refused["most"]["amount"], TOTAL);
    sale.post("/capture", money(10, "EUR"))
        .await
        .problem(422, "validation_failed");
    sale.post("/capture", money(0, "USD"))
        .await
        .problem(422, "validation_failed");
    sale.post("/capture", money(4000, "USD")).await.expect(200);
    sale.settle().await;
    let order = sale.read().await;
    assert_eq!(
        (&order["captured"]["amount"], &order["authorized"]["amount"]),
        (&json!(4000), &json!(0))
    );
    sale.ship(3, 2).await;
    // No more than was taken goes back.
    let all = json!({"reason": "x", "lines": sale.units(3, 2)});
    assert_eq!(
        sale.post("/refunds", all)
            .await
            .problem(409, "refund_exceeds_paid")["left"]["amount"],
        4000
    );
    desk.db.verify().await;
}

#[tokio::test]
async fn a_failed_capture_is_asked_for_again() {
    let desk = Desk::open().await;
    let sale = Sale::authorized(&desk).await;
    sale.post("/shipments", json!({"lines": sale.units(1, 0)}))
        .await
        .expect(200);
    sale.refuse().await;
    let again = sale.post("/capture", json!({})).await.expect(200).json;
    assert_eq!(last(&again["payment_operations"])["state"], "requested");
    sale.settle().await;
    assert_eq!(sale.read().await["payment_state"], "captured");
}

#[tokio::test]
async fn a_disputed_order_does_not_leave() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    sqlx::query(
        "select orders.record_payment_v1($1, 0, $2, 0, false, true, 'payment.disputed', '{}')",
    )
    .bind(sale.order_id.uuid())
    .bind(TOTAL)
    .execute(&desk.admin)
    .await
    .expect("a dispute");
    assert_eq!(sale.read().await["payment_state"], "disputed");
    sale.post("/shipments", json!({"lines": sale.units(1, 0)}))
        .await
        .problem(409, "order_disputed");
}

#[tokio::test]
async fn units_that_are_not_in_the_house_stay() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    sqlx::query(
        "update catalog.stock_level set on_hand = 0, backorder_limit = 10 where variant_id = $1",
    )
    .bind(sale.lamp.uuid())
    .execute(&desk.admin)
    .await
    .expect("an empty shelf");
    let refused = sale
        .post(
            "/shipments",
            json!({"lines": sale.units(2, 0), "ship": true}),
        )
        .await
        .problem(409, "not_on_hand");
    assert_eq!(refused["items"][0]["requested"], 2);
    assert_eq!(
        sale.read().await["shipments"],
        json!([]),
        "nothing is left behind"
    );
}
