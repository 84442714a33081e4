//! The seed.

use catalog::ops::seed::{self, Seeded};

use crate::support::Shop;

#[tokio::test]
async fn a_second_seed_changes_nothing() {
    let shop = Shop::open().await;
    let workshop = shop.workshop();
    let first = seed::run(&workshop, &|_, _| ()).await.unwrap();
    assert!(first.tax_rates > 50, "{first:?}");
    let again = seed::run(&workshop, &|_, _| ()).await.unwrap();
    assert_eq!(again, Seeded::default());
    shop.db.verify().await;
}
