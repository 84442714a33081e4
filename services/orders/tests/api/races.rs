//! Many at once: no sequence gives back more than was paid, or ships what was cancelled.

use futures::future::join_all;
use serde_json::json;

use crate::desk::Desk;
use crate::sale::{Sale, TOTAL};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_refunds_at_once_give_back_no_more_than_was_paid() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let version = sale.read().await["version"].to_string();
    // Without a version to compare, as if each had read the order after the one before: 3 of 20 fit.
    let body = json!({"reason": "r", "goodwill": {"amount": 1500, "currency": "USD"}});
    let mut given = 0;
    let mut version = version;
    for _ in 0..4 {
        let calls = (0..20).map(|n| {
            sale.raw(
                &sale.staff(),
                "/refunds",
                &version,
                &format!("{version}-{n}"),
                body.clone(),
            )
            .send()
        });
        let answers = join_all(calls).await;
        let done = answers.iter().filter(|answer| answer.status == 200).count();
        assert!(done <= 1, "one change for each version");
        given += done;
        for answer in &answers {
            assert!(
                matches!(answer.status.as_u16(), 200 | 409 | 412),
                "{}",
                answer.json
            );
        }
        version = sale.read().await["version"].to_string();
    }
    assert_eq!(given, 3);
    sale.settle().await;
    let order = sale.read().await;
    assert_eq!(
        (&order["refunded"]["amount"], &order["refundable"]["amount"]),
        (&json!(4500), &json!(TOTAL - 4500))
    );
    desk.db.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_sent_twenty_times_refunds_once() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let version = sale.read().await["version"].to_string();
    let body = json!({"reason": "r", "lines": sale.units(1, 0)});
    let calls = (0..20).map(|_| {
        sale.raw(&sale.staff(), "/refunds", &version, "same", body.clone())
            .send()
    });
    let answers = join_all(calls).await;
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.json);
        assert_eq!(answer.json["refunds"].as_array().map(Vec::len), Some(1));
    }
    let fresh = answers
        .iter()
        .filter(|answer| answer.header("idempotent-replayed").is_none());
    assert_eq!(fresh.count(), 1);
    desk.db.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_order_is_cancelled_or_shipped_and_never_both() {
    let desk = Desk::open().await;
    let (mut cancelled, mut shipped) = (0, 0);
    for round in 0..50 {
        let sale = Sale::paid(&desk).await;
        let version = sale.read().await["version"].to_string();
        let ship = json!({"lines": sale.units(3, 2), "ship": true});
        let cancel = json!({"reason": "race"});
        let ship = sale
            .raw(&sale.staff(), "/shipments", &version, "ship", ship)
            .send();
        let cancel = sale
            .raw(&sale.staff(), "/cancel", &version, "cancel", cancel)
            .send();
        // Each goes first in half of the rounds.
        let (ship, cancel) = if round % 2 == 0 {
            tokio::join!(ship, cancel)
        } else {
            let (cancel, ship) = tokio::join!(cancel, ship);
            (ship, cancel)
        };
        match (ship.status.as_u16(), cancel.status.as_u16()) {
            (200, 412) => {
                shipped += 1;
                assert_eq!(sale.level(sale.lamp).await, (7, 0, 0));
            }
            (412, 200) => {
                cancelled += 1;
                assert_eq!(sale.level(sale.lamp).await, (10, 0, 0));
            }
            other => panic!("{other:?}: {} {}", ship.json, cancel.json),
        }
    }
    assert_eq!(cancelled + shipped, 50);
    desk.db.verify().await;
}
