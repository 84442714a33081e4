//! Whatever happens to an order, in whatever order: units are counted once, and when every unit was given back, so was
//! everything that was paid, to the cent.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::sale::{Sale, last};

/// Sequences that are tried, and the longest one.
const CASES: u32 = 24;
const STEPS_MAX: usize = 9;

#[derive(Debug, Clone)]
enum Step {
    Cancel(bool, i64),
    Ship(bool, i64),
    Deliver,
    Lose,
    Refund(bool, i64),
    RefundAmount(bool, i64),
    Return(bool, i64, i64),
    Settle,
    Fail,
}

fn step() -> impl Strategy<Value = Step> {
    let units = || (any::<bool>(), 1..=3_i64);
    prop_oneof![
        2 => units().prop_map(|(lamp, n)| Step::Cancel(lamp, n)),
        4 => units().prop_map(|(lamp, n)| Step::Ship(lamp, n)),
        2 => Just(Step::Deliver),
        1 => Just(Step::Lose),
        2 => units().prop_map(|(lamp, n)| Step::Refund(lamp, n)),
        1 => (any::<bool>(), 1..900_i64).prop_map(|(lamp, minor)| Step::RefundAmount(lamp, minor)),
        3 => (any::<bool>(), 1..=3_i64, 0..=3_i64).prop_map(|(lamp, n, good)| Step::Return(lamp, n, good.min(n))),
        2 => Just(Step::Settle),
        1 => Just(Step::Fail),
    ]
}

/// The change, where it is not refused; a refusal says why, and nothing is ever our fault.
async fn post(sale: &Sale<'_>, rest: &str, body: Value) -> Option<Value> {
    let answer = sale.post(rest, body).await;
    assert!(
        matches!(answer.status.as_u16(), 200 | 409),
        "{rest}: {}",
        answer.json
    );
    (answer.status == 200).then_some(answer.json)
}

async fn take(sale: &Sale<'_>, step: &Step) {
    let line = |lamp: bool| if lamp { &sale.lamps } else { &sale.cables };
    let units = |lamp: bool, n: i64| {
        if lamp {
            sale.units(n, 0)
        } else {
            sale.units(0, n)
        }
    };
    match *step {
        Step::Cancel(lamp, n) => {
            post(
                sale,
                "/cancel",
                json!({"reason": "r", "lines": units(lamp, n)}),
            )
            .await;
        }
        Step::Ship(lamp, n) => {
            if let Some(order) = post(sale, "/shipments", json!({"lines": units(lamp, n)})).await {
                sale.settle().await;
                let id = last(&order["shipments"])["id"]
                    .as_str()
                    .expect("an id")
                    .to_owned();
                post(sale, &format!("/shipments/{id}/ship"), json!({})).await;
            }
        }
        Step::Deliver | Step::Lose => {
            let order = sale.read().await;
            let shipped = order["shipments"]
                .as_array()
                .and_then(|all| all.iter().find(|s| s["state"] == "shipped"));
            if let Some(shipment) = shipped {
                let verb = if matches!(step, Step::Lose) {
                    "lose"
                } else {
                    "deliver"
                };
                let id = shipment["id"].as_str().expect("an id");
                post(sale, &format!("/shipments/{id}/{verb}"), json!({})).await;
            }
        }
        Step::Refund(lamp, n) => {
            post(
                sale,
                "/refunds",
                json!({"reason": "r", "lines": units(lamp, n)}),
            )
            .await;
        }
        Step::RefundAmount(lamp, minor) => {
            let amount = json!({"amount": minor, "currency": "USD"});
            post(
                sale,
                "/refunds",
                json!({"reason": "r", "lines": [{"line_id": line(lamp), "amount": amount}]}),
            )
            .await;
        }
        Step::Return(lamp, n, good) => {
            let lines = json!([{"line_id": line(lamp), "quantity": n, "reason": "other"}]);
            if let Some(order) =
                post(sale, "/returns", json!({"kind": "return", "lines": lines})).await
            {
                let id = last(&order["returns"])["id"]
                    .as_str()
                    .expect("an id")
                    .to_owned();
                let counted =
                    json!({"lines": [{"line_id": line(lamp), "received": n, "resellable": good}]});
                post(sale, &format!("/returns/{id}/receive"), counted).await;
            }
        }
        Step::Settle => sale.settle().await,
        Step::Fail => sale.refuse().await,
    }
}

/// Takes what is authorised, tries again what failed, and gives back all that is left, unit by unit.
async fn give_everything_back(sale: &Sale<'_>) {
    post(sale, "/capture", json!({})).await;
    sale.settle().await;
    let order = sale.read().await;
    for refund in order["refunds"]
        .as_array()
        .expect("refunds")
        .iter()
        .filter(|refund| refund["state"] == "failed")
    {
        let id = refund["id"].as_str().expect("an id");
        assert!(
            post(sale, &format!("/refunds/{id}/retry"), json!({}))
                .await
                .is_some()
        );
    }
    sale.settle().await;
    let mut order = sale.read().await;
    for place in 0..2 {
        for _ in 0..order["lines"][place]["progress"]["refundable"]
            .as_i64()
            .expect("units")
        {
            let one = json!([{"line_id": order["lines"][place]["id"], "quantity": 1}]);
            // Amounts may have taken all the money of the last units.
            if let Some(after) = post(sale, "/refunds", json!({"reason": "r", "lines": one})).await
            {
                order = after;
            }
        }
        assert_eq!(
            order["lines"][place]["progress"]["refundable_amount"]["amount"], 0,
            "{order}"
        );
    }
    if order["shipping_refundable"]["amount"] != 0 && order["refundable"]["amount"] != 0 {
        let shipping = order["shipping_refundable"].clone();
        assert!(
            post(
                sale,
                "/refunds",
                json!({"reason": "r", "shipping": shipping})
            )
            .await
            .is_some()
        );
    }
    sale.settle().await;
    let order = sale.read().await;
    assert_eq!(order["refunded"], order["captured"], "{order}");
    assert_eq!(
        (
            &order["refundable"]["amount"],
            &order["refund_due"]["amount"]
        ),
        (&json!(0), &json!(0))
    );
}

#[test]
fn every_sequence_ends_with_exactly_what_was_paid() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let desk = runtime.block_on(Desk::open());
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    });
    let sequences = (
        any::<bool>(),
        proptest::collection::vec(step(), 1..=STEPS_MAX),
    );
    let result = runner.run(&sequences, |(paid, steps)| {
        runtime.block_on(async {
            let sale = if paid {
                Sale::paid(&desk).await
            } else {
                Sale::authorized(&desk).await
            };
            for step in &steps {
                take(&sale, step).await;
            }
            give_everything_back(&sale).await;
        });
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    runtime.block_on(desk.db.verify());
}
