//! Whatever a shop does with its payments, the sums stay right.

use std::time::Duration;

use paysim::{Config, Ledger, LedgerIntent};
use proptest::{
    prelude::*,
    test_runner::{Config as Settings, TestRunner},
};
use serde_json::Value;

use crate::support::{Api, Folder};

#[derive(Debug, Clone)]
enum Step {
    Pay {
        amount: i64,
        manual: bool,
        card: &'static str,
    },
    Authenticate {
        which: usize,
        passed: bool,
    },
    Capture {
        which: usize,
        amount: Option<i64>,
    },
    Cancel {
        which: usize,
    },
    Refund {
        which: usize,
        amount: Option<i64>,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let cards = prop::sample::select(vec![
        "pm_card_visa",
        "pm_card_visa",
        "pm_card_authenticationRequired",
        "pm_card_chargeDeclined",
        "pm_card_pendingRefund",
        "pm_card_refundFail",
        "pm_card_createDispute",
    ]);
    let amount = || prop::option::of(-5_i64..1200);
    prop_oneof![
        2 => (50_i64..1000, any::<bool>(), cards)
            .prop_map(|(amount, manual, card)| Step::Pay { amount, manual, card }),
        1 => (0_usize..8, any::<bool>())
            .prop_map(|(which, passed)| Step::Authenticate { which, passed }),
        2 => (0_usize..8, amount()).prop_map(|(which, amount)| Step::Capture { which, amount }),
        1 => (0_usize..8).prop_map(|which| Step::Cancel { which }),
        4 => (0_usize..8, amount()).prop_map(|(which, amount)| Step::Refund { which, amount }),
    ]
}

/// Does a step; refusals are fine.
async fn take(api: &Api, intents: &mut Vec<Value>, step: &Step) {
    let which = match step {
        Step::Pay {
            amount,
            manual,
            card,
        } => {
            intents.push(pay(api, *amount, *manual, card).await);
            return;
        }
        Step::Authenticate { which, .. }
        | Step::Capture { which, .. }
        | Step::Cancel { which }
        | Step::Refund { which, .. } => which,
    };
    let place = which.checked_rem(intents.len());
    let Some(intent) = place.and_then(|place| intents.get(place)) else {
        return;
    };
    let id = intent["id"].as_str().unwrap();
    let path = format!("/v1/payment_intents/{id}");
    match step {
        Step::Authenticate { passed, .. } if intent["next_action"].is_object() => {
            let answer = if *passed { "complete" } else { "fail" };
            api.authenticate(intent, answer).await;
        }
        Step::Capture { amount, .. } => {
            let amount = amount.map(|amount| amount.to_string());
            let form = amount
                .as_deref()
                .map(|amount| ("amount_to_capture", amount));
            api.post(&format!("{path}/capture"), form.as_slice()).await;
        }
        Step::Cancel { .. } => {
            api.post(&format!("{path}/cancel"), &[]).await;
        }
        Step::Refund { amount, .. } => {
            let amount = amount.map(|amount| amount.to_string());
            let mut form = vec![("payment_intent", id)];
            form.extend(amount.as_deref().map(|amount| ("amount", amount)));
            api.post("/v1/refunds", &form).await;
        }
        Step::Authenticate { .. } | Step::Pay { .. } => {}
    }
}

/// The intent that comes of it, paid or not.
async fn pay(api: &Api, amount: i64, manual: bool, card: &str) -> Value {
    let amount = amount.to_string();
    let form = [
        ("amount", amount.as_str()),
        ("currency", "eur"),
        ("confirm", "true"),
        ("payment_method", card),
        (
            "capture_method",
            if manual { "manual" } else { "automatic" },
        ),
    ];
    let answer = api.post("/v1/payment_intents", &form).await.body;
    if answer["object"] == "payment_intent" {
        answer
    } else {
        answer["error"]["payment_intent"].clone()
    }
}

#[track_caller]
fn check(entry: &LedgerIntent) {
    let LedgerIntent {
        amount,
        held,
        captured,
        refunded,
        disputed,
        ..
    } = entry;
    assert!((0..=*amount).contains(&(held + captured)), "{entry:?}");
    assert!(
        (0..=*captured).contains(&(refunded + disputed)),
        "{entry:?}"
    );
    assert!(entry.charges_paid <= 1, "{entry:?}");
    assert_eq!(*held > 0, entry.status == "requires_capture", "{entry:?}");
    assert_eq!(*captured > 0, entry.status == "succeeded", "{entry:?}");
    let settled: i64 = entry
        .refunds
        .iter()
        .filter(|refund| refund.status != "failed")
        .map(|refund| refund.amount)
        .sum();
    assert_eq!(settled, *refunded, "{entry:?}");
}

/// Refunds settle and holders complain while the steps go on.
fn config(folder: &Folder) -> Config {
    Config {
        refund_settle: Duration::from_millis(3),
        dispute_after: Duration::from_millis(5),
        ..Config::new(folder.path())
    }
}

#[test]
fn captured_never_exceeds_the_amount_nor_refunded_what_was_captured() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = Settings {
        cases: 24,
        failure_persistence: None,
        ..Settings::default()
    };
    let steps = prop::collection::vec(step(), 1..24);
    TestRunner::new(settings)
        .run(&steps, |steps| {
            runtime.block_on(async {
                let folder = Folder::new();
                let running = paysim::start(config(&folder)).await.unwrap();
                let api = Api::new(&running.base_url);
                let mut intents = Vec::new();
                for step in &steps {
                    take(&api, &mut intents, step).await;
                    running.ledger().intents.iter().for_each(check);
                }
                // The sums are the same after a crash.
                let taken = |ledger: &Ledger| {
                    let totals = ledger.totals.get("eur");
                    totals.map(|total| (total.held, total.captured))
                };
                let before = taken(&running.ledger());
                drop(running);
                let running = paysim::start(config(&folder)).await.unwrap();
                assert_eq!(taken(&running.ledger()), before);
            });
            Ok(())
        })
        .unwrap();
}
