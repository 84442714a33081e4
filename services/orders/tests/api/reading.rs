//! Who may read which orders.

use contract_orders::{OrderState, order};
use kernel::{OrderId, UserId};

use crate::desk::Desk;

#[tokio::test]
async fn a_foreign_order_looks_like_a_missing_one() {
    let desk = Desk::open().await;
    let owner = UserId::generate();
    let order = desk.pending(Some(owner)).await;
    let other = desk.pending(None).await;
    let stranger = desk.tokens.customer(UserId::generate());
    let mut bodies = Vec::new();
    for id in [order, OrderId::generate()] {
        let get = || desk.app.get(format!("/api/v1/orders/{id}"));
        for answer in [
            get().send().await,
            get().bearer(&stranger).send().await,
            get().header("order-token", "nonsense").send().await,
            get()
                .header("order-token", desk.token(other, 1))
                .send()
                .await,
            get()
                .header("order-token", desk.token(order, -1))
                .send()
                .await,
        ] {
            bodies.push(answer.problem(404, "not_found"));
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "every refusal reads the same");
    desk.app
        .get("/api/v1/orders/nonsense")
        .send()
        .await
        .problem(404, "not_found");
    desk.app
        .get("/api/v1/orders")
        .send()
        .await
        .problem(401, "token_missing");
    for path in [
        "/api/v1/admin/orders".to_owned(),
        format!("/api/v1/admin/orders/{order}"),
    ] {
        desk.app
            .get(&path)
            .send()
            .await
            .problem(401, "token_missing");
        desk.app
            .get(&path)
            .bearer(&stranger)
            .send()
            .await
            .problem(403, "forbidden");
    }
}

#[tokio::test]
async fn customers_guests_and_staff_read_what_is_theirs_to_read() {
    let desk = Desk::open().await;
    let owner = UserId::generate();
    let order = desk.pending(Some(owner)).await;
    let number = desk.place(order).await;
    let path = format!("/api/v1/orders/{order}");

    let answer = desk
        .app
        .get(&path)
        .bearer(desk.tokens.customer(owner))
        .send()
        .await
        .expect(200);
    assert_eq!(answer.json["number"], number);
    assert_eq!(answer.json["state"], "placed");
    assert_eq!(answer.json["payment_state"], "captured");
    assert_eq!(answer.json["totals"]["total"]["amount"], 4789);
    assert_eq!(answer.json["lines"][0]["unit_price"]["amount"], 2000);
    let steps: Vec<_> = answer.json["timeline"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|t| &t["to_state"])
        .collect();
    assert_eq!(steps, ["pending", "placed"]);
    let tag = answer.header("etag").expect("a tag").to_owned();
    let again = desk
        .app
        .get(&path)
        .bearer(desk.tokens.customer(owner))
        .header("if-none-match", tag);
    again.send().await.expect(304);

    let guest = desk
        .app
        .get(&path)
        .header("order-token", desk.token(order, 1))
        .send()
        .await
        .expect(200);
    assert_eq!(guest.json, answer.json);
    let staff = desk
        .app
        .get(format!("/api/v1/admin/orders/{order}"))
        .bearer(desk.tokens.staff());
    let staff = staff.send().await.expect(200).json;
    assert_eq!(
        (&staff["id"], &staff["version"]),
        (&answer.json["id"], &answer.json["version"])
    );
    assert_eq!(staff["customer_id"], serde_json::json!(owner));
    desk.app.post(&path).send().await.expect(405);
}

#[tokio::test]
async fn lists_page_without_holes_or_repeats() {
    let desk = Desk::open().await;
    let owner = UserId::generate();
    let token = desk.tokens.customer(owner);
    let mut expected = Vec::new();
    for _ in 0..5 {
        let order = desk.pending(Some(owner)).await;
        expected.insert(0, order.to_string());
    }
    desk.pending(Some(UserId::generate())).await;
    let given_up = desk.pending(Some(owner)).await;
    let mut conn = desk.checkout.acquire().await.expect("a connection");
    let state = order::cancel_pending(&mut conn, given_up, "declined")
        .await
        .expect("cancelled");
    assert_eq!(state, OrderState::Cancelled);

    let mut found = Vec::new();
    let mut path = "/api/v1/orders?limit=2".to_owned();
    loop {
        let page = desk
            .app
            .get(&path)
            .bearer(&token)
            .send()
            .await
            .expect(200)
            .json;
        for item in page["items"].as_array().expect("items") {
            assert!(item.get("email").is_none());
            assert_eq!(item["item_count"], 2);
            found.push(item["id"].as_str().expect("an id").to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/orders?limit=2&cursor={cursor}");
    }
    assert_eq!(found, expected);

    let get = |query: &str| {
        desk.app
            .get(format!("/api/v1/orders?{query}"))
            .bearer(&token)
            .send()
    };
    get("cursor=nonsense").await.problem(400, "invalid_cursor");
    get("limit=0").await.problem(400, "invalid_query");
    get("limit=101").await.problem(400, "invalid_query");
    get("colour=red").await.problem(400, "invalid_query");
}

#[tokio::test]
async fn staff_find_orders_by_state_number_and_address() {
    let desk = Desk::open().await;
    let placed = desk.pending(None).await;
    let number = desk.place(placed).await;
    let open = desk.pending(None).await;
    let staff = desk.tokens.staff();
    for (query, expected) in [
        ("state=placed".to_owned(), vec![placed]),
        ("state=pending".to_owned(), vec![open]),
        (format!("q={}", number.to_lowercase()), vec![placed]),
        ("q=ADA@example.com".to_owned(), vec![open, placed]),
        ("q=nobody@example.com".to_owned(), vec![]),
    ] {
        let page = desk
            .app
            .get(format!("/api/v1/admin/orders?{query}"))
            .bearer(&staff)
            .send()
            .await
            .expect(200);
        let ids: Vec<_> = page.json["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|i| i["id"].clone())
            .collect();
        let expected: Vec<_> = expected.iter().map(|id| serde_json::json!(id)).collect();
        assert_eq!(ids, expected, "{query}");
    }
    let bad = desk
        .app
        .get("/api/v1/admin/orders?state=lost")
        .bearer(&staff)
        .send()
        .await;
    bad.problem(400, "invalid_query");
}

#[tokio::test]
async fn placing_is_final_and_happens_once() {
    let desk = Desk::open().await;
    let order_id = desk.pending(None).await;
    let number = desk.place(order_id).await;
    assert_eq!(
        desk.place(order_id).await,
        number,
        "placed again, it is the same order"
    );
    let mut conn = desk.checkout.acquire().await.expect("a connection");
    let state = order::cancel_pending(&mut conn, order_id, "late")
        .await
        .expect("answered");
    assert_eq!(
        state,
        OrderState::Placed,
        "a placed order is not cancelled by a late refusal"
    );

    let lost = desk.pending(None).await;
    order::cancel_pending(&mut conn, lost, "declined")
        .await
        .expect("cancelled");
    let late = order::place(&mut conn, lost, 0, 4789, kernel::Clock::now(&desk.clock))
        .await
        .expect("answered");
    assert!(!late.placed, "a cancelled order does not come back");
    assert_eq!((late.state, late.number), (OrderState::Cancelled, None));
    desk.db.admin_pool().await.close().await;
}

#[tokio::test]
async fn the_states_in_rust_are_those_in_sql() {
    let desk = Desk::open().await;
    let admin = desk.db.admin_pool().await;
    let states: Vec<String> = sqlx::query_scalar(
        "select from_state from orders.transition union select to_state from orders.transition order by 1",
    )
    .fetch_all(&admin)
    .await
    .expect("the transitions");
    let mut known: Vec<_> = OrderState::ALL
        .iter()
        .map(|s| s.as_str().to_owned())
        .collect();
    known.sort();
    assert_eq!(states, known);
}
