//! Messages to shoppers.

use std::sync::Arc;
use std::time::Duration;

use common::jobs::Jobs;
use common::redis::Wakeups;
use orders::jobs::messages::Writer;

use crate::desk::Desk;

#[tokio::test]
async fn a_placed_order_is_confirmed_once_with_a_link_that_opens_it() {
    let desk = Desk::open().await;
    let order_id = desk.pending(None).await;
    let number = desk.place(order_id).await;
    desk.place(order_id).await;
    let admin = desk.db.admin_pool().await;
    let emitted: i64 = sqlx::query_scalar("select count(*) from orders.outbox")
        .fetch_one(&admin)
        .await
        .expect("a count");
    assert_eq!(emitted, 1, "one event for one placement");

    let jobs = Jobs::new();
    // Two at once, as two instances of the service would.
    for _ in 0..2 {
        let writer = Writer {
            db: desk.own.clone(),
            clock: Arc::new(desk.clock.clone()),
            token_key: desk.token_key.clone(),
            origin: "http://127.0.0.1:8080".to_owned(),
        };
        writer.run(&jobs, Wakeups::local());
    }
    let open = || sqlx::query_scalar("select count(*) from orders.outbox").fetch_one(&admin);
    while open().await.map(|left: i64| left > 0).expect("a count") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(jobs.shutdown(Duration::from_secs(10)).await);

    let messages: Vec<(String, String, String)> =
        sqlx::query_as("select recipient, subject, body from orders.notification")
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
    let token = body.split("#token=").nth(1).expect("a link").trim();
    let answer = desk
        .app
        .get(format!("/api/v1/orders/{order_id}"))
        .header("order-token", token);
    answer.send().await.expect(200);
}
