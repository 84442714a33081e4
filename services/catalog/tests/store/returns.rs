//! Sold units stay after all, are replaced, or come back.

use contract_catalog::stock::{
    ReleaseError, ReserveError, RestockError, Shortage, allocate, release_allocation, reserve,
    restock, ship,
};
use kernel::{ClaimId, LocationId, OrderId, RefundId, ReturnId, ShipmentId, VariantId};

use crate::support::{HOLD, Stock, lines};

fn short(variant_id: VariantId, requested: i32, available: i32) -> Vec<Shortage> {
    vec![Shortage {
        variant_id,
        requested,
        available,
    }]
}

#[tokio::test]
async fn a_cancellation_gives_back_once_and_never_what_left() {
    let stock = Stock::new(2).await;
    let (a, b) = (stock.variant(&[5]).await, stock.variant(&[5]).await);
    let order = OrderId::generate();
    stock.buy(order, &[(a, 5), (b, 3)]).await;
    let mut conn = stock.orders().await;
    ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &lines(&[(a, 2)]),
        None,
        "staff",
    )
    .await
    .unwrap();
    let refused = release_allocation(
        &mut conn,
        order,
        RefundId::generate(),
        Some(&lines(&[(a, 4)])),
        "staff",
    )
    .await;
    match refused {
        Err(ReleaseError::NotAllocated(shortages)) => assert_eq!(shortages, short(a, 4, 3)),
        other => panic!("{other:?}"),
    }
    let cause = RefundId::generate();
    for _ in 0..2 {
        let moved = release_allocation(&mut conn, order, cause, Some(&lines(&[(a, 1)])), "staff")
            .await
            .unwrap();
        assert_eq!(moved[0].quantity, 1);
    }
    assert_eq!(stock.level(a).await, (3, 0, 2));
    let rest = release_allocation(&mut conn, order, order, None, "staff")
        .await
        .unwrap();
    assert_eq!(rest.iter().map(|m| m.quantity).collect::<Vec<_>>(), [2, 3]);
    let nothing = release_allocation(&mut conn, order, RefundId::generate(), None, "staff")
        .await
        .unwrap();
    assert!(nothing.is_empty());
    assert_eq!(
        (stock.level(a).await, stock.level(b).await),
        ((3, 0, 0), (5, 0, 0))
    );
    stock.verify().await;
}

#[tokio::test]
async fn replacements_are_held_beside_what_the_order_bought() {
    let stock = Stock::new(2).await;
    let a = stock.variant(&[6]).await;
    let order = OrderId::generate();
    stock.buy(order, &[(a, 2)]).await;
    let mut conn = stock.orders().await;
    let (claim, exchange) = (ClaimId::generate(), ReturnId::generate());
    let until = stock.now + HOLD;
    let too_many = reserve(&mut conn, claim, &lines(&[(a, 5)]), until, stock.now).await;
    match too_many {
        Err(ReserveError::OutOfStock(shortages)) => assert_eq!(shortages, short(a, 5, 4)),
        other => panic!("{other:?}"),
    }
    for _ in 0..2 {
        match reserve(&mut conn, claim, &lines(&[(a, 1)]), until, stock.now).await {
            Ok(()) | Err(ReserveError::Allocated) => {}
            Err(other) => panic!("{other:?}"),
        }
        allocate(&mut conn, claim, order).await.unwrap();
    }
    reserve(&mut conn, exchange, &lines(&[(a, 1)]), until, stock.now)
        .await
        .unwrap();
    allocate(&mut conn, exchange, order).await.unwrap();
    assert_eq!(stock.level(a).await, (6, 0, 4));
    let moved = ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &lines(&[(a, 3)]),
        None,
        "staff",
    )
    .await
    .unwrap();
    assert_eq!(moved[0].quantity, 3, "of three holders in one slot");
    release_allocation(&mut conn, order, order, None, "staff")
        .await
        .unwrap();
    assert_eq!(stock.level(a).await, (3, 0, 0));
    stock.verify().await;
}

#[tokio::test]
async fn returned_units_are_taken_in_once() {
    let stock = Stock::new(2).await;
    let a = stock.variant(&[1]).await;
    let second = stock.location(5).await;
    let mut conn = stock.orders().await;
    let nowhere = restock(
        &mut conn,
        ReturnId::generate(),
        Some(LocationId::generate()),
        &lines(&[(a, 1)]),
        "returned",
        "staff",
    )
    .await;
    assert!(
        matches!(nowhere, Err(RestockError::UnknownLocation)),
        "{nowhere:?}"
    );
    let cause = ReturnId::generate();
    for _ in 0..2 {
        let moved = restock(
            &mut conn,
            cause,
            Some(second),
            &lines(&[(a, 1), (a, 1)]),
            "returned",
            "staff",
        )
        .await
        .unwrap();
        assert_eq!((moved[0].location_id, moved[0].quantity), (second, 2));
    }
    assert_eq!(stock.level(a).await, (3, 0, 0));
    stock.verify().await;
}

#[tokio::test]
async fn what_is_not_counted_is_passed_over() {
    let stock = Stock::new(2).await;
    let a = stock.variant(&[]).await;
    let admin = stock.db.admin_pool().await;
    let track = async |on: bool| {
        sqlx::query("update catalog.variant set track_inventory = $2 where variant_id = $1")
            .bind(a.uuid())
            .bind(on)
            .execute(&admin)
            .await
            .unwrap();
    };
    track(false).await;
    let order = OrderId::generate();
    stock.buy(order, &[(a, 3)]).await;
    let mut conn = stock.orders().await;
    let three = lines(&[(a, 3)]);
    assert!(
        ship(
            &mut conn,
            order,
            ShipmentId::generate(),
            &three,
            None,
            "staff"
        )
        .await
        .unwrap()
        .is_empty()
    );
    assert!(
        release_allocation(&mut conn, order, order, Some(&three), "staff")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        restock(
            &mut conn,
            ReturnId::generate(),
            None,
            &three,
            "returned",
            "staff"
        )
        .await
        .unwrap()
        .is_empty()
    );
    // Sold while counted: what the order has leaves, even if nobody counts any more.
    let b = stock.variant(&[2]).await;
    stock.buy(order, &[(b, 2)]).await;
    sqlx::query("update catalog.variant set track_inventory = false")
        .execute(&admin)
        .await
        .unwrap();
    let moved = ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &lines(&[(b, 2)]),
        None,
        "staff",
    )
    .await
    .unwrap();
    assert_eq!(moved[0].quantity, 2);
    stock.verify().await;
}
