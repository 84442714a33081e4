//! Refunds by units, amounts, shipping and goodwill; two people; failures.

use kernel::UserId;
use serde_json::{Value, json};

use crate::desk::{Desk, policy};
use crate::sale::{LAMPS, SHIPPING, Sale, TOTAL, last};

fn usd(amount: i64) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

#[tokio::test]
async fn no_more_goes_back_than_was_paid() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let refund = |body: Value| sale.post("/refunds", body);
    let line = |quantity: Value, amount: Value| json!({"reason": "r", "lines": [{"line_id": sale.lamps, "quantity": quantity, "amount": amount}]});
    refund(json!({"reason": "r"}))
        .await
        .problem(409, "nothing_to_refund");
    refund(line(Value::Null, Value::Null))
        .await
        .problem(422, "validation_failed");
    let refused = refund(line(json!(4), Value::Null))
        .await
        .problem(409, "units_not_refundable");
    assert_eq!(
        refused["lines"][0],
        json!({"line_id": sale.lamps, "requested": 4, "available": 3})
    );
    let refused = refund(line(Value::Null, usd(LAMPS + 1)))
        .await
        .problem(409, "refund_exceeds_line");
    assert_eq!(refused["left"], usd(LAMPS));
    let refused = refund(json!({"reason": "r", "shipping": usd(SHIPPING + 1)}))
        .await
        .problem(409, "refund_exceeds_paid");
    assert_eq!(refused["left"], usd(SHIPPING));
    let refused = refund(json!({"reason": "r", "goodwill": usd(TOTAL + 1)}))
        .await
        .problem(409, "refund_exceeds_paid");
    assert_eq!(refused["left"], usd(TOTAL));
    refund(json!({"reason": "r", "goodwill": {"amount": 1, "currency": "EUR"}}))
        .await
        .problem(422, "validation_failed");
    refund(json!({"reason": "r", "goodwill": usd(0)}))
        .await
        .problem(422, "validation_failed");
    let few = desk.tokens.staff_with(&["orders.read", "orders.refund"]);
    let refused = sale
        .call_as(&few, "/refunds", json!({"reason": "r", "goodwill": usd(1)}))
        .await;
    assert_eq!(
        refused.problem(403, "permission_missing")["permission"],
        "orders.refund.goodwill"
    );
    let held = Sale::authorized(&desk).await;
    held.post(
        "/refunds",
        json!({"reason": "r", "lines": held.units(1, 0)}),
    )
    .await
    .problem(409, "refund_exceeds_paid");
}

#[tokio::test]
async fn units_give_back_exactly_what_was_paid_for_them() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let mut given = Vec::new();
    for _ in 0..3 {
        let answer = sale
            .post(
                "/refunds",
                json!({"reason": "r", "lines": sale.units(1, 0)}),
            )
            .await
            .expect(200)
            .json;
        given.push(
            last(&answer["refunds"])["amount"]["amount"]
                .as_i64()
                .expect("an amount"),
        );
    }
    assert_eq!(given, [1037, 1037, 1036]);
    let rest = json!({"reason": "r", "lines": [{"line_id": sale.cables, "quantity": 1, "amount": usd(100)}], "shipping": usd(100), "goodwill": usd(50)});
    let answer = sale.post("/refunds", rest).await.expect(200).json;
    let refund = last(&answer["refunds"]);
    assert_eq!(
        (&refund["amount"], &refund["lines"][0]["quantity"]),
        (&usd(250), &json!(1))
    );
    sale.settle().await;
    let order = sale.read().await;
    assert_eq!(
        (&order["refunded"]["amount"], &order["payment_state"]),
        (&json!(LAMPS + 250), &json!("partially_refunded"))
    );
    assert_eq!(order["shipping_refundable"]["amount"], SHIPPING - 100);
    assert_eq!(sale.shown().await["refunds"][0]["state"], "succeeded");
    desk.db.verify().await;
}

#[tokio::test]
async fn above_the_limit_a_second_person_decides() {
    let desk = Desk::open_with(orders::domain::allowed::Policy {
        approval_over_minor: 1000,
        ..policy()
    })
    .await;
    let sale = Sale::paid(&desk).await;
    let body = json!({"reason": "broken", "lines": sale.units(2, 0)});
    let asked = sale.post("/refunds", body.clone()).await.expect(200).json;
    let refund = last(&asked["refunds"]);
    assert_eq!(
        (&refund["state"], &asked["payment_operations"]),
        (&json!("awaiting_approval"), &json!([]))
    );
    assert_eq!(
        refund["actions"],
        json!(["deny"]),
        "who asked may not approve"
    );
    let id = refund["id"].as_str().expect("an id").to_owned();
    sale.post(&format!("/refunds/{id}/approve"), json!({}))
        .await
        .problem(409, "same_person");
    let few = desk.tokens.staff_with(&["orders.read", "orders.refund"]);
    sale.call_as(&few, &format!("/refunds/{id}/approve"), json!({}))
        .await
        .problem(403, "permission_missing");
    // The units wait as well: nobody refunds them twice.
    let refused = sale
        .post(
            "/refunds",
            json!({"reason": "r", "lines": sale.units(2, 0)}),
        )
        .await
        .problem(409, "units_not_refundable");
    assert_eq!(refused["lines"][0]["available"], 1);

    let other = desk.tokens.staff_as(UserId::generate(), &["*"]);
    let denied = sale
        .call_as(
            &other,
            &format!("/refunds/{id}/deny"),
            json!({"reason": "no"}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(denied["lines"][0]["progress"]["refundable"], 3);
    let asked = sale.post("/refunds", body).await.expect(200).json;
    let id = last(&asked["refunds"])["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let approved = sale
        .call_as(&other, &format!("/refunds/{id}/approve"), json!({}))
        .await
        .expect(200)
        .json;
    assert_eq!(last(&approved["refunds"])["state"], "requested");
    sale.call_as(&other, &format!("/refunds/{id}/approve"), json!({}))
        .await
        .problem(409, "transition_not_allowed");
    sale.settle().await;
    assert_eq!(last(&sale.read().await["refunds"])["state"], "succeeded");

    // The database refuses it too.
    let forged =
        sqlx::query("update orders.refund set approved_by = requested_by where refund_id = $1")
            .bind(id.parse::<kernel::RefundId>().expect("an id").uuid())
            .execute(&desk.admin)
            .await;
    assert!(forged.is_err());
    desk.db.verify().await;
}

#[tokio::test]
async fn a_failed_refund_is_tried_again_or_given_up() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let asked = sale
        .post(
            "/refunds",
            json!({"reason": "r", "lines": sale.units(1, 0)}),
        )
        .await
        .expect(200)
        .json;
    let id = last(&asked["refunds"])["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    sale.post(&format!("/refunds/{id}/retry"), json!({}))
        .await
        .problem(409, "transition_not_allowed");
    sale.post(&format!("/refunds/{id}/abandon"), json!({"reason": "r"}))
        .await
        .problem(409, "transition_not_allowed");
    sale.refuse().await;
    let order = sale.read().await;
    assert_eq!(order["refunds"][0]["failure"], "the card was closed");
    assert_eq!(order["refunds"][0]["actions"], json!(["retry", "abandon"]));
    let list = desk
        .app
        .get("/api/v1/admin/orders?attention=failed_refund")
        .bearer(sale.staff())
        .send()
        .await
        .expect(200);
    assert_eq!(list.json["items"][0]["id"], json!(sale.order_id));
    sale.post(&format!("/refunds/{id}/retry"), json!({}))
        .await
        .expect(200);
    sale.refuse().await;
    let given_up = sale
        .post(
            &format!("/refunds/{id}/abandon"),
            json!({"reason": "bank transfer"}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(given_up["lines"][0]["progress"]["refundable"], 3);
    let credit = json!({"reason": "bank transfer", "lines": sale.units(1, 0), "destination": "store_credit"});
    let done = sale.post("/refunds", credit).await.expect(200).json;
    assert_eq!(
        last(&done["refunds"])["state"],
        "succeeded",
        "credit needs no provider"
    );
    assert_eq!(done["payment_state"], "partially_refunded");
    desk.db.verify().await;
}
