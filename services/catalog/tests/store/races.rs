//! What happens to one order's stock at the same time.

use contract_catalog::stock::{
    ReleaseError, ShipError, allocate, release_allocation, reserve, restock, ship,
};
use futures::future::join_all;
use kernel::{CheckoutId, OrderId, RefundId, ReturnId, ShipmentId};

use crate::support::{HOLD, Stock, lines};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_shipment_twenty_times_leaves_once() {
    let stock = Stock::new(20).await;
    let a = stock.variant(&[5, 5]).await;
    let order = OrderId::generate();
    stock.buy(order, &[(a, 10)]).await;
    let (parcel, four) = (ShipmentId::generate(), lines(&[(a, 4)]));
    let moved = join_all((0..20).map(|_| async {
        let mut conn = stock.orders().await;
        ship(&mut conn, order, parcel, &four, None, "staff")
            .await
            .unwrap()
    }))
    .await;
    assert!(moved.windows(2).all(|pair| pair[0] == pair[1]), "{moved:?}");
    assert_eq!(stock.level(a).await, (6, 0, 6));
    stock.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancellation_against_shipment() {
    let stock = Stock::new(16).await;
    for _ in 0..10 {
        let a = stock.variant(&[3]).await;
        let order = OrderId::generate();
        stock.buy(order, &[(a, 3)]).await;
        let all = lines(&[(a, 3)]);
        let ships = join_all((0..3).map(|_| async {
            let mut conn = stock.orders().await;
            ship(
                &mut conn,
                order,
                ShipmentId::generate(),
                &all,
                None,
                "staff",
            )
            .await
        }));
        let cancels = join_all((0..3).map(|_| async {
            let mut conn = stock.orders().await;
            release_allocation(&mut conn, order, RefundId::generate(), Some(&all), "staff").await
        }));
        let (ships, cancels) = futures::future::join(ships, cancels).await;
        let (mut shipped, mut released) = (0, 0);
        for result in ships {
            match result {
                Ok(_) => shipped += 1,
                Err(ShipError::NotAllocated(found)) => assert_eq!(found[0].available, 0),
                Err(other) => panic!("{other:?}"),
            }
        }
        for result in cancels {
            match result {
                Ok(_) => released += 1,
                Err(ReleaseError::NotAllocated(found)) => assert_eq!(found[0].available, 0),
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(shipped + released, 1);
        assert_eq!(stock.level(a).await, (3 - 3 * shipped, 0, 0));
    }
    stock.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_return_twenty_times_comes_in_once() {
    let stock = Stock::new(20).await;
    let a = stock.variant(&[1]).await;
    let (cause, two) = (ReturnId::generate(), lines(&[(a, 2)]));
    join_all((0..20).map(|_| async {
        let mut conn = stock.orders().await;
        restock(&mut conn, cause, None, &two, "returned", "staff")
            .await
            .unwrap()
    }))
    .await;
    assert_eq!(stock.level(a).await, (3, 0, 0));
    stock.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buying_shipping_and_returning_two_variants_crosswise() {
    let stock = Stock::new(16).await;
    let (a, b) = (stock.variant(&[40, 40]).await, stock.variant(&[80]).await);
    join_all((0..30_usize).map(|n| {
        let stock = &stock;
        let demand = if n % 2 == 0 {
            [(a, 1), (b, 2)]
        } else {
            [(b, 1), (a, 2)]
        };
        async move {
            let (order, checkout) = (OrderId::generate(), CheckoutId::generate());
            let demand = lines(&demand);
            let mut conn = stock.conn().await;
            reserve(&mut conn, checkout, &demand, stock.now + HOLD, stock.now)
                .await
                .unwrap();
            allocate(&mut conn, checkout, order).await.unwrap();
            drop(conn);
            let mut conn = stock.orders().await;
            if n % 3 == 0 {
                release_allocation(&mut conn, order, order, None, "staff")
                    .await
                    .unwrap();
            } else {
                ship(
                    &mut conn,
                    order,
                    ShipmentId::generate(),
                    &demand,
                    None,
                    "staff",
                )
                .await
                .unwrap();
                restock(
                    &mut conn,
                    ReturnId::generate(),
                    None,
                    &demand,
                    "returned",
                    "staff",
                )
                .await
                .unwrap();
            }
        }
    }))
    .await;
    assert_eq!(
        (stock.level(a).await, stock.level(b).await),
        ((80, 0, 0), (80, 0, 0))
    );
    stock.verify().await;
}
