//! Cancelling orders and parts of them, holding them back.

use jiff::SignedDuration;
use serde_json::json;

use crate::desk::Desk;
use crate::sale::{CABLES, SHIPPING, Sale, TOTAL, last};

#[tokio::test]
async fn a_change_needs_its_version_its_key_and_its_permission() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let body = json!({"reason": "the shopper called"});
    let bare = || {
        desk.app
            .post(sale.path("/cancel"))
            .bearer(sale.staff())
            .json(body.clone())
    };
    bare().send().await.problem(400, "idempotency_key_missing");
    bare()
        .header("idempotency-key", "a")
        .send()
        .await
        .problem(428, "if_match_missing");
    let outdated = sale
        .raw(&sale.staff(), "/cancel", "1", "a", body.clone())
        .send()
        .await;
    assert_eq!(
        outdated.problem(412, "version_mismatch")["version"],
        sale.read().await["version"]
    );
    let reader = desk.tokens.staff_with(&["orders.read"]);
    let refused = sale
        .raw(&reader, "/cancel", "1", "a", body.clone())
        .send()
        .await;
    assert_eq!(
        refused.problem(403, "permission_missing")["permission"],
        "orders.cancel"
    );
    for bad in [
        json!({}),
        json!({"reason": ""}),
        json!({"reason": "x", "lines": []}),
        json!({"reason": "x", "colour": 1}),
    ] {
        sale.post("/cancel", bad)
            .await
            .problem(422, "validation_failed");
    }
    let twice = json!({"reason": "x", "lines": [{"line_id": sale.lamps, "quantity": 1}, {"line_id": sale.lamps, "quantity": 1}]});
    sale.post("/cancel", twice)
        .await
        .problem(422, "validation_failed");
    assert_eq!(sale.read().await["state"], "placed");
}

#[tokio::test]
async fn a_key_is_worth_one_change() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let version = sale.read().await["version"].to_string();
    let body = json!({"reason": "broken", "lines": sale.units(1, 0)});
    let send = |body| {
        sale.raw(&sale.staff(), "/cancel", &version, "one", body)
            .send()
    };
    let first = send(body.clone()).await.expect(200);
    let again = send(body.clone()).await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.json, first.json);
    assert_eq!(
        again
            .header("etag")
            .map(|t| t.split('.').next().map(str::to_owned)),
        first
            .header("etag")
            .map(|t| t.split('.').next().map(str::to_owned))
    );
    send(json!({"reason": "broken", "lines": sale.units(2, 0)}))
        .await
        .problem(422, "idempotency_key_reused");
    assert_eq!(sale.read().await["lines"][0]["progress"]["cancelled"], 1);

    // A refusal is kept as well.
    let version = sale.read().await["version"].to_string();
    let body = json!({"reason": "x", "lines": sale.units(3, 0)});
    let send = || {
        sale.raw(&sale.staff(), "/cancel", &version, "two", body.clone())
            .send()
    };
    let refused = send().await.problem(409, "units_not_cancellable");
    assert_eq!(refused["lines"][0]["available"], 2);
    let again = send().await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(
        again.problem(409, "units_not_cancellable")["lines"],
        refused["lines"]
    );
}

#[tokio::test]
async fn a_paid_order_that_is_cancelled_gives_everything_back() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    assert_eq!(sale.level(sale.lamp).await, (10, 0, 3));
    let answer = sale
        .post("/cancel", json!({"reason": "the shopper called"}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&answer["state"], &answer["payment_state"]),
        (&json!("cancelled"), &json!("captured"))
    );
    assert_eq!(answer["refunds"][0]["amount"]["amount"], TOTAL);
    assert_eq!(answer["refunds"][0]["shipping"]["amount"], SHIPPING);
    assert_eq!(answer["refunds"][0]["state"], "requested");
    assert_eq!(answer["refund_due"]["amount"], TOTAL);
    assert_eq!(sale.level(sale.lamp).await, (10, 0, 0));
    sale.settle().await;
    let order = sale.read().await;
    assert_eq!(
        (&order["payment_state"], &order["refund_due"]["amount"]),
        (&json!("refunded"), &json!(0))
    );
    for rest in ["/cancel", "/hold"] {
        let refused = sale
            .post(rest, json!({"reason": "again"}))
            .await
            .problem(409, "order_state_conflict");
        assert_eq!(refused["state"], "cancelled");
    }
    let refused = sale
        .post("/shipments", json!({"lines": sale.units(1, 0)}))
        .await;
    refused.problem(409, "order_state_conflict");
    desk.db.verify().await;
}

#[tokio::test]
async fn an_authorised_order_that_is_cancelled_is_never_charged() {
    let desk = Desk::open().await;
    let sale = Sale::authorized(&desk).await;
    let answer = sale
        .post("/cancel", json!({"reason": "the shopper called"}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&answer["state"], &answer["refunds"]),
        (&json!("cancelled"), &json!([]))
    );
    assert_eq!(last(&answer["payment_operations"])["kind"], "void");
    sale.settle().await;
    assert_eq!(sale.read().await["payment_state"], "voided");
    desk.db.verify().await;
}

#[tokio::test]
async fn a_part_that_is_cancelled_is_refunded_or_not_charged() {
    let desk = Desk::open().await;
    let paid = Sale::paid(&desk).await;
    let answer = paid
        .post(
            "/cancel",
            json!({"reason": "out of cables", "lines": paid.units(0, 2)}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&answer["state"], &answer["refunds"][0]["amount"]["amount"]),
        (&json!("placed"), &json!(CABLES))
    );
    paid.settle().await;
    assert_eq!(paid.read().await["payment_state"], "partially_refunded");

    let held = Sale::authorized(&desk).await;
    let answer = held
        .post(
            "/cancel",
            json!({"reason": "out of cables", "lines": held.units(1, 1)}),
        )
        .await
        .expect(200)
        .json;
    // The first of three lamps costs 10.37, the first of two cables 5.37.
    assert_eq!(
        (&answer["refunds"], &answer["cancelled"]["amount"]),
        (&json!([]), &json!(1037 + 537))
    );
    assert_eq!(held.level(held.cable).await, (10, 0, 1));
    let shipment = held
        .post("/shipments", json!({"lines": held.units(2, 1)}))
        .await
        .expect(200)
        .json;
    let capture = last(&shipment["payment_operations"]).clone();
    assert_eq!(
        (&capture["kind"], &capture["amount"]["amount"]),
        (&json!("capture"), &json!(TOTAL - 1574))
    );
    held.settle().await;
    let order = held.read().await;
    assert_eq!(
        (&order["captured"]["amount"], &order["payment_state"]),
        (&json!(TOTAL - 1574), &json!("captured"))
    );
    // What was never charged is not given back.
    let refused = held
        .post(
            "/refunds",
            json!({"reason": "x", "lines": held.units(3, 0)}),
        )
        .await
        .problem(409, "units_not_refundable");
    assert_eq!(refused["lines"][0]["available"], 2);
    desk.db.verify().await;
}

#[tokio::test]
async fn what_was_planned_is_taken_apart_and_what_was_shipped_is_not_cancelled() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    sale.post("/shipments", json!({"lines": sale.units(1, 0)}))
        .await
        .expect(200);
    let refused = sale
        .post("/cancel", json!({"reason": "x", "lines": sale.units(3, 0)}))
        .await;
    assert_eq!(
        refused.problem(409, "units_not_cancellable")["lines"][0]["available"],
        2
    );
    let late = sale.customer_post("/cancel", json!({})).await;
    late.problem(409, "order_not_cancellable");
    let answer = sale
        .post("/cancel", json!({"reason": "x"}))
        .await
        .expect(200)
        .json;
    assert_eq!(answer["shipments"][0]["state"], "cancelled");
    assert_eq!(answer["lines"][0]["progress"]["planned"], 0);

    let gone = Sale::paid(&desk).await;
    gone.ship(1, 0).await;
    gone.post("/cancel", json!({"reason": "x"}))
        .await
        .problem(409, "order_shipped");
    gone.post("/cancel", json!({"reason": "x", "lines": gone.units(2, 2)}))
        .await
        .expect(200);
    assert_eq!(gone.read().await["fulfilment_state"], "fulfilled");
    desk.db.verify().await;
}

#[tokio::test]
async fn shoppers_cancel_within_the_grace() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let stranger = desk.tokens.customer(kernel::UserId::generate());
    let path = format!("/api/v1/orders/{}/cancel", sale.order_id);
    let call = || {
        desk.app
            .post(&path)
            .header("idempotency-key", "a")
            .json(json!({}))
    };
    call().send().await.problem(404, "not_found");
    call()
        .bearer(stranger)
        .send()
        .await
        .problem(404, "not_found");
    assert!(sale.shown().await["allowed"]["cancellable_until"].is_string());
    let answer = call()
        .header("order-token", desk.token(sale.order_id, 1))
        .send()
        .await
        .expect(200);
    assert_eq!(answer.json["state"], "cancelled");
    assert_eq!(answer.json["refunds"][0]["state"], "pending");
    assert!(answer.json["allowed"]["cancellable_until"].is_null());

    let late = Sale::paid(&desk).await;
    desk.clock.advance(SignedDuration::from_mins(31));
    assert!(late.shown().await["allowed"]["cancellable_until"].is_null());
    late.customer_post("/cancel", json!({}))
        .await
        .problem(409, "order_not_cancellable");
    desk.db.verify().await;
}

#[tokio::test]
async fn an_order_on_hold_waits() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    sale.post("/release", json!({}))
        .await
        .problem(409, "order_state_conflict");
    let held = sale
        .post("/hold", json!({"reason": "looks odd"}))
        .await
        .expect(200)
        .json;
    assert_eq!(held["state"], "on_hold");
    assert_eq!(last(&held["timeline"])["reason"], "looks odd");
    sale.post("/shipments", json!({"lines": sale.units(1, 0)}))
        .await
        .problem(409, "order_on_hold");
    sale.post("/hold", json!({"reason": "again"}))
        .await
        .problem(409, "order_state_conflict");
    sale.post("/release", json!({"reason": "fine"}))
        .await
        .expect(200);
    sale.ship(1, 0).await;
    sale.post("/hold", json!({"reason": "too late"}))
        .await
        .problem(409, "order_shipped");

    let review = Sale::paid(&desk).await;
    review
        .post("/hold", json!({"reason": "looks odd"}))
        .await
        .expect(200);
    let cancelled = review
        .post("/cancel", json!({"reason": "it is"}))
        .await
        .expect(200)
        .json;
    assert_eq!(cancelled["state"], "cancelled");
    desk.db.verify().await;
}
