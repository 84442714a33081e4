//! Goods that come back: for the money, or for something else.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::sale::{Sale, TOTAL, last};

fn wish(line: &str, quantity: i64) -> Value {
    json!({"line_id": line, "quantity": quantity, "reason": "unwanted"})
}

async fn open(sale: &Sale<'_>, lines: Value) -> String {
    let answer = sale
        .customer_post("/returns", json!({"kind": "return", "lines": lines}))
        .await
        .expect(200)
        .json;
    last(&answer["returns"])["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

#[tokio::test]
async fn only_what_was_shipped_within_the_window_comes_back() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let ask = |lamps: i64| {
        sale.customer_post(
            "/returns",
            json!({"kind": "return", "lines": [wish(&sale.lamps, lamps)]}),
        )
    };
    ask(1).await.problem(409, "units_not_returnable");
    sale.ship(2, 0).await;
    assert_eq!(
        sale.shown().await["allowed"]["returnable"][0]["quantity"],
        2
    );
    assert_eq!(
        ask(3).await.problem(409, "units_not_returnable")["lines"][0]["available"],
        2
    );
    let stranger = desk.tokens.customer(kernel::UserId::generate());
    let path = format!("/api/v1/orders/{}/returns", sale.order_id);
    let body = json!({"kind": "return", "lines": [wish(&sale.lamps, 1)]});
    let call = || {
        desk.app
            .post(&path)
            .header("idempotency-key", "a")
            .json(body.clone())
    };
    call()
        .bearer(stranger)
        .send()
        .await
        .problem(404, "not_found");
    call().send().await.problem(404, "not_found");
    let foreign =
        json!({"kind": "return", "lines": [wish(&kernel::OrderLineId::generate().to_string(), 1)]});
    sale.customer_post("/returns", foreign)
        .await
        .problem(422, "validation_failed");
    let twice = json!({"kind": "return", "lines": [wish(&sale.lamps, 1), wish(&sale.lamps, 1)]});
    sale.customer_post("/returns", twice)
        .await
        .problem(422, "validation_failed");

    // A guest's token opens it as well, once for one key.
    let token = desk.token(sale.order_id, 1);
    let first = call()
        .header("order-token", &token)
        .send()
        .await
        .expect(200);
    let again = call()
        .header("order-token", &token)
        .send()
        .await
        .expect(200);
    assert_eq!(
        (again.header("idempotent-replayed"), &again.json),
        (Some("true"), &first.json)
    );
    assert_eq!(first.json["returns"][0]["opened_by"], "guest");
    assert_eq!(
        ask(2).await.problem(409, "units_not_returnable")["lines"][0]["available"],
        1
    );

    desk.clock.advance(SignedDuration::from_hours(30 * 24));
    assert_eq!(sale.shown().await["allowed"]["returnable"], json!([]));
    ask(1).await.problem(409, "return_window_closed");
    // Staff may still take it back.
    let body = json!({"kind": "return", "lines": [wish(&sale.lamps, 1)], "comment": "as agreed on the phone"});
    let staff = sale.post("/returns", body).await.expect(200).json;
    assert_eq!(
        (
            &last(&staff["returns"])["state"],
            &last(&staff["returns"])["opened_by"]
        ),
        (&json!("approved"), &json!("staff"))
    );
    desk.db.verify().await;
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one story from its beginning to its end"
)]
async fn a_return_is_decided_sent_counted_and_refunded() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    sale.deliver_all().await;
    let id = open(&sale, json!([wish(&sale.lamps, 2), wish(&sale.cables, 1)])).await;
    let at = |step: &str| format!("/returns/{id}/{step}");
    let receive = |lamps: i64, good: i64| json!({"lines": [{"line_id": sale.lamps, "received": lamps, "resellable": good}]});
    sale.post(&at("receive"), receive(1, 1))
        .await
        .problem(409, "transition_not_allowed");
    sale.customer_post(&at("ship"), json!({}))
        .await
        .problem(409, "transition_not_allowed");
    sale.post(&at("approve"), json!({})).await.expect(200);
    sale.post(&at("reject"), json!({"reason": "no"}))
        .await
        .problem(409, "transition_not_allowed");
    let sent = sale
        .customer_post(
            &at("ship"),
            json!({"carrier": "UPS", "tracking_number": "1Z"}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&sent["returns"][0]["state"], &sent["returns"][0]["actions"]),
        (&json!("in_transit"), &json!([]))
    );
    sale.customer_post(&at("cancel"), json!({}))
        .await
        .problem(409, "transition_not_allowed");

    assert_eq!(
        sale.post(&at("receive"), receive(3, 0))
            .await
            .problem(409, "units_not_expected")["lines"][0]["available"],
        2
    );
    sale.post(&at("receive"), receive(1, 2))
        .await
        .problem(422, "validation_failed");
    sale.post(&at("receive"), receive(0, 0))
        .await
        .problem(422, "validation_failed");
    let place = json!({"lines": [{"line_id": sale.lamps, "received": 1, "resellable": 1}], "location_id": kernel::LocationId::generate()});
    sale.post(&at("receive"), place)
        .await
        .problem(422, "validation_failed");
    assert_eq!(sale.level(sale.lamp).await, (7, 0, 0));

    // One of two, broken: its money goes back, but not to the shelf.
    let part = sale
        .post(&at("receive"), receive(1, 0))
        .await
        .expect(200)
        .json;
    assert_eq!(part["returns"][0]["state"], "partially_received");
    assert_eq!(
        (
            &part["refunds"][0]["cause"],
            &part["refunds"][0]["amount"]["amount"]
        ),
        (&json!("return"), &json!(1037))
    );
    assert_eq!(sale.level(sale.lamp).await, (7, 0, 0));
    let rest = json!({"lines": [{"line_id": sale.lamps, "received": 1, "resellable": 1}, {"line_id": sale.cables, "received": 1, "resellable": 1}],
                      "refund_shipping": true});
    let all = sale.post(&at("receive"), rest).await.expect(200).json;
    assert_eq!(all["returns"][0]["state"], "received");
    assert_eq!(last(&all["refunds"])["amount"]["amount"], 1037 + 537 + 535);
    assert_eq!(
        (sale.level(sale.lamp).await, sale.level(sale.cable).await),
        ((8, 0, 0), (9, 0, 0))
    );
    sale.settle().await;
    let order = sale.read().await;
    assert_eq!(
        (&order["returns"][0]["state"], &order["state"]),
        (&json!("refunded"), &json!("completed"))
    );
    sale.post(&at("close"), json!({})).await.expect(200);
    // Returned units neither come back again nor are refunded again.
    let again = json!({"kind": "return", "lines": [wish(&sale.lamps, 2)]});
    assert_eq!(
        sale.customer_post("/returns", again)
            .await
            .problem(409, "units_not_returnable")["lines"][0]["available"],
        1
    );
    let refused = sale
        .post(
            "/refunds",
            json!({"reason": "r", "lines": sale.units(2, 0)}),
        )
        .await
        .problem(409, "units_not_refundable");
    assert_eq!(refused["lines"][0]["available"], 1);
    desk.db.verify().await;
}

#[tokio::test]
async fn what_does_not_come_is_with_the_shopper_again() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    sale.deliver_all().await;
    let rejected = open(&sale, json!([wish(&sale.lamps, 3)])).await;
    let answer = sale
        .post(
            &format!("/returns/{rejected}/reject"),
            json!({"reason": "worn"}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(answer["lines"][0]["progress"]["coming_back"], 0);
    assert_eq!(sale.shown().await["returns"][0]["decision_reason"], "worn");
    let cancelled = open(&sale, json!([wish(&sale.lamps, 3)])).await;
    sale.customer_post(&format!("/returns/{cancelled}/cancel"), json!({}))
        .await
        .expect(200);
    let closed = open(&sale, json!([wish(&sale.lamps, 3)])).await;
    sale.post(&format!("/returns/{closed}/approve"), json!({}))
        .await
        .expect(200);
    sale.post(&format!("/returns/{closed}/close"), json!({}))
        .await
        .problem(409, "transition_not_allowed");
    let one = json!({"lines": [{"line_id": sale.lamps, "received": 1, "resellable": 1}], "refund": false});
    let part = sale
        .post(&format!("/returns/{closed}/receive"), one)
        .await
        .expect(200)
        .json;
    assert_eq!(part["refunds"], json!([]));
    let done = sale
        .post(
            &format!("/returns/{closed}/close"),
            json!({"reason": "the rest stays"}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(done["lines"][0]["progress"]["coming_back"], 1);
    assert_eq!(
        sale.shown().await["allowed"]["returnable"][0]["quantity"],
        2
    );
    desk.db.verify().await;
}

#[tokio::test]
async fn refunded_units_do_not_come_back_for_money_again() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    sale.deliver_all().await;
    sale.post("/refunds", json!({"reason": "late", "lines": sale.units(3, 2), "shipping": {"amount": 535, "currency": "USD"}})).await.expect(200);
    let ask = json!({"kind": "return", "lines": [wish(&sale.lamps, 1)]});
    sale.customer_post("/returns", ask.clone())
        .await
        .problem(409, "units_not_returnable");
    let staff = sale.post("/returns", ask).await.expect(200).json;
    let id = staff["returns"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let body = json!({"lines": [{"line_id": sale.lamps, "received": 1, "resellable": 1}]});
    let received = sale
        .post(&format!("/returns/{id}/receive"), body)
        .await
        .expect(200)
        .json;
    assert_eq!(
        received["refunds"].as_array().map(Vec::len),
        Some(1),
        "there is nothing left to refund"
    );
    sale.settle().await;
    assert_eq!(sale.read().await["refunded"]["amount"], TOTAL);
    desk.db.verify().await;
}
