//! Sold units leave.

use contract_catalog::stock::{
    ShipError, Shortage, list_allocations, list_locations, restock, ship,
};
use kernel::{OrderId, ReturnId, ShipmentId, VariantId};

use crate::support::{Stock, lines};

fn short(variant_id: VariantId, requested: i32, available: i32) -> Vec<Shortage> {
    vec![Shortage {
        variant_id,
        requested,
        available,
    }]
}

fn not_allocated(error: ShipError) -> Vec<Shortage> {
    match error {
        ShipError::NotAllocated(shortages) => shortages,
        other => panic!("expected NotAllocated, found {other:?}"),
    }
}

fn not_on_hand(error: ShipError) -> Vec<Shortage> {
    match error {
        ShipError::NotOnHand(shortages) => shortages,
        other => panic!("expected NotOnHand, found {other:?}"),
    }
}

#[tokio::test]
async fn orders_may_move_stock_of_orders_and_nothing_else() {
    let stock = Stock::new(1).await;
    let mut orders = stock.orders().await;
    for statement in [
        "select * from catalog.stock_level",
        "select catalog.adjust_stock_v2(null, null, 'adjust', 1, null, null, 'x', 'x')",
        "select catalog.split_slots_v1(null, 2, 'x')",
        "select catalog.transfer_stock_v1(null, null, null, null, 1, 'x', 'x')",
        "select catalog.move_stock(null, null, 0::smallint, '', 0, 0, 0, null, null, '')",
    ] {
        let error = sqlx::query(statement)
            .execute(&mut *orders)
            .await
            .unwrap_err();
        assert_eq!(
            common::db::sqlstate(&error).as_deref(),
            Some("42501"),
            "{statement}"
        );
    }
    let mut checkout = stock.conn().await;
    for statement in [
        "select catalog.ship_stock_v1(null, null, null, null, null, 'x')",
        "select catalog.restock_v1(null, null, null, null, 'x', 'x')",
    ] {
        let error = sqlx::query(statement)
            .execute(&mut *checkout)
            .await
            .unwrap_err();
        assert_eq!(
            common::db::sqlstate(&error).as_deref(),
            Some("42501"),
            "{statement}"
        );
    }
}

#[tokio::test]
async fn a_shipment_leaves_once() {
    let stock = Stock::new(2).await;
    let (a, b) = (stock.variant(&[9]).await, stock.variant(&[9]).await);
    let order = OrderId::generate();
    stock.buy(order, &[(a, 4), (b, 2)]).await;
    let mut conn = stock.orders().await;
    let refused = ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &lines(&[(a, 2), (a, 3), (b, 1)]),
        None,
        "staff",
    )
    .await;
    assert_eq!(not_allocated(refused.unwrap_err()), short(a, 5, 4));
    let elsewhere = ship(
        &mut conn,
        OrderId::generate(),
        ShipmentId::generate(),
        &lines(&[(a, 1)]),
        None,
        "staff",
    )
    .await;
    assert_eq!(not_allocated(elsewhere.unwrap_err()), short(a, 1, 0));
    let (parcel, half) = (ShipmentId::generate(), lines(&[(a, 2), (b, 2)]));
    let moved = ship(&mut conn, order, parcel, &half, None, "staff")
        .await
        .unwrap();
    assert_eq!(moved.iter().map(|m| m.quantity).collect::<Vec<_>>(), [2, 2]);
    let again = ship(&mut conn, order, parcel, &half, None, "staff")
        .await
        .unwrap();
    assert_eq!(again, moved);
    assert_eq!(
        (stock.level(a).await, stock.level(b).await),
        ((7, 0, 2), (7, 0, 0))
    );
    let left = list_allocations(&mut conn, order).await.unwrap();
    let counts: Vec<_> = left
        .iter()
        .map(|l| (l.allocated, l.shipped, l.released, l.on_hand))
        .collect();
    assert_eq!(counts, [(2, 2, 0, 7), (0, 2, 0, 7)]);
    assert_eq!(left[0].location_code, "main");
    stock.verify().await;
}

#[tokio::test]
async fn what_is_not_there_yet_leaves_when_it_comes_whatever_slot_it_comes_to() {
    let stock = Stock::new(2).await;
    let a = stock.variant(&[3, 2]).await;
    stock.backorders(a, 6).await;
    let order = OrderId::generate();
    stock.buy(order, &[(a, 8)]).await;
    let mut conn = stock.orders().await;
    let all = lines(&[(a, 8)]);
    let refused = ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &all,
        None,
        "staff",
    )
    .await;
    assert_eq!(not_on_hand(refused.unwrap_err()), short(a, 8, 5));
    assert_eq!(
        stock.level(a).await,
        (5, 0, 8),
        "a refused shipment moves nothing"
    );
    ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &lines(&[(a, 5)]),
        None,
        "staff",
    )
    .await
    .unwrap();
    assert_eq!(stock.level(a).await, (0, 0, 3));
    restock(
        &mut conn,
        ReturnId::generate(),
        None,
        &lines(&[(a, 3)]),
        "returned",
        "staff",
    )
    .await
    .unwrap();
    ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &lines(&[(a, 3)]),
        None,
        "staff",
    )
    .await
    .unwrap();
    assert_eq!(stock.level(a).await, (0, 0, 0));
    stock.verify().await;
}

#[tokio::test]
async fn who_ships_first_takes_what_is_there() {
    let stock = Stock::new(2).await;
    let a = stock.variant(&[2, 2]).await;
    stock.backorders(a, 2).await;
    let (early, late) = (OrderId::generate(), OrderId::generate());
    stock.buy(early, &[(a, 4)]).await;
    stock.buy(late, &[(a, 2)]).await;
    let mut conn = stock.orders().await;
    let two = lines(&[(a, 2)]);
    ship(&mut conn, late, ShipmentId::generate(), &two, None, "staff")
        .await
        .unwrap();
    stock.verify().await;
    ship(
        &mut conn,
        early,
        ShipmentId::generate(),
        &two,
        None,
        "staff",
    )
    .await
    .unwrap();
    let refused = ship(
        &mut conn,
        early,
        ShipmentId::generate(),
        &two,
        None,
        "staff",
    )
    .await;
    assert_eq!(not_on_hand(refused.unwrap_err()), short(a, 2, 0));
    stock.verify().await;
}

#[tokio::test]
async fn a_place_ships_what_was_sold_from_it() {
    let stock = Stock::new(2).await;
    let a = stock.variant(&[2]).await;
    let (main, second) = (stock.main().await, stock.location(5).await);
    stock.receive(a, second, 9).await;
    let order = OrderId::generate();
    stock.buy(order, &[(a, 2)]).await;
    stock.buy(order, &[(a, 3)]).await;
    let mut conn = stock.orders().await;
    let locations = list_locations(&mut conn).await.unwrap();
    assert_eq!(
        locations.iter().map(|l| l.location_id).collect::<Vec<_>>(),
        [main, second]
    );
    let refused = ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &lines(&[(a, 3)]),
        Some(main),
        "staff",
    )
    .await;
    assert_eq!(not_allocated(refused.unwrap_err()), short(a, 3, 2));
    let moved = ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &lines(&[(a, 3)]),
        Some(second),
        "staff",
    )
    .await
    .unwrap();
    assert_eq!((moved[0].location_id, moved[0].quantity), (second, 3));
    let moved = ship(
        &mut conn,
        order,
        ShipmentId::generate(),
        &lines(&[(a, 2)]),
        None,
        "staff",
    )
    .await
    .unwrap();
    assert_eq!((moved[0].location_id, moved[0].quantity), (main, 2));
    stock.verify().await;
}
