//! Single rows: bad ones, and values that do not fit.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Folder, counts, row, run};
use crate::support::Shop;

#[tokio::test]
async fn bad_rows_are_reported_and_never_stop_the_run() {
    let (shop, folder) = (Shop::open().await, Folder::new());
    let mut negative = row("4", 1);
    negative["units"] = json!(-1);
    let mut wrong = row("5", 1);
    wrong["n_memory"] = json!("much");
    let mut text = String::new();
    for good in [
        row("1", 100),
        row("2", 200),
        row("1", 300),
        negative,
        wrong,
        json!({"id": "6", "title": "x"}),
    ] {
        writeln!(text, "{good}").unwrap();
    }
    text.push_str("{\"id\": \"7\"\n[1]\n");
    writeln!(text, "{}", row("8", 100)).unwrap();
    let request = folder.request(folder.write("rows.jsonl", &text));
    let totals = run(&shop, &request).await;
    assert_eq!(counts(&totals), [9, 3, 0, 0, 6]);
    let failures: Vec<_> = folder
        .report()
        .into_iter()
        .map(|failure| {
            (
                failure["line"].as_u64().unwrap(),
                failure["field"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [
        (3, "key"),
        (4, "units"),
        (5, "n_memory"),
        (6, "price"),
        (7, "row"),
        (8, "row"),
    ];
    assert_eq!(
        failures,
        expected.map(|(line, field)| (line, field.to_owned()))
    );
    assert_eq!(totals.failures.len(), 6);
    assert_eq!(counts(&run(&shop, &request).await), [9, 0, 0, 3, 6]);
}

#[tokio::test]
async fn a_row_that_the_database_refuses_fails_alone() {
    let (shop, folder) = (Shop::open().await, Folder::new());
    // A rule that only the database knows.
    let pool = shop.db.admin_pool().await;
    sqlx::query("alter table catalog.product add constraint product_price_test check (title <> 'Laptop 13')")
        .execute(&pool)
        .await
        .unwrap();
    let rows: Vec<Value> = (1..=30).map(|id| row(&id.to_string(), 100)).collect();
    let totals = run(&shop, &folder.request(folder.rows(&rows))).await;
    assert_eq!(counts(&totals), [30, 29, 0, 0, 1]);
    let failure = &totals.failures[0];
    assert_eq!(
        (failure.line, failure.key.as_deref(), failure.field.as_str()),
        (13, Some("13"), "row")
    );
    assert!(
        failure.reason.contains("product_price_test"),
        "{}",
        failure.reason
    );
}

#[tokio::test]
async fn values_are_fitted_to_the_types_that_codes_have() {
    let (shop, folder) = (Shop::open().await, Folder::new());
    shop.attributes(&[("memory", "text"), ("colour", "number")])
        .await;
    let totals = run(&shop, &folder.request(folder.rows(&[row("1", 100)]))).await;
    assert_eq!(
        (counts(&totals), totals.values_left_out),
        ([1, 1, 0, 0, 0], 0)
    );
    let product = shop.get("/products/laptop-1-1").await.expect(200).json;
    let values: Vec<_> = product["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| (&a["code"], &a["value"]))
        .collect();
    let expected = json!([["colour_text", "Red"], ["memory", "16"], ["touch", false]]);
    assert_eq!(json!(values), expected);
}

#[tokio::test]
async fn many_rows_in_several_batches() {
    let (mut shop, folder) = (Shop::open().await, Folder::new());
    shop.settings.import.batch_rows = 7;
    let rows: Vec<Value> = (1..=40).map(|id| row(&id.to_string(), 100 + id)).collect();
    let request = folder.request(folder.rows(&rows));
    assert_eq!(counts(&run(&shop, &request).await), [40, 40, 0, 0, 0]);
    assert_eq!(
        shop.titles("/products?sort=price_asc&limit=9").await.len(),
        40
    );
    assert_eq!(counts(&run(&shop, &request).await), [40, 0, 0, 40, 0]);
}
