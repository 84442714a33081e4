//! Goods that come back for something else.

use orders::domain::allowed::Policy;
use serde_json::json;

use crate::desk::{Desk, policy};
use crate::sale::{LAMPS, Sale, last};

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one story from its beginning to its end"
)]
async fn an_exchange_sends_something_else() {
    let desk = Desk::open_with(Policy {
        auto_approve: true,
        ..policy()
    })
    .await;
    let sale = Sale::paid(&desk).await;
    sale.deliver_all().await;
    let swap = |variant: &str| json!({"kind": "exchange", "lines": [{"line_id": sale.lamps, "quantity": 2, "reason": "defective", "exchange_variant_id": variant}]});
    let plain = json!({"kind": "exchange", "lines": [{"line_id": sale.lamps, "quantity": 1, "reason": "defective"}]});
    sale.customer_post("/returns", plain)
        .await
        .problem(422, "validation_failed");
    // Another product is a purchase, not an exchange.
    sale.customer_post("/returns", swap(&sale.cable.to_string()))
        .await
        .problem(409, "exchange_unavailable");
    let opened = sale
        .customer_post("/returns", swap(&sale.lamp.to_string()))
        .await
        .expect(200)
        .json;
    assert_eq!(opened["returns"][0]["state"], "approved");
    let id = opened["returns"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let body = |exchange: bool| json!({"lines": [{"line_id": sale.lamps, "received": 2, "resellable": 0}], "exchange": exchange});
    sqlx::query("update catalog.stock_level set on_hand = 1 where variant_id = $1")
        .bind(sale.lamp.uuid())
        .execute(&desk.admin)
        .await
        .expect("a nearly empty shelf");
    let refused = sale
        .post(&format!("/returns/{id}/receive"), body(true))
        .await
        .problem(409, "out_of_stock");
    assert_eq!(
        (
            &refused["items"][0]["requested"],
            &refused["items"][0]["available"]
        ),
        (&json!(2), &json!(1))
    );
    sqlx::query("update catalog.stock_level set on_hand = 7 where variant_id = $1")
        .bind(sale.lamp.uuid())
        .execute(&desk.admin)
        .await
        .expect("a full shelf");
    let received = sale
        .post(&format!("/returns/{id}/receive"), body(true))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (
            &received["state"],
            &received["returns"][0]["state"],
            &received["refunds"]
        ),
        (&json!("placed"), &json!("closed"), &json!([]))
    );
    let line = last(&received["lines"]);
    assert_eq!(
        (
            &line["replaces_line_id"],
            &line["quantity"],
            &line["total"]["amount"]
        ),
        (&json!(sale.lamps), &json!(2), &json!(0))
    );
    assert_eq!(sale.level(sale.lamp).await, (7, 0, 2));
    let lines = json!([{"line_id": line["id"], "quantity": 2}]);
    let shipped = sale
        .post("/shipments", json!({"lines": lines, "ship": true}))
        .await
        .expect(200)
        .json;
    let shipment = last(&shipped["shipments"])["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let done = sale
        .post(&format!("/shipments/{shipment}/deliver"), json!({}))
        .await
        .expect(200)
        .json;
    assert_eq!(done["state"], "completed");

    // What came in exchange comes back for the money of what was paid.
    let back = json!({"kind": "return", "lines": [{"line_id": line["id"], "quantity": 2, "reason": "unwanted"}]});
    let opened = sale.customer_post("/returns", back).await.expect(200).json;
    let id = last(&opened["returns"])["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let body = json!({"lines": [{"line_id": line["id"], "received": 2, "resellable": 2}]});
    let received = sale
        .post(&format!("/returns/{id}/receive"), body)
        .await
        .expect(200)
        .json;
    assert_eq!(received["refunds"][0]["amount"]["amount"], 2 * 1037);
    assert_eq!(
        received["lines"][0]["progress"]["refundable_amount"]["amount"],
        LAMPS - 2 * 1037
    );
    desk.db.verify().await;
}
