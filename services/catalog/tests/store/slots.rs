//! Stock of one place in several slots, and of several places.

use contract_catalog::stock::list_allocations;
use kernel::{CheckoutId, OrderId};

use crate::support::{Stock, shortages};

#[tokio::test]
async fn splitting_and_merging_keep_every_unit_and_every_promise() {
    let stock = Stock::new(4).await;
    let a = stock.variant(&[20]).await;
    stock.backorders(a, 4).await;
    let (held, order) = (CheckoutId::generate(), OrderId::generate());
    stock.hold(held, &[(a, 3)], stock.now).await.unwrap();
    stock.buy(order, &[(a, 5)]).await;
    let pool = stock.db.pool("catalog", 1).await;
    let mut catalog = pool.acquire().await.unwrap();
    for (slots, expected) in [
        (
            4_i16,
            vec![(0, 11, 8, 1), (1, 3, 0, 1), (2, 3, 0, 1), (3, 3, 0, 1)],
        ),
        (
            2,
            vec![(0, 14, 8, 2), (1, 6, 0, 2), (2, 0, 0, 0), (3, 0, 0, 0)],
        ),
        (
            1,
            vec![(0, 20, 8, 4), (1, 0, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0)],
        ),
        (
            3,
            vec![(0, 12, 8, 2), (1, 4, 0, 1), (2, 4, 0, 1), (3, 0, 0, 0)],
        ),
    ] {
        catalog::store::slots::split_slots(&mut catalog, a, slots, false, "test")
            .await
            .unwrap();
        assert_eq!(stock.slots(a).await, expected, "{slots} slots");
        stock.verify().await;
    }
    stock
        .hold(CheckoutId::generate(), &[(a, 16)], stock.now)
        .await
        .unwrap();
    let refused = stock
        .hold(CheckoutId::generate(), &[(a, 1)], stock.now)
        .await;
    assert_eq!(shortages(refused)[0].available, 0);
    // A slot that goes out of use keeps what was sold from it, and what comes back to it can be sold.
    catalog::store::slots::split_slots(&mut catalog, a, 1, false, "test")
        .await
        .unwrap();
    stock.verify().await;
    assert_eq!(stock.level(a).await, (20, 19, 5));
    for slots in [0, 65] {
        let refused =
            catalog::store::slots::split_slots(&mut catalog, a, slots, false, "test").await;
        assert_eq!(
            common::db::sqlstate(&refused.unwrap_err()).as_deref(),
            Some("23514")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hot_variant_is_neither_oversold_nor_refused_too_early() {
    let stock = Stock::new(24).await;
    let a = stock.variant(&[100]).await;
    let pool = stock.db.pool("catalog", 1).await;
    let mut catalog = pool.acquire().await.unwrap();
    catalog::store::slots::split_slots(&mut catalog, a, 16, false, "test")
        .await
        .unwrap();
    let buyers = futures::future::join_all((0..80_u16).map(|n| {
        let stock = &stock;
        let demand = [(a, n % 3 + 1)];
        async move { stock.hold(CheckoutId::generate(), &demand, stock.now).await }
    }));
    let resizing = async {
        for slots in [3, 24, 1, 8] {
            catalog::store::slots::split_slots(&mut catalog, a, slots, false, "test")
                .await
                .unwrap();
        }
    };
    let (results, ()) = futures::future::join(buyers, resizing).await;
    for refused in results.into_iter().filter(Result::is_err) {
        let shortage = shortages(refused)[0];
        assert!(shortage.available < shortage.requested, "{shortage:?}");
    }
    // 80 buyers ask for 159 units: whoever could not be served found fewer than they asked for.
    let (on_hand, reserved, _) = stock.level(a).await;
    assert_eq!(on_hand, 100);
    assert!((98..=100).contains(&reserved), "{reserved}");
    stock.verify().await;
}

#[tokio::test]
async fn places_are_drawn_from_by_the_strategy_and_what_is_there_comes_first() {
    let stock = Stock::new(2).await;
    let a = stock.variant(&[4]).await;
    let second = stock.location(1).await;
    stock.receive(a, second, 9).await;
    stock.backorders(a, 50).await;
    let main = stock.main().await;
    let place_of = async |units: u16| {
        let order = OrderId::generate();
        stock.buy(order, &[(a, units)]).await;
        let mut conn = stock.orders().await;
        list_allocations(&mut conn, order)
            .await
            .unwrap()
            .iter()
            .map(|line| (line.location_id, line.allocated))
            .collect::<Vec<_>>()
    };
    assert_eq!(place_of(1).await, [(main, 1)], "main comes first");
    assert_eq!(
        place_of(5).await,
        [(second, 5)],
        "rather elsewhere than not there yet"
    );
    let pool = stock.db.pool("catalog", 1).await;
    let mut catalog = pool.acquire().await.unwrap();
    catalog::store::locations::update_strategy(
        &mut catalog,
        catalog::domain::location::Strategy::MostStock,
    )
    .await
    .unwrap();
    assert_eq!(place_of(1).await, [(second, 1)], "3 in main, 4 elsewhere");
    assert_eq!(place_of(1).await, [(main, 1)], "3 in both: the first one");
    stock.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_places_of_two_units() {
    let stock = Stock::new(24).await;
    let a = stock.variant(&[2]).await;
    for priority in [1, 2] {
        let place = stock.location(priority).await;
        stock.receive(a, place, 2).await;
    }
    let results = futures::future::join_all((0..100_u16).map(|n| {
        let stock = &stock;
        let demand = [(a, n % 4 + 1)];
        async move { stock.hold(CheckoutId::generate(), &demand, stock.now).await }
    }))
    .await;
    for refused in results.into_iter().filter(Result::is_err) {
        let shortage = shortages(refused)[0];
        assert!(shortage.available < shortage.requested, "{shortage:?}");
    }
    let (on_hand, reserved, _) = stock.level(a).await;
    assert_eq!((on_hand, reserved), (6, 6));
    stock.verify().await;
}

#[tokio::test]
async fn a_hot_variant_tells_nobody_before_it_runs_low_and_then_says_it_once() {
    let stock = Stock::new(2).await;
    let a = stock.variant(&[160]).await;
    let pool = stock.db.pool("catalog", 1).await;
    let mut catalog = pool.acquire().await.unwrap();
    catalog::store::slots::split_slots(&mut catalog, a, 8, false, "test")
        .await
        .unwrap();
    let before = stock.events().await;
    let hold = async |units| {
        stock
            .hold(CheckoutId::generate(), &[(a, units)], stock.now)
            .await
            .unwrap();
    };
    for _ in 0..20 {
        hold(1).await;
    }
    assert_eq!(stock.events().await, before);
    for _ in 0..13 {
        hold(10).await;
    }
    hold(9).await;
    assert_eq!(stock.level(a).await, (160, 159, 0));
    assert_eq!(stock.events().await, before + 1, "one open event says it");
}
