//! Lost answers, dead processes and late money.

use checkout::jobs::{reconcile, work_operations};
use checkout::ops::complete::{Prepared, Request, prepare};
use checkout::ops::pay::pay;
use checkout::routes::completions::CompleteRequest;
use checkout::store::attempts::Attempt;
use checkout::store::checkouts::Principal;
use common::idempotency::request_hash;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::buyer::Buyer;
use crate::relay::Fault;
use crate::shop::Shop;

async fn ready(shop: &Shop) -> Buyer {
    let radio = shop.product("Radio", 2_000, 5).await;
    Buyer::ready(shop, shop.guest_cart(&[(radio, 1)]).await).await
}

/// The request as the route hands it on.
fn request(buyer: &Buyer, key: &str, body: &Value) -> Request {
    let hash: [u8; 32] = Sha256::digest(buyer.cart.header.1.as_bytes()).into();
    let parsed: CompleteRequest = serde_json::from_value(body.clone()).unwrap();
    let canonical = serde_json::to_vec(&parsed).unwrap();
    Request {
        checkout_id: buyer.checkout["id"].as_str().unwrap().parse().unwrap(),
        principal: Principal {
            customer_id: None,
            token_hash: Some(hash),
        },
        key: key.to_owned(),
        hash: request_hash(&[&canonical]),
        expected_total: serde_json::from_value(body["expected_total"].clone()).unwrap(),
        version: body["version"].as_i64().unwrap(),
        expected_charge: serde_json::from_value(body["expected_total"].clone()).unwrap(),
        pay_with: parsed.pay_with(),
        save_card: false,
        client: None,
        card_fingerprint: None,
    }
}

/// A process that dies after PREPARE.
async fn prepare_and_die(shop: &Shop, buyer: &Buyer, key: &str, method: &str) -> Attempt {
    match prepare(&shop.state, &request(buyer, key, &buyer.agreement(method)))
        .await
        .unwrap()
    {
        Prepared::Pay {
            attempt,
            fresh: true,
        } => *attempt,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_lost_answer_is_unknown_until_the_provider_tells() {
    for fault in [Fault::LostAnswer, Fault::FailureAfter] {
        let shop = Shop::impatient().await;
        let mut buyer = ready(&shop).await;
        shop.relay.set(fault);
        let answer = buyer.pay(&shop, "k", "pm_card_visa").await.expect(202);
        assert_eq!(answer.json["status"], "processing");
        assert_eq!(answer.json["order"]["number"], json!(null));
        assert!(answer.header("retry-after").is_some());
        assert_eq!(buyer.refresh(&shop).await["state"], "completing");
        let other = buyer.pay(&shop, "other", "pm_card_visa").await;
        other.problem(409, "completion_in_progress");
        let call = buyer
            .call(shop.app.patch(buyer.path()))
            .json(json!({"email": "b@example.com"}));
        call.send().await.problem(409, "completion_in_progress");
        assert_eq!(reconcile(&shop.state).await.unwrap(), 0, "not its turn yet");
        shop.advance(16);
        assert_eq!(reconcile(&shop.state).await.unwrap(), 1);
        assert_eq!(
            shop.text("select state from checkout.payment_attempt")
                .await,
            "unknown"
        );

        shop.relay.set(Fault::None);
        shop.advance(46);
        assert_eq!(reconcile(&shop.state).await.unwrap(), 1);
        assert_eq!(buyer.refresh(&shop).await["state"], "completed");
        assert_eq!(
            shop.paysim.ledger().intents.len(),
            1,
            "never a second payment"
        );
        shop.verify().await;
    }
}

#[tokio::test]
async fn the_same_key_resumes_and_then_replays() {
    let shop = Shop::impatient().await;
    let buyer = ready(&shop).await;
    let body = buyer.agreement("pm_card_visa");
    shop.relay.set(Fault::LostAnswer);
    buyer.complete(&shop, "k", body.clone()).await.expect(202);
    shop.relay.set(Fault::None);
    shop.advance(1);
    let placed = buyer.complete(&shop, "k", body.clone()).await.expect(201);
    assert_eq!(placed.header("idempotent-replayed"), None);
    let again = buyer.complete(&shop, "k", body).await.expect(201);
    assert_eq!(
        (again.header("idempotent-replayed"), &again.json),
        (Some("true"), &placed.json)
    );
    assert_eq!(shop.paysim.ledger().intents.len(), 1);
    shop.verify().await;
}

#[tokio::test]
async fn a_lost_request_is_sent_again_under_the_same_key() {
    let shop = Shop::impatient().await;
    let mut buyer = ready(&shop).await;
    for (fault, declined) in [(Fault::LostRequest, true), (Fault::Failure, false)] {
        shop.relay.set(fault);
        let method = if declined {
            "pm_card_chargeDeclined"
        } else {
            "pm_card_visa"
        };
        buyer.pay(&shop, method, method).await.expect(202);
        shop.relay.set(Fault::None);
        shop.advance(16);
        assert_eq!(reconcile(&shop.state).await.unwrap(), 1);
        let state = if declined { "open" } else { "completed" };
        assert_eq!(buyer.refresh(&shop).await["state"], state);
        shop.verify().await;
    }
    let stored = shop
        .text("select status::text from checkout.idempotency_key where key like '%Declined'")
        .await;
    assert_eq!(stored, "402");
}

#[tokio::test]
async fn a_provider_that_is_away_costs_nothing() {
    let shop = Shop::open().await;
    let mut buyer = ready(&shop).await;
    shop.relay.set(Fault::TurnedAway);
    let body = buyer.agreement("pm_card_visa");
    let problem = buyer.complete(&shop, "k", body).await;
    assert!(problem.header("retry-after").is_some());
    problem.problem(503, "unavailable");
    assert_eq!(buyer.refresh(&shop).await["state"], "open");
    assert_eq!(
        shop.count("select count(*) from checkout.idempotency_key")
            .await,
        0
    );
    shop.verify().await;
    shop.relay.set(Fault::None);
    buyer.pay(&shop, "k", "pm_card_visa").await.expect(201);
    shop.verify().await;
}

#[tokio::test]
async fn a_death_after_prepare_is_resumed_by_the_job() {
    let shop = Shop::open().await;
    let mut buyer = ready(&shop).await;
    prepare_and_die(&shop, &buyer, "k", "pm_card_visa").await;
    shop.verify().await;
    shop.advance(29);
    assert_eq!(
        reconcile(&shop.state).await.unwrap(),
        0,
        "its request may live"
    );
    shop.advance(2);
    assert_eq!(reconcile(&shop.state).await.unwrap(), 1);
    assert_eq!(buyer.refresh(&shop).await["state"], "completed");
    shop.verify().await;
}

#[tokio::test]
async fn a_death_after_the_payment_is_resumed_by_the_same_key() {
    let shop = Shop::open().await;
    let buyer = ready(&shop).await;
    let attempt = prepare_and_die(&shop, &buyer, "k", "pm_card_visa").await;
    shop.state
        .provider
        .create(&checkout::provider::NewPayment::from(&attempt))
        .await;
    assert_eq!(shop.paysim.ledger().intents.len(), 1);
    let body = buyer.agreement("pm_card_visa");
    buyer
        .complete(&shop, "k", body.clone())
        .await
        .problem(409, "completion_in_progress");
    shop.advance(31);
    buyer.complete(&shop, "k", body).await.expect(201);
    assert_eq!(shop.paysim.ledger().intents.len(), 1);
    shop.verify().await;
}

#[tokio::test]
async fn everybody_may_finalize_at_once() {
    let shop = Shop::open().await;
    let buyer = ready(&shop).await;
    let attempt = prepare_and_die(&shop, &buyer, "k", "pm_card_visa").await;
    let all = futures::future::join_all((0..12).map(|n| pay(&shop.state, &attempt, n == 0))).await;
    let words: Vec<&str> = all
        .iter()
        .map(|settled| settled.as_ref().unwrap().as_str())
        .collect();
    // Whoever met the provider still at work waits; the others agree.
    assert!(words.contains(&"placed"), "{words:?}");
    assert!(
        words
            .iter()
            .all(|word| ["placed", "processing"].contains(word)),
        "{words:?}"
    );
    let placed = "select count(*) from checkout.saga_step where step = 'placed'";
    assert_eq!(shop.count(placed).await, 1);
    assert_eq!(shop.paysim.ledger().intents.len(), 1);
    shop.verify().await;
}

#[tokio::test]
async fn a_lost_hold_is_taken_again() {
    let shop = Shop::open().await;
    let buyer = ready(&shop).await;
    let attempt = prepare_and_die(&shop, &buyer, "k", "pm_card_visa").await;
    release(&shop, &attempt).await;
    assert_eq!(
        pay(&shop.state, &attempt, true).await.unwrap().as_str(),
        "placed"
    );
    shop.verify().await;
}

#[tokio::test]
async fn late_money_goes_back() {
    let shop = Shop::impatient().await;
    let mut buyer = ready(&shop).await;
    let attempt = prepare_and_die(&shop, &buyer, "k", "pm_card_visa").await;
    release(&shop, &attempt).await;
    sqlx::raw_sql("select catalog.adjust_stock_v1(variant_id, location_id, slot, 'adjust', -on_hand, 'lost', 'test') from catalog.stock_level")
        .execute(&shop.admin)
        .await
        .unwrap();
    for fresh in [true, false] {
        let settled = pay(&shop.state, &attempt, fresh).await.unwrap();
        assert_eq!(settled.as_str(), "returned");
    }
    // The first time the answer to the refund is lost.
    shop.relay.set(Fault::LostAnswer);
    assert_eq!(work_operations(&shop.state).await.unwrap(), 1);
    assert_eq!(
        shop.text("select state from checkout.payment_operation")
            .await,
        "submitted"
    );
    shop.relay.set(Fault::None);
    shop.advance(60);
    assert_eq!(work_operations(&shop.state).await.unwrap(), 1);
    assert_eq!(work_operations(&shop.state).await.unwrap(), 0);
    let ledger = shop.paysim.ledger();
    assert_eq!(ledger.intents[0].captured, ledger.intents[0].refunded);
    assert_eq!(ledger.intents[0].refunds.len(), 1);
    assert_eq!(buyer.refresh(&shop).await["state"], "open");
    assert_eq!(
        shop.text("select state || ' ' || payment_state from orders.sales_order")
            .await,
        "cancelled refunded"
    );
    shop.verify().await;
    let body =
        json!({"expected_total": attempt.amount, "version": 3, "payment_method": "pm_card_visa"});
    let replay = buyer.complete(&shop, "k", body).await;
    assert_eq!(replay.header("idempotent-replayed"), Some("true"));
    replay.problem(409, "payment_returned");
}

#[tokio::test]
async fn money_for_a_cancelled_order_goes_back_even_if_the_refund_was_interrupted() {
    let shop = Shop::open().await;
    let buyer = ready(&shop).await;
    let attempt = prepare_and_die(&shop, &buyer, "k", "pm_card_visa").await;
    shop.state
        .provider
        .create(&checkout::provider::NewPayment::from(&attempt))
        .await;
    release(&shop, &attempt).await;
    sqlx::raw_sql(
        "select orders.cancel_pending_order_v1(order_id, 'test') from orders.sales_order",
    )
    .execute(&shop.admin)
    .await
    .unwrap();
    shop.advance(31);
    shop.relay.set(Fault::None);
    // The payment is seen, and then the provider is away while the money should go back.
    let seen = shop
        .state
        .provider
        .create(&checkout::provider::NewPayment::from(&attempt))
        .await;
    shop.relay.set(Fault::Failure);
    let settled = checkout::ops::finalize::finalize(&shop.state, &attempt, seen, false)
        .await
        .unwrap();
    assert_eq!(settled.as_str(), "returned");
    assert_eq!(work_operations(&shop.state).await.unwrap(), 1);
    shop.db.verify().await;
    shop.relay.set(Fault::None);
    shop.advance(3600);
    assert_eq!(reconcile(&shop.state).await.unwrap(), 0, "it is decided");
    assert_eq!(work_operations(&shop.state).await.unwrap(), 1);
    assert_eq!(shop.paysim.ledger().totals["usd"].net, 0);
    shop.verify().await;
}

#[tokio::test]
async fn a_confirmation_that_never_comes_is_cancelled_at_the_provider_first() {
    let shop = Shop::open().await;
    let mut buyer = ready(&shop).await;
    shop.relay.set(Fault::NeedsConfirmation);
    let answer = buyer.pay(&shop, "k", "pm_card_visa").await.expect(202).json;
    assert_eq!(answer["status"], "requires_action");
    assert_eq!(answer["client_secret"], "pi_1_secret_2");
    shop.advance(60);
    assert_eq!(reconcile(&shop.state).await.unwrap(), 1);
    assert_eq!(buyer.refresh(&shop).await["state"], "completing");
    assert_eq!(
        shop.text("select state from checkout.payment_attempt")
            .await,
        "requires_action"
    );
    shop.verify().await;
    shop.advance(1800);
    assert_eq!(reconcile(&shop.state).await.unwrap(), 1);
    assert_eq!(buyer.refresh(&shop).await["state"], "open");
    assert_eq!(
        shop.text("select decline_code from checkout.payment_attempt")
            .await,
        "canceled"
    );
    shop.verify().await;
}

/// As if the hold had been lost.
async fn release(shop: &Shop, attempt: &Attempt) {
    sqlx::query("select catalog.release_stock_v1($1)")
        .bind(attempt.checkout_id.uuid())
        .execute(&shop.admin)
        .await
        .unwrap();
}
