//! Banks that want the shopper's confirmation.

use checkout::jobs::{reconcile, work_inbox};
use serde_json::{Value, json};

use crate::buyer::Buyer;
use crate::relay::Fault;
use crate::shop::Shop;

const ASKS: &str = "pm_card_authenticationRequired";

/// A buyer whose bank asks.
async fn asked(shop: &Shop) -> (Buyer, Value, String) {
    let radio = shop.product("Radio", 2_000, 5).await;
    let buyer = Buyer::ready(shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let answer = buyer.pay(shop, "k", ASKS).await.expect(202).json;
    assert_eq!(answer["status"], "requires_action");
    let secret = answer["client_secret"].as_str().unwrap();
    let intent = secret.split("_secret").next().unwrap().to_owned();
    (buyer, answer, intent)
}

#[tokio::test]
async fn a_failed_confirmation_opens_the_checkout_again() {
    let shop = Shop::open().await;
    let (mut buyer, _, intent) = asked(&shop).await;
    shop.paysim.authenticate(&intent, false).await.ok();
    shop.advance(1);
    let problem = buyer
        .pay(&shop, "k", ASKS)
        .await
        .problem(402, "payment_declined");
    assert_eq!(problem["decline_code"], "authentication_required");
    // Nobody can try the same payment again with another card.
    assert_eq!(shop.paysim.ledger().intents[0].status, "canceled");
    assert_eq!(buyer.refresh(&shop).await["state"], "open");
    shop.verify().await;
    buyer.pay(&shop, "k2", "pm_card_visa").await.expect(201);
    shop.verify().await;
}

#[tokio::test]
async fn a_confirmation_places_the_order_whoever_hears_of_it() {
    for by_report in [false, true] {
        for manual in [false, true] {
            let shop = if manual {
                Shop::open_manual().await
            } else {
                Shop::open().await
            };
            let (mut buyer, first, intent) = asked(&shop).await;
            let again = {
                shop.advance(1);
                buyer.pay(&shop, "k", ASKS).await.expect(202).json
            };
            assert_eq!(again["client_secret"], first["client_secret"]);
            shop.paysim.authenticate(&intent, true).await.unwrap();
            shop.advance(1);
            if by_report {
                shop.deliver_reports().await;
                work_inbox(&shop.state).await.unwrap();
            } else {
                buyer.pay(&shop, "k", ASKS).await.expect(201);
            }
            assert_eq!(buyer.refresh(&shop).await["state"], "completed");
            let state = shop
                .text("select payment_state from orders.sales_order")
                .await;
            assert_eq!(state, if manual { "authorized" } else { "captured" });
            assert_eq!(shop.paysim.ledger().intents.len(), 1);
            shop.verify().await;
        }
    }
}

#[tokio::test]
async fn who_cannot_confirm_may_pay_in_another_way_at_once() {
    let shop = Shop::open().await;
    let (mut buyer, _, intent) = asked(&shop).await;
    let path = format!("{}/abandon", buyer.path());
    shop.app
        .post(path.clone())
        .send()
        .await
        .problem(401, "token_missing");
    let stranger = shop.guest_cart(&[]).await;
    let call = shop
        .app
        .post(path.clone())
        .header(stranger.header.0, &stranger.header.1);
    call.send().await.problem(404, "not_found");
    // While nobody knows, nothing is given up.
    shop.relay.set(Fault::Failure);
    let unknown = buyer.call(shop.app.post(path.clone())).send().await;
    assert!(unknown.header("retry-after").is_some());
    unknown.problem(409, "completion_in_progress");
    shop.relay.set(Fault::None);

    let open = buyer
        .call(shop.app.post(path.clone()))
        .send()
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&open["state"], &open["order_id"]),
        (&json!("open"), &json!(null))
    );
    assert_eq!(shop.paysim.ledger().intents[0].status, "canceled");
    shop.paysim.authenticate(&intent, true).await.unwrap_err();
    buyer
        .call(shop.app.post(path.clone()))
        .send()
        .await
        .expect(200);
    shop.verify().await;
    buyer.refresh(&shop).await;
    let paid = buyer
        .pay(&shop, "k2", "pm_card_visa")
        .await
        .expect(201)
        .json;
    let late = buyer.call(shop.app.post(path)).send().await;
    assert_eq!(
        late.problem(409, "checkout_completed")["order_id"],
        paid["order"]["id"]
    );
    shop.verify().await;
}

#[tokio::test]
async fn a_confirmation_that_came_first_counts() {
    let shop = Shop::open().await;
    let (mut buyer, _, intent) = asked(&shop).await;
    shop.paysim.authenticate(&intent, true).await.unwrap();
    let call = buyer.call(shop.app.post(format!("{}/abandon", buyer.path())));
    call.send().await.problem(409, "checkout_completed");
    assert_eq!(buyer.refresh(&shop).await["state"], "completed");
    shop.verify().await;
}

#[tokio::test]
async fn a_confirmation_after_the_time_is_over_changes_nothing() {
    let shop = Shop::open().await;
    let (mut buyer, _, intent) = asked(&shop).await;
    shop.advance(1_900);
    assert_eq!(reconcile(&shop.state).await.unwrap(), 1);
    assert_eq!(buyer.refresh(&shop).await["state"], "open");
    shop.paysim.authenticate(&intent, true).await.unwrap_err();
    shop.verify().await;
}
