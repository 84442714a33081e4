//! Money back.

use std::time::Duration;

use futures::future::join_all;
use paysim::Config;

use crate::support::{Api, Folder, eventually, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_parallel_refunds_never_exceed_what_was_captured() {
    let (_folder, running, api) = start().await;
    let intent = api.pay("pm_card_visa").await.ok();
    let id = intent["id"].as_str().unwrap();
    let form = [("payment_intent", id), ("amount", "300")];
    let answers = join_all((0..20).map(|_| api.post("/v1/refunds", &form))).await;
    let good = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(good, 6, "2000 holds 300 six times");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.error(400)["param"], "amount");
    }
    let ledger = running.ledger();
    assert_eq!(ledger.intent(id).unwrap().refunded, 1800);
    // The rest, then nothing more.
    let rest = api.post("/v1/refunds", &form[..1]).await.ok();
    assert_eq!(rest["amount"], 200);
    let none = api.post("/v1/refunds", &form[..1]).await;
    assert_eq!(none.error(400)["code"], "charge_already_refunded");
    let charge = format!("/v1/charges/{}", intent["latest_charge"].as_str().unwrap());
    let charge = api.get(&charge).await.ok();
    assert_eq!(
        (&charge["refunded"], &charge["amount_refunded"]),
        (&true.into(), &2000.into())
    );
    assert_eq!(running.ledger().totals["usd"].net, 0);
}

#[tokio::test]
async fn only_captured_money_can_be_refunded() {
    let (_folder, _running, api) = start().await;
    let declined = api.pay("pm_card_visa_chargeDeclined").await;
    let id = declined.error(402)["payment_intent"]["id"]
        .as_str()
        .unwrap();
    api.post("/v1/refunds", &[("payment_intent", id)])
        .await
        .error(400);
    api.post("/v1/refunds", &[("payment_intent", "pi_none")])
        .await
        .error(400);
    api.post("/v1/refunds", &[("charge", "ch_none")])
        .await
        .error(400);
    api.post("/v1/refunds", &[]).await.error(400);
    let paid = api.pay("pm_card_visa").await.ok();
    let id = paid["id"].as_str().unwrap();
    for amount in ["0", "-1", "2001"] {
        api.post("/v1/refunds", &[("payment_intent", id), ("amount", amount)])
            .await
            .error(400);
    }
}

#[tokio::test]
async fn slow_refunds_settle_later() {
    let folder = Folder::new();
    let config = Config {
        refund_settle: Duration::from_millis(30),
        ..Config::new(folder.path())
    };
    let running = paysim::start(config).await.unwrap();
    let api = Api::new(&running.base_url);
    for (card, first, last, refunded) in [
        ("pm_card_pendingRefund", "pending", "succeeded", 2000),
        ("pm_card_refundFail", "succeeded", "failed", 0),
    ] {
        let intent = api.pay(card).await.ok();
        let form = [("payment_intent", intent["id"].as_str().unwrap())];
        let refund = api.post("/v1/refunds", &form).await.ok();
        assert_eq!(refund["status"], first);
        let path = format!("/v1/refunds/{}", refund["id"].as_str().unwrap());
        let settled = eventually(async || {
            let refund = api.get(&path).await.ok();
            (refund["status"] == last).then_some(refund)
        })
        .await;
        assert_eq!(settled["failure_reason"].is_string(), last == "failed");
        let ledger = running.ledger();
        assert_eq!(
            ledger
                .intent(intent["id"].as_str().unwrap())
                .unwrap()
                .refunded,
            refunded
        );
    }
    let types = api.event_types().await;
    assert!(types.contains(&"refund.updated".to_owned()));
    assert!(types.contains(&"refund.failed".to_owned()));
}
