//! Reservations, with real connections at the same time.

use contract_catalog::stock::{AllocateError, ReserveError, Shortage, allocate, pin, release};
use jiff::SignedDuration;
use kernel::{CheckoutId, OrderId};
use sqlx::PgConnection;

use crate::support::{HOLD, Stock, shortages};

#[tokio::test]
async fn checkout_may_hold_stock_and_nothing_else() {
    let stock = Stock::new(1).await;
    let mut conn = stock.conn().await;
    for statement in [
        "select * from catalog.stock_level",
        "update catalog.stock_level set on_hand = 9",
        "select * from catalog.product",
        "delete from catalog.reservation",
        "select catalog.sweep_reservations_v1(now(), 1)",
        "select catalog.refresh_products_v1('{}', 'USD')",
    ] {
        let error = sqlx::query(statement)
            .execute(&mut *conn)
            .await
            .unwrap_err();
        assert_eq!(
            common::db::sqlstate(&error).as_deref(),
            Some("42501"),
            "{statement}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_ten_units() {
    let stock = Stock::new(50).await;
    let variant = stock.variant(&[10]).await;
    let demand = [(variant, 1)];
    let holds = (0..100).map(|_| stock.hold(CheckoutId::generate(), &demand, stock.now));
    let results = futures::future::join_all(holds).await;
    let mut held = 0;
    for result in results {
        match result {
            Ok(()) => held += 1,
            refused => assert_eq!(
                shortages(refused),
                [Shortage {
                    variant_id: variant,
                    requested: 1,
                    available: 0
                }]
            ),
        }
    }
    assert_eq!(held, 10);
    assert_eq!(stock.level(variant).await, (10, 10, 0));
    stock.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crossing_orders_of_two_products_do_not_lock_each_other() {
    let stock = Stock::new(20).await;
    let (a, b) = (stock.variant(&[30]).await, stock.variant(&[30]).await);
    let results = futures::future::join_all((0..40).map(|n| {
        let demand = if n % 2 == 0 {
            [(a, 1), (b, 1)]
        } else {
            [(b, 1), (a, 1)]
        };
        let stock = &stock;
        async move { stock.hold(CheckoutId::generate(), &demand, stock.now).await }
    }))
    .await;
    assert_eq!(
        results.iter().filter(|result| result.is_ok()).count(),
        30,
        "{results:?}"
    );
    assert_eq!(stock.level(a).await, (30, 30, 0));
    assert_eq!(stock.level(b).await, (30, 30, 0));
    stock.verify().await;
}

#[tokio::test]
async fn lines_of_one_variant_are_summed() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[5]).await;
    let checkout = CheckoutId::generate();
    let refused = shortages(
        stock
            .hold(checkout, &[(variant, 3), (variant, 3)], stock.now)
            .await,
    );
    assert_eq!(
        refused,
        [Shortage {
            variant_id: variant,
            requested: 6,
            available: 5
        }]
    );
    assert_eq!(stock.level(variant).await, (5, 0, 0));
    stock
        .hold(checkout, &[(variant, 3), (variant, 2)], stock.now)
        .await
        .unwrap();
    assert_eq!(stock.level(variant).await, (5, 5, 0));
}

#[tokio::test]
async fn all_lines_or_none_and_every_shortage_is_named() {
    let stock = Stock::new(2).await;
    let (a, b, c) = (
        stock.variant(&[1]).await,
        stock.variant(&[9]).await,
        stock.variant(&[0]).await,
    );
    let mut refused = shortages(
        stock
            .hold(CheckoutId::generate(), &[(a, 2), (b, 1), (c, 1)], stock.now)
            .await,
    );
    refused.sort_by_key(|shortage| shortage.requested);
    assert_eq!(
        refused,
        [
            Shortage {
                variant_id: c,
                requested: 1,
                available: 0
            },
            Shortage {
                variant_id: a,
                requested: 2,
                available: 1
            }
        ]
    );
    assert_eq!(stock.level(b).await, (9, 0, 0));
}

#[tokio::test]
async fn a_second_call_moves_only_the_difference() {
    let stock = Stock::new(2).await;
    let (a, b) = (stock.variant(&[5]).await, stock.variant(&[5]).await);
    let checkout = CheckoutId::generate();
    stock.hold(checkout, &[(a, 4)], stock.now).await.unwrap();
    stock
        .hold(checkout, &[(a, 5), (b, 2)], stock.now)
        .await
        .unwrap();
    assert_eq!(
        (stock.level(a).await, stock.level(b).await),
        ((5, 5, 0), (5, 2, 0))
    );
    stock.hold(checkout, &[(a, 1)], stock.now).await.unwrap();
    assert_eq!(
        (stock.level(a).await, stock.level(b).await),
        ((5, 1, 0), (5, 0, 0))
    );
    let refused = shortages(stock.hold(checkout, &[(a, 6)], stock.now).await);
    assert_eq!(
        refused,
        [Shortage {
            variant_id: a,
            requested: 6,
            available: 5
        }],
        "what it holds itself counts as free"
    );
    assert_eq!(stock.level(a).await, (5, 1, 0));
    stock.verify().await;
}

#[tokio::test]
async fn a_quantity_is_drawn_across_slots() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[4, 4, 4]).await;
    let first = CheckoutId::generate();
    stock
        .hold(first, &[(variant, 10)], stock.now)
        .await
        .unwrap();
    assert_eq!(stock.level(variant).await, (12, 10, 0));
    let refused = shortages(
        stock
            .hold(CheckoutId::generate(), &[(variant, 3)], stock.now)
            .await,
    );
    assert_eq!(refused[0].available, 2);
    stock.hold(first, &[(variant, 7)], stock.now).await.unwrap();
    stock
        .hold(CheckoutId::generate(), &[(variant, 5)], stock.now)
        .await
        .unwrap();
    assert_eq!(stock.level(variant).await, (12, 12, 0));
    stock.verify().await;
}

#[tokio::test]
async fn expired_holds_are_taken_over_and_pinned_ones_are_not() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[5]).await;
    let (stale, pinned, late) = (
        CheckoutId::generate(),
        CheckoutId::generate(),
        CheckoutId::generate(),
    );
    stock.hold(stale, &[(variant, 3)], stock.now).await.unwrap();
    stock
        .hold(pinned, &[(variant, 2)], stock.now)
        .await
        .unwrap();
    pin(&mut *stock.conn().await, pinned, true, stock.now + HOLD)
        .await
        .unwrap();
    let just_before = stock.now + HOLD - SignedDuration::from_millis(1);
    assert_eq!(
        shortages(stock.hold(late, &[(variant, 1)], just_before).await)[0].available,
        0
    );
    let refused = shortages(stock.hold(late, &[(variant, 4)], stock.now + HOLD).await);
    assert_eq!(refused[0].available, 3);
    stock
        .hold(late, &[(variant, 3)], stock.now + HOLD)
        .await
        .unwrap();
    assert_eq!(
        (
            stock.held(stale).await,
            stock.held(pinned).await,
            stock.held(late).await
        ),
        (0, 2, 3)
    );
    let gone = allocate(&mut *stock.conn().await, stale, OrderId::generate()).await;
    assert!(matches!(gone, Err(AllocateError::Gone)), "{gone:?}");
    stock.verify().await;
}

#[tokio::test]
async fn a_sweep_gives_back_what_expired_and_nothing_else() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[9]).await;
    let holds: Vec<CheckoutId> = (0..4).map(|_| CheckoutId::generate()).collect();
    for checkout in &holds {
        stock
            .hold(*checkout, &[(variant, 2)], stock.now)
            .await
            .unwrap();
    }
    let mut conn = stock.conn().await;
    pin(&mut conn, holds[0], true, stock.now + HOLD)
        .await
        .unwrap();
    allocate(&mut conn, holds[1], OrderId::generate())
        .await
        .unwrap();
    let pool = stock.db.pool("catalog", 1).await;
    let mut catalog = pool.acquire().await.unwrap();
    let sweep = async |conn: &mut PgConnection, now, limit| {
        catalog::store::stock::sweep_reservations(conn, now, limit)
            .await
            .unwrap()
    };
    assert_eq!(sweep(&mut catalog, stock.now, 10).await, 0);
    let later = stock.now + HOLD;
    assert_eq!(sweep(&mut catalog, later, 1).await, 1);
    assert_eq!(sweep(&mut catalog, later, 10).await, 1);
    assert_eq!(sweep(&mut catalog, later, 10).await, 0);
    assert_eq!(stock.level(variant).await, (9, 2, 2));
    stock.verify().await;
}

#[tokio::test]
async fn selling_happens_once() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[2, 2]).await;
    let (checkout, order) = (CheckoutId::generate(), OrderId::generate());
    stock
        .hold(checkout, &[(variant, 3)], stock.now)
        .await
        .unwrap();
    let mut conn = stock.conn().await;
    allocate(&mut conn, checkout, order).await.unwrap();
    allocate(&mut conn, checkout, order).await.unwrap();
    assert_eq!(stock.level(variant).await, (4, 0, 3));
    assert!(matches!(
        allocate(&mut conn, checkout, OrderId::generate()).await,
        Err(AllocateError::Gone)
    ));
    release(&mut conn, checkout).await.unwrap();
    assert_eq!(
        stock.level(variant).await,
        (4, 0, 3),
        "what is sold is not given back"
    );
    let again = stock.hold(checkout, &[(variant, 1)], stock.now).await;
    assert!(matches!(again, Err(ReserveError::Allocated)), "{again:?}");
    stock.verify().await;
}
