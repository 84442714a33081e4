//! Work lists, notes and the log.

use kernel::UserId;
use serde_json::json;

use crate::desk::Desk;
use crate::sale::Sale;

#[tokio::test]
async fn staff_see_what_waits_for_them() {
    let desk = Desk::open().await;
    let held = Sale::paid(&desk).await;
    held.post("/hold", json!({"reason": "odd"}))
        .await
        .expect(200);
    let cancelled = Sale::paid(&desk).await;
    cancelled
        .post("/cancel", json!({"reason": "r"}))
        .await
        .expect(200);
    let shipped = Sale::paid(&desk).await;
    shipped.deliver_all().await;
    let wish = json!({"kind": "return", "lines": [{"line_id": shipped.lamps, "quantity": 1, "reason": "late"}]});
    shipped.customer_post("/returns", wish).await.expect(200);
    let claim = json!({"kind": "damaged", "lines": shipped.units(1, 0)});
    shipped.post("/claims", claim).await.expect(200);

    let get = |path: &str| {
        desk.app
            .get(format!("/api/v1/admin/{path}"))
            .bearer(held.staff())
            .send()
    };
    let counts = get("orders/attention").await.expect(200).json;
    let expected = json!({"refund_due": 1, "failed_refund": 0, "awaiting_approval": 0, "disputed": 0, "return_requested": 1,
                          "claim_open": 1, "on_hold": 1});
    assert_eq!(counts, expected);
    for (query, sale) in [
        ("attention=on_hold", Some(&held)),
        ("attention=refund_due", Some(&cancelled)),
        ("attention=return_requested", Some(&shipped)),
        ("attention=claim_open", Some(&shipped)),
        ("attention=disputed", None),
        ("fulfilment_state=delivered", Some(&shipped)),
        ("payment_state=captured&state=cancelled", Some(&cancelled)),
        ("payment_state=authorized", None),
        (&format!("customer_id={}", held.customer), Some(&held)),
        ("to=2020-01-01T00:00:00Z", None),
        ("from=2020-01-01T00:00:00Z&state=on_hold", Some(&held)),
    ] {
        let found = get(&format!("orders?{query}")).await.expect(200).json;
        let ids: Vec<_> = found["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|item| item["id"].clone())
            .collect();
        let expected: Vec<_> = sale.into_iter().map(|sale| json!(sale.order_id)).collect();
        assert_eq!(ids, expected, "{query}");
    }
    for bad in [
        "attention=x",
        "payment_state=x",
        "from=yesterday",
        "customer_id=x",
    ] {
        get(&format!("orders?{bad}"))
            .await
            .problem(400, "invalid_query");
    }
    let returns = get("returns?state=requested").await.expect(200).json;
    assert_eq!(returns["items"][0]["order_id"], json!(shipped.order_id));
    assert_eq!(
        returns["items"][0]["return"]["actions"],
        json!(["approve", "reject", "cancel"])
    );
    assert_eq!(
        get("returns?state=closed").await.expect(200).json["items"],
        json!([])
    );
    let refunds = get("refunds?limit=1").await.expect(200).json;
    assert_eq!(
        (&refunds["items"][0]["order_id"], &refunds["next_cursor"]),
        (&json!(cancelled.order_id), &json!(null))
    );
    get("refunds?state=lost")
        .await
        .problem(400, "invalid_query");
    get("returns?cursor=x").await.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn notes_are_for_staff_and_every_change_is_in_the_log() {
    let desk = Desk::open().await;
    let sale = Sale::paid(&desk).await;
    let author = UserId::generate();
    let staff = desk
        .tokens
        .staff_as(author, &["orders.read", "orders.note", "orders.cancel"]);
    for bad in [
        json!({"body": ""}),
        json!({"body": "   "}),
        json!({"body": "x".repeat(4001)}),
    ] {
        sale.call_as(&staff, "/notes", bad)
            .await
            .problem(422, "validation_failed");
    }
    let note = desk
        .app
        .post(sale.path("/notes"))
        .bearer(&staff)
        .json(json!({"body": "Called at noon."}));
    let order = note.send().await.expect(200).json;
    assert_eq!(
        (&order["notes"][0]["body"], &order["notes"][0]["author_id"]),
        (&json!("Called at noon."), &json!(author))
    );
    assert!(sale.shown().await.get("notes").is_none());
    sale.call_as(
        &staff,
        "/cancel",
        json!({"reason": "wrong address", "lines": sale.units(1, 0)}),
    )
    .await
    .expect(200);
    let path = format!(
        "/api/v1/admin/audit/orders?object_type=order&object_id={}",
        sale.order_id
    );
    let log = desk
        .app
        .get(path)
        .bearer(sale.staff())
        .send()
        .await
        .expect(200)
        .json;
    let entries: Vec<_> = log["items"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|e| (&e["action"], &e["actor"]["id"], &e["reason"]))
        .collect();
    let (cancel, write, who) = (json!("order.cancel"), json!("note.write"), json!(author));
    let (reason, nothing) = (json!("wrong address"), json!(null));
    assert_eq!(
        entries,
        [(&cancel, &who, &reason), (&write, &who, &nothing)]
    );
    let order = sale.read().await;
    assert_eq!(
        order["actions"]
            .as_array()
            .map(|actions| actions.contains(&json!("capture"))),
        Some(false)
    );
    let reader = desk.tokens.staff_with(&["orders.read"]);
    let seen = desk
        .app
        .get(sale.path(""))
        .bearer(reader)
        .send()
        .await
        .expect(200)
        .json;
    assert_eq!(seen["actions"], json!([]));
}
