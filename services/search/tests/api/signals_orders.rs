//! What is ordered.

use std::time::Instant;

use common::events::Event;
use kernel::{Clock as _, OrderId, ProductId};
use search::signals::orders::apply;
use serde_json::json;

use crate::staff_desk::{Desk, PATIENCE};

/// An order that holds these products, one line each.
async fn order(desk: &Desk, products: &[ProductId]) -> OrderId {
    let id = OrderId::generate();
    sqlx::query(
        "insert into orders.sales_order (order_id, checkout_id, cart_id, email, state, currency, subtotal_minor, discount_minor,
                                         shipping_minor, tax_minor, total_minor, shipping_address, billing_address, shipping_method)
         values ($1, gen_random_uuid(), gen_random_uuid(), 'jane@example.com', 'pending', 'USD', 100, 0, 0, 0, 100, '{}', '{}', '{}')",
    )
    .bind(id.uuid())
    .execute(&desk.admin)
    .await
    .expect("an order");
    for (position, product) in (1..).zip(products) {
        sqlx::query(
            "insert into orders.order_line (line_id, order_id, position, variant_id, product_id, slug, title, variant_title, art,
                                            quantity, unit_price_minor, discount_minor, tax_minor, tax_rate_ppm, total_minor)
             values (gen_random_uuid(), $1, $2, gen_random_uuid(), $3, 's', 't', '', 'generic', 7, 100, 0, 0, 0, 100)",
        )
        .bind(id.uuid())
        .bind(position)
        .bind(product.uuid())
        .execute(&desk.admin)
        .await
        .expect("a line");
    }
    id
}

fn event(desk: &Desk, kind: &str, order: OrderId) -> Event {
    Event {
        event_id: kernel::EventId::generate().uuid(),
        kind: kind.to_owned(),
        aggregate_id: order.uuid(),
        payload: json!({}),
        attempts: 1,
        created_at: desk.clock.now(),
    }
}

async fn orders_of(desk: &Desk, product: ProductId) -> i64 {
    sqlx::query_scalar(
        "select coalesce(sum(orders), 0)::bigint from search.product_day where product_id = $1",
    )
    .bind(product.uuid())
    .fetch_one(&desk.admin)
    .await
    .expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_comes_twice_counts_once() {
    let desk = Desk::open().await;
    let (one, two, unknown) = (
        desk.product(&[]).await,
        desk.product(&[]).await,
        ProductId::generate(),
    );
    let first = order(&desk, &[one, one, two, unknown]).await;
    let second = order(&desk, &[one]).await;
    let placed = [
        event(&desk, "order.placed", first),
        event(&desk, "order.placed", second),
    ];
    for _ in 0..3 {
        apply(&desk.state.db, &placed).await.expect("counted");
        apply(&desk.state.db, &placed[..1]).await.expect("counted");
    }
    // One per order and product, however many units and lines.
    assert_eq!(
        (orders_of(&desk, one).await, orders_of(&desk, two).await),
        (2, 1)
    );
    assert_eq!(orders_of(&desk, unknown).await, 0);
    let cancelled = [event(&desk, "order.cancelled", first)];
    for _ in 0..3 {
        apply(&desk.state.db, &cancelled).await.expect("taken back");
        apply(&desk.state.db, &placed).await.expect("known");
    }
    assert_eq!(
        (orders_of(&desk, one).await, orders_of(&desk, two).await),
        (1, 0)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_deliveries_count_once() {
    let desk = Desk::open().await;
    let product = desk.product(&[]).await;
    let mut placed = Vec::new();
    for _ in 0..10 {
        placed.push(event(&desk, "order.placed", order(&desk, &[product]).await));
    }
    let mut backwards = placed.clone();
    backwards.reverse();
    let calls = (0..6).map(async |n| {
        let events = if n % 2 == 0 { &placed } else { &backwards };
        apply(&desk.state.db, events).await.expect("counted");
    });
    futures::future::join_all(calls).await;
    assert_eq!(orders_of(&desk, product).await, 10);
    let cancelled: Vec<Event> = placed[..4]
        .iter()
        .map(|e| event(&desk, "order.cancelled", e.aggregate_id.into()))
        .collect();
    let calls = (0..4).map(async |_| apply(&desk.state.db, &cancelled).await.expect("taken back"));
    futures::future::join_all(calls).await;
    assert_eq!(orders_of(&desk, product).await, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_cancelled_before_it_was_counted_never_counts() {
    let desk = Desk::open().await;
    let product = desk.product(&[]).await;
    let id = order(&desk, &[product]).await;
    let cancelled = [event(&desk, "order.cancelled", id)];
    apply(&desk.state.db, &cancelled).await.expect("known");
    let placed = [event(&desk, "order.placed", id)];
    apply(&desk.state.db, &placed).await.expect("known");
    assert_eq!(orders_of(&desk, product).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_events_of_orders_arrive() {
    let desk = Desk::open().await;
    let product = desk.product(&[]).await;
    let id = order(&desk, &[product]).await;
    let emit = async |kind: &str| {
        sqlx::query("select orders.emit_v1($1, $2, '{}')")
            .bind(kind)
            .bind(id.uuid())
            .execute(&desk.admin)
            .await
            .expect("an event");
    };
    let until = async |orders: i64| {
        let start = Instant::now();
        while orders_of(&desk, product).await != orders
            || desk
                .number("select count(*) from orders.outbox where consumer = 'search'")
                .await
                > 0
        {
            assert!(start.elapsed() < PATIENCE, "the event never comes");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    emit("order.placed").await;
    until(1).await;
    emit("order.cancelled").await;
    until(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_sees_no_more_of_orders_than_that() {
    let desk = Desk::open().await;
    let search = desk.test_db.pool("search", 1).await;
    for forbidden in [
        "select email from orders.sales_order",
        "select * from orders.order_line",
        "select orders.emit_v1('order.placed', gen_random_uuid(), '{}')",
    ] {
        let error = sqlx::query(forbidden)
            .execute(&search)
            .await
            .expect_err(forbidden);
        let code = error
            .as_database_error()
            .and_then(|e| e.code().map(|c| c.to_string()));
        assert_eq!(code.as_deref(), Some("42501"), "{forbidden}");
    }
}
