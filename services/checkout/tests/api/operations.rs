//! Money after the purchase: captures, ends of authorisations, refunds.

use checkout::jobs::work_operations;
use contract_checkout::{
    RefundDestination, RefundError, request_capture, request_refund, request_void, retry_refund,
};
use kernel::{OperationId, OrderId, RefundId};

use crate::buyer::Buyer;
use crate::relay::Fault;
use crate::shop::{MANUAL, SOON, Shop};

/// A bought order of 20.00, and what it cost in all.
pub(crate) async fn bought(shop: &Shop, method: &str) -> (OrderId, i64) {
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::ready(shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let paid = buyer.pay(shop, "k", method).await.expect(201).json;
    let id = paid["order"]["id"].as_str().unwrap().parse().unwrap();
    (id, paid["order"]["total"]["amount"].as_i64().unwrap())
}

/// Asks for a refund as the orders service does; answers whether it was accepted.
pub(crate) async fn refund(
    shop: &Shop,
    order_id: OrderId,
    minor: i64,
) -> Result<RefundId, RefundError> {
    let refund_id = RefundId::generate();
    let mut tx = shop.orders.begin().await?;
    sqlx::query("select from orders.sales_order where order_id = $1 for update")
        .bind(order_id.uuid())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "insert into orders.refund (refund_id, order_id, seq, state, cause, amount_minor, reason)
         select $1, $2, coalesce(max(seq), 0) + 1, 'requested', 'staff', $3, 'test' from orders.refund where order_id = $2",
    )
    .bind(refund_id.uuid())
    .bind(order_id.uuid())
    .bind(minor)
    .execute(&mut *tx)
    .await?;
    let to = RefundDestination::Original;
    request_refund(&mut tx, refund_id, order_id, minor, to, None).await?;
    tx.commit().await?;
    Ok(refund_id)
}

async fn capture(shop: &Shop, order_id: OrderId, minor: Option<i64>) {
    let mut conn = shop.orders.acquire().await.unwrap();
    request_capture(&mut conn, OperationId::generate(), order_id, minor, None)
        .await
        .unwrap();
}

/// Lets the job run at its time.
async fn work(shop: &Shop) -> usize {
    shop.advance(2);
    work_operations(&shop.state).await.unwrap()
}

async fn payment_state(shop: &Shop) -> String {
    shop.text("select payment_state from orders.sales_order")
        .await
}

async fn refund_state(shop: &Shop, refund_id: RefundId) -> String {
    sqlx::query_scalar("select state from orders.refund where refund_id = $1")
        .bind(refund_id.uuid())
        .fetch_one(&shop.admin)
        .await
        .unwrap()
}

#[tokio::test]
async fn held_money_is_taken_when_asked_for() {
    let shop = Shop::open_manual().await;
    let (order_id, total) = bought(&shop, "pm_card_visa").await;
    assert_eq!(payment_state(&shop).await, "authorized");
    assert_eq!(shop.paysim.ledger().intents[0].captured, 0);
    assert!(matches!(
        refund(&shop, order_id, 1).await,
        Err(RefundError::MoreThanLeft { left: 0 })
    ));
    shop.verify().await;
    assert_eq!(work(&shop).await, 0, "nothing was asked for");

    capture(&shop, order_id, None).await;
    assert_eq!(work(&shop).await, 1);
    assert_eq!(work(&shop).await, 0);
    assert_eq!(payment_state(&shop).await, "captured");
    assert_eq!(shop.paysim.ledger().intents[0].captured, total);
    let told = "select count(*) from orders.timeline where kind = 'payment.captured'";
    assert_eq!(shop.count(told).await, 1);
    shop.verify().await;
}

#[tokio::test]
async fn a_part_of_held_money_is_taken_and_the_rest_let_go() {
    let shop = Shop::open_manual().await;
    let (order_id, total) = bought(&shop, "pm_card_visa").await;
    sqlx::query("update orders.sales_order set cancelled_minor = 500")
        .execute(&shop.admin)
        .await
        .unwrap();
    capture(&shop, order_id, Some(total - 500)).await;
    assert_eq!(work(&shop).await, 1);
    assert_eq!(payment_state(&shop).await, "captured");
    assert_eq!(shop.paysim.ledger().intents[0].captured, total - 500);
    assert!(matches!(
        refund(&shop, order_id, total).await,
        Err(RefundError::MoreThanLeft { left }) if left == total - 500
    ));
    shop.verify().await;
}

#[tokio::test]
async fn held_money_is_let_go_when_asked_for() {
    let shop = Shop::open_manual().await;
    let (order_id, _) = bought(&shop, "pm_card_visa").await;
    let mut conn = shop.orders.acquire().await.unwrap();
    let id = OperationId::generate();
    assert!(request_void(&mut conn, id, order_id, None).await.unwrap());
    drop(conn);
    assert_eq!(work(&shop).await, 1);
    assert_eq!(payment_state(&shop).await, "voided");
    assert_eq!(shop.paysim.ledger().totals["usd"].net, 0);
    shop.verify().await;
}

#[tokio::test]
async fn a_capture_whose_answer_is_lost_is_one_capture() {
    for fault in [
        Fault::LostAnswer,
        Fault::LostRequest,
        Fault::Failure,
        Fault::FailureAfter,
        Fault::TurnedAway,
    ] {
        let shop = Shop::open_with(&[MANUAL, SOON]).await;
        let (order_id, total) = bought(&shop, "pm_card_visa").await;
        capture(&shop, order_id, None).await;
        shop.relay.set(fault);
        assert_eq!(work(&shop).await, 1);
        assert_eq!(payment_state(&shop).await, "authorized", "nobody knows");
        shop.relay.set(Fault::None);
        shop.advance(30);
        assert_eq!(work(&shop).await, 1);
        assert_eq!(payment_state(&shop).await, "captured");
        assert_eq!(shop.paysim.ledger().intents[0].captured, total);
        shop.verify().await;
    }
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_one_refund() {
    for fault in [Fault::LostAnswer, Fault::LostRequest, Fault::FailureAfter] {
        let shop = Shop::impatient().await;
        let (order_id, total) = bought(&shop, "pm_card_visa").await;
        let refund_id = refund(&shop, order_id, 700).await.unwrap();
        shop.relay.set(fault);
        assert_eq!(work(&shop).await, 1);
        assert_eq!(refund_state(&shop, refund_id).await, "requested");
        shop.relay.set(Fault::None);
        shop.advance(30);
        assert_eq!(work(&shop).await, 1);
        assert_eq!(refund_state(&shop, refund_id).await, "succeeded");
        assert_eq!(payment_state(&shop).await, "partially_refunded");
        let ledger = shop.paysim.ledger();
        assert_eq!(
            (ledger.intents[0].refunded, ledger.intents[0].refunds.len()),
            (700, 1)
        );
        shop.verify().await;

        let rest = refund(&shop, order_id, total - 700).await.unwrap();
        assert_eq!(work(&shop).await, 1);
        assert_eq!(refund_state(&shop, rest).await, "succeeded");
        assert_eq!(payment_state(&shop).await, "refunded");
        assert_eq!(shop.paysim.ledger().totals["usd"].net, 0);
        shop.verify().await;
    }
}

#[tokio::test]
async fn a_refund_that_the_provider_forgot_the_key_of_is_found_again() {
    let shop = Shop::impatient().await;
    let (order_id, _) = bought(&shop, "pm_card_visa").await;
    let refund_id = refund(&shop, order_id, 700).await.unwrap();
    shop.relay.set(Fault::LostAnswer);
    assert_eq!(work(&shop).await, 1);
    shop.relay.set(Fault::None);
    shop.advance(2 * 24 * 3600);
    assert_eq!(work(&shop).await, 1);
    assert_eq!(refund_state(&shop, refund_id).await, "succeeded");
    assert_eq!(shop.paysim.ledger().intents[0].refunds.len(), 1);
    shop.verify().await;
}

#[tokio::test]
async fn many_workers_move_money_once() {
    let shop = Shop::open().await;
    let (order_id, total) = bought(&shop, "pm_card_visa").await;
    let refused = futures::future::join_all((0..20).map(|_| refund(&shop, order_id, total))).await;
    assert_eq!(refused.iter().filter(|one| one.is_ok()).count(), 1);
    shop.advance(2);
    let worked = futures::future::join_all((0..8).map(|_| work_operations(&shop.state))).await;
    let sum: usize = worked.into_iter().map(Result::unwrap).sum();
    assert_eq!(sum, 1);
    assert_eq!(shop.paysim.ledger().intents[0].refunds.len(), 1);
    shop.verify().await;
}

#[tokio::test]
async fn a_refund_that_fails_can_be_tried_again() {
    let shop = Shop::open().await;
    let (order_id, total) = bought(&shop, "pm_card_visa").await;
    // The bank has taken the money back already: the provider refuses the refund.
    let intent = shop.paysim.ledger().intents[0].id.clone();
    let form = [("payment_intent", intent), ("amount", "300".to_owned())];
    shop.ask_provider("refunds", &form).await;
    let refund_id = refund(&shop, order_id, total).await.unwrap();
    assert_eq!(work(&shop).await, 1);
    assert_eq!(refund_state(&shop, refund_id).await, "failed");
    assert_eq!(payment_state(&shop).await, "captured");
    let pending = "select sum(refund_pending_minor)::bigint from checkout.payment_attempt";
    assert_eq!(shop.count(pending).await, 0);
    let failed = "select count(*) from orders.timeline where kind = 'refund.failed'";
    assert_eq!(shop.count(failed).await, 1);

    let mut conn = shop.orders.acquire().await.unwrap();
    assert!(retry_refund(&mut conn, refund_id).await.unwrap());
    drop(conn);
    assert_eq!(work(&shop).await, 1);
    assert_eq!(refund_state(&shop, refund_id).await, "failed");
    let states =
        "select string_agg(state, ' ' order by created_at) from checkout.payment_operation";
    assert_eq!(shop.text(states).await, "superseded failed");
}
