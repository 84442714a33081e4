//! Messages to shoppers.

use std::sync::Arc;
use std::time::Duration;

use common::jobs::Jobs;
use common::redis::Wakeups;
use mail::{MailSettings, Templates};
use orders::domain::message::TEMPLATES;
use orders::jobs::messages::Writer;

use serde_json::json;

use crate::desk::Desk;
use crate::sale::{Sale, last};

fn templates() -> Templates {
    Templates::new(&MailSettings::default(), "http://127.0.0.1:8080", TEMPLATES).expect("templates")
}

/// Writes all messages that events call for.
async fn write(desk: &Desk) {
    let jobs = Jobs::new();
    // Two at once, as two instances of the service would.
    for _ in 0..2 {
        let writer = Writer {
            db: desk.own.clone(),
            clock: Arc::new(desk.clock.clone()),
            token_keys: desk.token_keys.clone(),
            origin: "http://127.0.0.1:8080".to_owned(),
            templates: templates(),
        };
        writer.run(&jobs, Wakeups::local());
    }
    desk.until_drained("mail").await;
    assert!(jobs.shutdown(Duration::from_secs(10)).await);
}

#[tokio::test]
async fn a_placed_order_is_confirmed_once_with_a_link_that_opens_it() {
    let desk = Desk::open().await;
    let order_id = desk.pending(None).await;
    let number = desk.place(order_id).await;
    desk.place(order_id).await;
    let admin = desk.db.admin_pool().await;
    let emitted: i64 =
        sqlx::query_scalar("select count(*) from orders.outbox where consumer = 'mail'")
            .fetch_one(&admin)
            .await
            .expect("a count");
    assert_eq!(emitted, 1, "one event for one placement");

    write(&desk).await;

    let messages: Vec<(String, String, String)> =
        sqlx::query_as("select recipient, subject, body_text from orders.message")
            .fetch_all(&admin)
            .await
            .expect("messages");
    let [(recipient, subject, body)] = messages.as_slice() else {
        panic!("{messages:?}")
    };
    assert_eq!(
        (recipient.as_str(), subject),
        ("ada@example.com", &format!("Your order {number}"))
    );
    assert!(
        body.contains("2 × Lamp (Blue)  42.90 USD") && body.contains("Total  47.89 USD"),
        "{body}"
    );
    let token = body
        .split("#token=")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .expect("a link");
    let answer = desk
        .app
        .get(format!("/api/v1/orders/{order_id}"))
        .header("order-token", token);
    answer.send().await.expect(200);
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one story from its beginning to its end"
)]
async fn shoppers_hear_of_every_step_once() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let shipment = sale.ship(3, 2).await;
    sale.post(&format!("/shipments/{shipment}/deliver"), json!({}))
        .await
        .expect(200);
    let wish = |units: i64| json!({"kind": "return", "lines": [{"line_id": sale.lamps, "quantity": units, "reason": "late"}]});
    for (units, decision) in [(1, "reject"), (2, "approve")] {
        let opened = sale
            .customer_post("/returns", wish(units))
            .await
            .expect(200)
            .json;
        write(&desk).await;
        let id = last(&opened["returns"])["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        sale.post(
            &format!("/returns/{id}/{decision}"),
            json!({"reason": "worn out"}),
        )
        .await;
        if decision == "approve" {
            sale.post(&format!("/returns/{id}/approve"), json!({}))
                .await;
            let counted =
                json!({"lines": [{"line_id": sale.lamps, "received": 2, "resellable": 2}]});
            sale.post(&format!("/returns/{id}/receive"), counted)
                .await
                .expect(200);
        }
    }
    sale.settle().await;
    let opened = sale
        .post(
            "/claims",
            json!({"kind": "damaged", "lines": sale.units(0, 1)}),
        )
        .await
        .expect(200)
        .json;
    let claim = opened["claims"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    sale.post(
        &format!("/claims/{claim}/approve"),
        json!({"resolution": "replacement"}),
    )
    .await
    .expect(200);
    let other = Sale::paid(&desk).await;
    other
        .post("/cancel", json!({"reason": "r"}))
        .await
        .expect(200);
    // An order that was never paid is not worth a word.
    let unpaid = desk.pending(None).await;
    let mut conn = desk.checkout.acquire().await.expect("a connection");
    contract_orders::order::cancel_pending(&mut conn, unpaid, "declined")
        .await
        .expect("cancelled");
    write(&desk).await;

    let messages = desk
        .app
        .get("/api/v1/admin/messages/orders?limit=100")
        .bearer(sale.staff())
        .send()
        .await
        .expect(200)
        .json;
    let mut templates: Vec<_> = messages["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|m| m["template"].as_str().expect("a name").to_owned())
        .collect();
    templates.sort();
    let expected = [
        "claim_resolved",
        "order_cancelled",
        "order_confirmation",
        "order_confirmation",
        "refund_succeeded",
        "return_approved",
        "return_received",
        "return_rejected",
        "return_requested",
        "return_requested",
        "shipment_delivered",
        "shipment_shipped",
    ];
    assert_eq!(templates, expected);
    let shipped = messages["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|m| m["template"] == "shipment_shipped")
        .expect("it");
    let path = format!(
        "/api/v1/admin/messages/orders/{}",
        shipped["id"].as_str().expect("an id")
    );
    let letter = desk
        .app
        .get(path)
        .bearer(sale.staff())
        .send()
        .await
        .expect(200)
        .json;
    let text = letter["body"]["text"].as_str().expect("a text");
    assert!(
        text.contains("3 × Lamp (Blue)") && text.contains("/orders/ord_"),
        "{text}"
    );
}

#[test]
fn no_value_becomes_markup() {
    let hostile = "<img src=x onerror=alert(1)>";
    let line = json!({"quantity": 1, "title": hostile, "variant": hostile, "total": hostile});
    let values = json!({
        "number": hostile, "link": format!("https://x.example/\"{hostile}"), "lines": [line], "sums": [{"label": "Total", "amount": hostile}],
        "shipping_method": hostile, "address": [hostile], "refund": hostile, "everything": false, "carrier": hostile, "verb": "exchange",
        "tracking_number": hostile, "tracking_url": format!("https://x.example/\"{hostile}"), "amount": hostile, "to_credit": false,
        "reason": hostile, "refunds": true, "replaces": true,
    });
    let parts = ["lines_text.jinja", "lines_html.jinja", "button.jinja"];
    for (name, _) in TEMPLATES.iter().filter(|(name, _)| !parts.contains(name)) {
        let content = templates().render(name, &values).expect(name);
        let html = content.html.expect("a page");
        assert!(!html.contains("<img"), "{name}: {html}");
        assert!(content.text.contains(hostile), "{name}: text is text");
    }
}
