//! What happens at the provider without us: its state wins.

use checkout::jobs::{reconcile, work_inbox, work_operations};
use serde_json::{Value, json};

use crate::operations::{bought, refund};
use crate::shop::Shop;

async fn payment_state(shop: &Shop) -> String {
    shop.text("select payment_state from orders.sales_order")
        .await
}

/// Everything that the provider reports, applied.
async fn hear(shop: &Shop) {
    shop.deliver_reports().await;
    for _ in 0..3 {
        shop.advance(5);
        work_inbox(&shop.state).await.unwrap();
    }
}

/// Waits for what the provider does by itself.
async fn until(done: impl Fn() -> bool) {
    for _ in 0..200 {
        if done() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it does not happen");
}

fn intent(shop: &Shop) -> String {
    shop.paysim.ledger().intents[0].id.clone()
}

#[tokio::test]
async fn a_refund_made_at_the_provider_is_taken_over_once() {
    let shop = Shop::open().await;
    let (order_id, total) = bought(&shop, "pm_card_visa").await;
    let form = [
        ("payment_intent", intent(&shop)),
        ("amount", "300".to_owned()),
    ];
    shop.ask_provider("refunds", &form).await;
    hear(&shop).await;
    hear(&shop).await;
    assert_eq!(payment_state(&shop).await, "partially_refunded");
    let told = "select count(*) from orders.timeline where kind = 'payment.refunded'";
    assert_eq!(shop.count(told).await, 1);
    shop.verify().await;
    refund(&shop, order_id, total).await.unwrap_err();
    refund(&shop, order_id, total - 300).await.unwrap();
    shop.advance(5);
    work_operations(&shop.state).await.unwrap();
    hear(&shop).await;
    assert_eq!(payment_state(&shop).await, "refunded");
    assert_eq!(shop.paysim.ledger().totals["usd"].net, 0);
    shop.verify().await;
}

#[tokio::test]
async fn a_capture_made_at_the_provider_is_taken_over() {
    let shop = Shop::open_manual().await;
    bought(&shop, "pm_card_visa").await;
    shop.ask_provider(&format!("payment_intents/{}/capture", intent(&shop)), &[])
        .await;
    hear(&shop).await;
    assert_eq!(payment_state(&shop).await, "captured");
    shop.verify().await;
}

#[tokio::test]
async fn an_authorisation_that_ends_by_itself_is_noticed() {
    let shop = Shop::open_manual().await;
    bought(&shop, "pm_card_visa").await;
    shop.ask_provider(&format!("payment_intents/{}/cancel", intent(&shop)), &[])
        .await;
    hear(&shop).await;
    assert_eq!(payment_state(&shop).await, "voided");
    shop.verify().await;
}

#[tokio::test]
async fn an_authorisation_that_ends_without_a_report_is_noticed_within_a_day() {
    let shop = Shop::open_manual().await;
    bought(&shop, "pm_card_visa").await;
    shop.advance(13 * 3600);
    assert_eq!(reconcile(&shop.state).await.unwrap(), 1);
    assert_eq!(payment_state(&shop).await, "authorized");
    let path = format!("payment_intents/{}/cancel", intent(&shop));
    shop.ask_provider(&path, &[]).await;
    shop.advance(13 * 3600);
    assert_eq!(reconcile(&shop.state).await.unwrap(), 1);
    assert_eq!(payment_state(&shop).await, "voided");
    shop.advance(13 * 3600);
    assert_eq!(reconcile(&shop.state).await.unwrap(), 0);
    shop.verify().await;
}

#[tokio::test]
async fn a_capture_of_a_cancelled_order_goes_back() {
    let shop = Shop::open_manual().await;
    let (order_id, total) = bought(&shop, "pm_card_visa").await;
    let mut conn = shop.orders.acquire().await.unwrap();
    let id = kernel::OperationId::generate();
    contract_checkout::request_void(&mut conn, id, order_id, None)
        .await
        .unwrap();
    sqlx::raw_sql(
        "select orders.change_state_v1(order_id, 'cancelled', 'order.cancelled', null, 'staff', null),
                catalog.release_allocation_v1(order_id, gen_random_uuid(), null, null, 'staff') from orders.sales_order",
    )
        .execute(&shop.admin)
        .await
        .unwrap();
    shop.ask_provider(&format!("payment_intents/{}/capture", intent(&shop)), &[])
        .await;
    for _ in 0..3 {
        shop.advance(5);
        work_operations(&shop.state).await.unwrap();
    }
    let ledger = shop.paysim.ledger();
    assert_eq!(
        (ledger.intents[0].captured, ledger.intents[0].refunded),
        (total, total)
    );
    assert_eq!(payment_state(&shop).await, "refunded");
    shop.verify().await;
}

#[tokio::test]
async fn a_dispute_marks_the_order_until_it_is_won() {
    let shop = Shop::open().await;
    bought(&shop, "pm_card_createDispute").await;
    until(|| shop.paysim.ledger().intents[0].disputed > 0).await;
    hear(&shop).await;
    assert_eq!(payment_state(&shop).await, "disputed");
    let id = shop.text("select provider_ref from checkout.dispute").await;
    shop.verify().await;
    let won = [
        (
            "evidence[uncategorized_text]",
            "winning_evidence".to_owned(),
        ),
        ("submit", "true".to_owned()),
    ];
    shop.ask_provider(&format!("disputes/{id}"), &won).await;
    until(|| shop.paysim.ledger().intents[0].disputed == 0).await;
    hear(&shop).await;
    assert_eq!(payment_state(&shop).await, "captured");
    let told = "select count(*) from orders.timeline where kind = 'payment.dispute_closed'";
    assert_eq!(shop.count(told).await, 1);
    shop.verify().await;
}

#[tokio::test]
async fn a_refund_that_comes_back_is_undone() {
    let shop = Shop::open().await;
    let (order_id, total) = bought(&shop, "pm_card_refundFail").await;
    refund(&shop, order_id, total).await.unwrap();
    shop.advance(5);
    work_operations(&shop.state).await.unwrap();
    assert_eq!(payment_state(&shop).await, "refunded");
    until(|| shop.paysim.ledger().intents[0].refunds[0].status == "failed").await;
    for _ in 0..2 {
        hear(&shop).await;
        let state = shop.text("select state from orders.refund").await;
        assert_eq!(state, "reversed");
        assert_eq!(payment_state(&shop).await, "captured");
        shop.verify_money().await;
    }
}

#[tokio::test]
async fn reports_of_the_future_wait_for_the_purchase() {
    let shop = Shop::open().await;
    let event: Value = json!({"id": "evt_1", "type": "charge.refunded",
        "data": {"object": {"id": "ch_1", "payment_intent": "pi_unknown"}}});
    shop.report(&event).await;
    work_inbox(&shop.state).await.unwrap();
    let open = "select count(*) from checkout.provider_inbox where processed_at is null";
    assert_eq!(shop.count(open).await, 1);
}
