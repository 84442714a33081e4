//! Invoices, credit notes and packing slips; the jobs that follow events.

use std::sync::Arc;
use std::time::Duration;

use common::jobs::Jobs;
use common::redis::Wakeups;
use orders::domain::allowed::Policy;
use orders::jobs::documents::Clerk;
use orders::jobs::risk::Reviewer;
use serde_json::json;

use crate::desk::{Desk, policy};
use crate::sale::{Sale, TOTAL, last};

/// Runs a consumer until it has nothing to do.
async fn drain(desk: &Desk, consumer: &str, jobs: Jobs) {
    desk.until_drained(consumer).await;
    assert!(jobs.shutdown(Duration::from_secs(10)).await);
}

async fn issue(desk: &Desk) {
    let jobs = Jobs::new();
    // Two at once, as two instances of the service would.
    for _ in 0..2 {
        let clerk = Clerk {
            db: desk.own.clone(),
            clock: Arc::new(desk.clock.clone()),
            papers: Arc::clone(&desk.papers),
        };
        clerk.run(&jobs, Wakeups::local());
    }
    drain(desk, "documents", jobs).await;
}

#[tokio::test]
async fn documents_are_numbered_without_holes_and_add_up() {
    let desk = Desk::open().await;
    let mut sales = Vec::new();
    for _ in 0..5 {
        sales.push(Sale::paid(&desk).await);
    }
    let waiting = Sale::authorized(&desk).await;
    let sale = sales.first().expect("a sale");
    sale.ship(1, 0).await;
    let rest = json!({"reason": "r", "lines": sale.units(2, 0), "shipping": {"amount": 535, "currency": "USD"},
                      "goodwill": {"amount": 100, "currency": "USD"}});
    sale.post("/refunds", rest).await.expect(200);
    sale.settle().await;
    issue(&desk).await;
    let mut numbers = Vec::new();
    for sale in &sales {
        let order = sale.read().await;
        let invoice = &order["invoices"][0];
        assert_eq!(
            (&invoice["kind"], &invoice["total"]["amount"]),
            (&json!("invoice"), &json!(TOTAL))
        );
        numbers.push(invoice["number"].as_str().expect("a number").to_owned());
        let path = format!("/invoices/{}.pdf", invoice["id"].as_str().expect("an id"));
        let file = desk
            .app
            .get(sale.path(&path))
            .bearer(sale.staff())
            .send()
            .await
            .expect(200);
        assert!(file.bytes.starts_with(b"%PDF-"), "a PDF file");
    }
    numbers.sort();
    let year = &numbers[0][4..8];
    let expected: Vec<_> = (1..=5).map(|n| format!("INV-{year}-{n:06}")).collect();
    assert_eq!(numbers, expected);
    assert_eq!(
        waiting.read().await["invoices"],
        json!([]),
        "nothing was taken yet"
    );

    let order = sale.read().await;
    let note = last(&order["invoices"]);
    assert_eq!(
        (&note["kind"], &note["total"]["amount"]),
        (&json!("credit_note"), &json!(2 * 1037 + 535 + 100))
    );
    let name = format!("{}.pdf", note["id"].as_str().expect("an id"));
    let path = format!("/api/v1/orders/{}/invoices/{name}", sale.order_id);
    desk.app.get(&path).send().await.problem(404, "not_found");
    let stranger = desk.tokens.customer(kernel::UserId::generate());
    desk.app
        .get(&path)
        .bearer(stranger)
        .send()
        .await
        .problem(404, "not_found");
    let other = format!("/api/v1/orders/{}/invoices/{name}", waiting.order_id);
    let token = desk.token(waiting.order_id, 1);
    desk.app
        .get(&other)
        .header("order-token", token)
        .send()
        .await
        .problem(404, "not_found");
    let file = desk
        .app
        .get(&path)
        .header("order-token", desk.token(sale.order_id, 1))
        .send()
        .await
        .expect(200);
    assert_eq!(file.header("content-type"), Some("application/pdf"));
    assert!(file.bytes.starts_with(b"%PDF-"));
    desk.app
        .get(path.trim_end_matches(".pdf"))
        .bearer(sale.staff())
        .send()
        .await
        .problem(404, "not_found");

    let shipment = order["shipments"][0]["id"].as_str().expect("an id");
    let slip = desk
        .app
        .get(sale.path(&format!("/shipments/{shipment}/packing-slip.pdf")))
        .bearer(sale.staff());
    assert!(slip.send().await.expect(200).bytes.starts_with(b"%PDF-"));
    desk.db.verify().await;
}

#[tokio::test]
async fn what_was_cancelled_before_it_was_charged_is_not_on_the_invoice() {
    let desk = Desk::open().await;
    let sale = Sale::authorized(&desk).await;
    sale.post(
        "/cancel",
        json!({"reason": "r", "lines": sale.units(1, 2), "refund_shipping": false}),
    )
    .await
    .expect(200);
    sale.post("/shipments", json!({"lines": sale.units(2, 0)}))
        .await
        .expect(200);
    sale.settle().await;
    // Less than asked for is taken of another one.
    let less = Sale::authorized(&desk).await;
    less.post(
        "/capture",
        json!({"amount": {"amount": 3333, "currency": "USD"}}),
    )
    .await
    .expect(200);
    less.settle().await;
    issue(&desk).await;
    for (sale, total) in [(&sale, TOTAL - 1037 - 1073), (&less, 3333)] {
        let order = sale.read().await;
        let invoice = &order["invoices"][0];
        assert_eq!(
            (&invoice["total"]["amount"], &order["captured"]["amount"]),
            (&json!(total), &json!(total))
        );
        let path = format!("/invoices/{}.pdf", invoice["id"].as_str().expect("an id"));
        // Rendering refuses what does not add up.
        desk.app
            .get(sale.path(&path))
            .bearer(sale.staff())
            .send()
            .await
            .expect(200);
    }
    desk.db.verify().await;
}

#[tokio::test]
async fn a_large_order_is_reviewed_once() {
    let desk = Desk::open_with(Policy {
        hold_over_minor: Some(TOTAL - 1),
        ..policy()
    })
    .await;
    let sale = Sale::paid(&desk).await;
    let planned = Sale::paid(&desk).await;
    planned
        .post("/shipments", json!({"lines": planned.units(1, 0)}))
        .await
        .expect(200);
    let review = || async {
        let jobs = Jobs::new();
        let reviewer = Reviewer {
            db: desk.own.clone(),
            policy: Arc::clone(&desk.policy),
        };
        reviewer.run(&jobs, Wakeups::local());
        drain(&desk, "risk", jobs).await;
    };
    review().await;
    assert_eq!(sale.read().await["state"], "on_hold");
    assert_eq!(
        planned.read().await["state"],
        "placed",
        "it is being packed already"
    );
    sale.post("/release", json!({})).await.expect(200);
    sqlx::query("select orders.emit_v1('order.placed', $1, '{}')")
        .bind(sale.order_id.uuid())
        .execute(&desk.admin)
        .await
        .expect("the event again");
    review().await;
    assert_eq!(
        sale.read().await["state"],
        "placed",
        "what was released stays so"
    );
}
