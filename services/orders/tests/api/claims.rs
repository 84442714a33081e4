//! What went wrong on the way.

use serde_json::json;

use crate::desk::Desk;
use crate::sale::{LAMPS, Sale, last};

#[tokio::test]
async fn a_lost_shipment_is_sent_again() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let rest = sale.ship(1, 2).await;
    let lost = sale.ship(2, 0).await;
    sale.post(&format!("/shipments/{rest}/deliver"), json!({}))
        .await
        .expect(200);
    let order = sale
        .post(&format!("/shipments/{lost}/lose"), json!({}))
        .await
        .expect(200)
        .json;
    let claim = &order["claims"][0];
    assert_eq!(
        (
            &claim["kind"],
            &claim["state"],
            &claim["lines"][0]["quantity"]
        ),
        (&json!("lost"), &json!("open"), &json!(2))
    );
    assert_eq!(order["state"], "placed", "a claim is open");
    sale.post(&format!("/shipments/{lost}/deliver"), json!({}))
        .await
        .problem(409, "transition_not_allowed");
    let id = claim["id"].as_str().expect("an id");
    let few = desk.tokens.staff_with(&["orders.read", "orders.refund"]);
    let refused = sale
        .call_as(
            &few,
            &format!("/claims/{id}/approve"),
            json!({"resolution": "replacement"}),
        )
        .await;
    assert_eq!(
        refused.problem(403, "permission_missing")["permission"],
        "orders.fulfil"
    );

    let order = sale
        .post(
            &format!("/claims/{id}/approve"),
            json!({"resolution": "replacement"}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(order["claims"][0]["state"], "resolved");
    let line = last(&order["lines"]);
    assert_eq!(
        (
            &line["replaces_line_id"],
            &line["quantity"],
            &line["total"]["amount"]
        ),
        (&json!(sale.lamps), &json!(2), &json!(0))
    );
    assert_eq!(sale.level(sale.lamp).await, (7, 0, 2));
    sale.post(&format!("/claims/{id}/deny"), json!({"reason": "x"}))
        .await
        .problem(409, "transition_not_allowed");
    let again = json!({"lines": [{"line_id": line["id"], "quantity": 2}], "ship": true});
    let order = sale.post("/shipments", again).await.expect(200).json;
    let shipment = last(&order["shipments"])["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let done = sale
        .post(&format!("/shipments/{shipment}/deliver"), json!({}))
        .await
        .expect(200)
        .json;
    assert_eq!(done["state"], "completed");
    desk.db.verify().await;
}

#[tokio::test]
async fn a_claim_is_about_units_that_left_and_is_made_good_once() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let claim =
        |lamps| json!({"kind": "damaged", "lines": sale.units(lamps, 0), "description": "cracked"});
    sale.post("/claims", claim(1))
        .await
        .problem(409, "units_not_claimable");
    sale.deliver_all().await;
    let order = sale.post("/claims", claim(2)).await.expect(200).json;
    let first = order["claims"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        sale.post("/claims", claim(2))
            .await
            .problem(409, "units_not_claimable")["lines"][0]["available"],
        1
    );
    let order = sale
        .post(
            &format!("/claims/{first}/approve"),
            json!({"resolution": "both", "reason": "sorry"}),
        )
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&order["claims"][0]["state"], &order["refunds"][0]["cause"]),
        (&json!("approved"), &json!("claim"))
    );
    assert_eq!(
        order["state"], "placed",
        "a replacement opens the order again"
    );
    sale.settle().await;
    let order = sale.read().await;
    assert_eq!(order["claims"][0]["state"], "resolved");
    assert_eq!(order["refunded"]["amount"], 1037 + 1037);
    // A replacement cost nothing; its money is that of the first line, of which one unit is left.
    let line = last(&order["lines"])["id"].clone();
    let refused = sale
        .post(
            "/refunds",
            json!({"reason": "r", "lines": [{"line_id": line, "quantity": 2}]}),
        )
        .await;
    assert_eq!(
        refused.problem(409, "units_not_refundable")["lines"][0]["line_id"],
        sale.lamps
    );
    let rest = json!({"reason": "r", "lines": [{"line_id": line, "quantity": 1}]});
    let order = sale.post("/refunds", rest).await.expect(200).json;
    assert_eq!(
        last(&order["refunds"])["amount"]["amount"],
        LAMPS - 2 * 1037
    );
    desk.db.verify().await;
}

#[tokio::test]
async fn a_lost_order_that_is_refunded_is_over() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let lost = sale.ship(3, 2).await;
    let order = sale
        .post(&format!("/shipments/{lost}/lose"), json!({}))
        .await
        .expect(200)
        .json;
    let id = order["claims"][0]["id"].as_str().expect("an id");
    sale.post(
        &format!("/claims/{id}/approve"),
        json!({"resolution": "refund"}),
    )
    .await
    .expect(200);
    sale.settle().await;
    let order = sale.read().await;
    assert_eq!(
        (&order["state"], &order["claims"][0]["state"]),
        (&json!("completed"), &json!("resolved"))
    );
    desk.db.verify().await;
}

#[tokio::test]
async fn a_replacement_that_is_cancelled_gives_the_money_back() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let lost = sale.ship(2, 0).await;
    let order = sale
        .post(&format!("/shipments/{lost}/lose"), json!({}))
        .await
        .expect(200)
        .json;
    let id = order["claims"][0]["id"].as_str().expect("an id").to_owned();
    let order = sale
        .post(
            &format!("/claims/{id}/approve"),
            json!({"resolution": "replacement"}),
        )
        .await
        .expect(200)
        .json;
    let line = last(&order["lines"])["id"].clone();
    let cancel = json!({"reason": "sold out", "lines": [{"line_id": line, "quantity": 2}]});
    let order = sale.post("/cancel", cancel).await.expect(200).json;
    let refund = last(&order["refunds"]);
    assert_eq!(
        (&refund["amount"]["amount"], &refund["lines"][0]["line_id"]),
        (&json!(2 * 1037), &json!(sale.lamps))
    );
    assert_eq!(sale.level(sale.lamp).await, (8, 0, 1));
    desk.db.verify().await;
}
