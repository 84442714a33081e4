//! Who may do what.

use std::collections::BTreeSet;

use crate::desk::Desk;

#[tokio::test]
async fn every_door_of_staff_asks_for_its_permission() {
    let desk = Desk::open().await;
    let missing = testkit::authorisation::check(&desk.app, &desk.document, &desk.tokens).await;
    let expected = [
        "audit.read",
        "mailbox.read",
        "orders.cancel",
        "orders.fulfil",
        "orders.hold",
        "orders.note",
        "orders.read",
        "orders.refund",
        "orders.refund.approve",
        "payments.capture",
        "returns.approve",
        "returns.receive",
        "webhooks.write",
    ];
    assert_eq!(missing, BTreeSet::from(expected.map(str::to_owned)));
}
