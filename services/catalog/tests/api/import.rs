//! Imports from files.

use std::fmt::Write as _;
use std::path::PathBuf;

use catalog::ops::import::{self, Request};
use catalog::ops::report::Totals;
use kernel::EventId;
use serde_json::{Value, json};

use crate::support::{Shop, usd};

const MAPPING: &str = r#"
version = 1
name = "Demo source"

[fields]
key = "id"
title = "title"
price = "price"
brand = "brand"
description = "text"
barcode = "ean"
media = ["image"]

[price]
unit = "minor"
currency = "USD"

[stock]
policy = "field"
field = "units"

[attributes]
text_prefix = "t_"
number_prefix = "n_"
boolean_prefix = "b_"

[categories]
default = "other"
rules = [{ category = "laptops", when = { title = ["laptop"] } }]
"#;

/// Files of one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("techmart-import-{}", EventId::generate()));
        std::fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        folder.write("mapping.toml", MAPPING);
        folder
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn rows(&self, rows: &[Value]) -> PathBuf {
        let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
        self.write("rows.jsonl", &lines.join("\n"))
    }

    fn request(&self, file: PathBuf) -> Request {
        Request {
            file,
            mapping: self.0.join("mapping.toml"),
            dry_run: false,
            report: Some(self.0.join("report.jsonl")),
        }
    }

    fn report(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.0.join("report.jsonl")).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind lies in the temporary folder.
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}

fn row(id: &str, price: i64) -> Value {
    json!({
        "id": id, "title": format!("Laptop {id}"), "price": price, "brand": "Acme", "text": "Good.", "units": 7,
        "ean": ["4006381333931"], "image": "http://example.com/a.jpg", "t_colour": "Red", "n_memory": 16.0, "b_touch": false,
    })
}

fn counts(totals: &Totals) -> [u64; 5] {
    [
        totals.rows,
        totals.created,
        totals.updated,
        totals.unchanged,
        totals.failed,
    ]
}

async fn run(shop: &Shop, request: &Request) -> Totals {
    import::run(&shop.workshop(), request, &|_, _| ())
        .await
        .unwrap()
}

async fn refused(shop: &Shop, request: &Request) -> String {
    let error = import::run(&shop.workshop(), request, &|_, _| ())
        .await
        .unwrap_err();
    let text = format!("{error:#}");
    assert!(
        !text.contains('\n') || text.contains("mapping file is not valid"),
        "{text}"
    );
    text
}

#[tokio::test]
async fn a_bad_file_or_mapping_changes_nothing() {
    let (shop, folder) = (Shop::open().await, Folder::new());
    let good = folder.rows(&[row("1", 100)]);
    for (file, expected) in [
        (folder.0.join("missing.jsonl"), "cannot read the file"),
        (folder.write("empty.jsonl", "\n"), "no rows"),
        (folder.write("text.jsonl", "id,title\n"), "JSON"),
        (folder.write("plain.zst", "{}\n"), "zstd"),
    ] {
        let text = refused(&shop, &folder.request(file)).await;
        assert!(text.contains(expected), "{text}");
    }
    for (mapping, expected) in [
        ("nonsense", "not valid"),
        (&MAPPING.replace("\"laptops\"", "\"lapdogs\""), "lapdogs"),
        (&MAPPING.replace("USD", "EUR"), "the shop sells in USD"),
    ] {
        let mapping = folder.write("bad.toml", mapping);
        let text = refused(
            &shop,
            &Request {
                mapping,
                ..folder.request(good.clone())
            },
        )
        .await;
        assert!(text.contains(expected), "{text}");
    }
    let missing = Request {
        mapping: folder.0.join("none.toml"),
        ..folder.request(good.clone())
    };
    assert!(refused(&shop, &missing).await.contains("none.toml"));
    let unwritable = Request {
        report: Some(folder.0.join("no/such/folder")),
        ..folder.request(good)
    };
    assert!(
        refused(&shop, &unwritable)
            .await
            .contains("cannot write the report")
    );
    assert_eq!(
        shop.get("/products").await.expect(200).json["items"],
        json!([])
    );
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_writes_nothing() {
    let (shop, folder) = (Shop::open().await, Folder::new());
    let request = folder.request(folder.rows(&[row("1", 100), row("2", 200), json!({"id": "3"})]));
    let dry = run(
        &shop,
        &Request {
            dry_run: true,
            ..request.clone()
        },
    )
    .await;
    assert_eq!(counts(&dry), [3, 2, 0, 0, 1]);
    assert_eq!(
        shop.get("/products").await.expect(200).json["items"],
        json!([])
    );
    let attributes = shop.staff_get("/attributes").await.expect(200).json;
    assert_eq!(attributes["items"], json!([]));
    assert_eq!(counts(&run(&shop, &request).await), [3, 2, 0, 0, 1]);
    folder.rows(&[row("1", 150), row("2", 200)]);
    let dry = run(
        &shop,
        &Request {
            dry_run: true,
            ..request
        },
    )
    .await;
    assert_eq!(counts(&dry), [2, 0, 1, 1, 0]);
}

#[tokio::test]
async fn a_second_import_changes_nothing_and_a_changed_row_updates() {
    let (shop, folder) = (Shop::open().await, Folder::new());
    let request = folder.request(folder.rows(&[row("1", 100), row("2", 200)]));
    assert_eq!(counts(&run(&shop, &request).await), [2, 2, 0, 0, 0]);
    let first = shop.get("/products/laptop-1-1").await.expect(200).json;
    assert_eq!(first["brand"], json!({"slug": "acme", "name": "Acme"}));
    assert_eq!(first["category"]["slug"], "laptops");
    assert_eq!(first["variants"][0]["barcode"], "4006381333931");
    assert_eq!(first["variants"][0]["available_quantity"], 7);
    let codes: Vec<_> = first["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| (&a["code"], &a["value"]))
        .collect();
    assert_eq!(
        codes,
        [
            (&json!("memory"), &json!(16)),
            (&json!("colour"), &json!("Red")),
            (&json!("touch"), &json!(false))
        ]
    );
    assert!(
        !first.to_string().contains("example.com"),
        "foreign pictures are never linked"
    );
    assert!(
        first["media"][0]["url"]
            .as_str()
            .unwrap()
            .contains("color=d03b3f"),
        "{}",
        first["media"]
    );

    assert_eq!(counts(&run(&shop, &request).await), [2, 0, 0, 2, 0]);
    assert_eq!(
        shop.get("/products/laptop-1-1").await.expect(200).json,
        first
    );

    // Staff sell some and archive the other one; the source raises a price and counts other units.
    let variant = first["variants"][0]["id"].as_str().unwrap();
    let change = json!({"on_hand": 3, "reason": "counted"});
    shop.staff_post(&format!("/variants/{variant}/stock"), change)
        .await
        .expect(200);
    let mut dearer = row("1", 120);
    dearer["units"] = json!(50);
    folder.rows(&[dearer, row("2", 200)]);
    assert_eq!(counts(&run(&shop, &request).await), [2, 0, 1, 1, 0]);
    let second = shop.get("/products/laptop-1-1").await.expect(200).json;
    assert_eq!(
        (&second["id"], &second["variants"][0]["id"]),
        (&first["id"], &first["variants"][0]["id"])
    );
    assert_eq!(second["variants"][0]["price"], usd(120));
    assert_eq!(
        second["variants"][0]["available_quantity"], 3,
        "stock that was there is left alone"
    );
    assert!(second["version"].as_i64() > first["version"].as_i64());
    shop.db.verify().await;
}

#[tokio::test]
async fn what_staff_decided_survives_an_import() {
    let (shop, folder) = (Shop::open().await, Folder::new());
    let request = folder.request(folder.rows(&[row("1", 100)]));
    run(&shop, &request).await;
    let product = shop.get("/products/laptop-1-1").await.expect(200).json;
    let path = format!("/products/{}", product["id"].as_str().unwrap());
    let variant = format!(
        "/variants/{}",
        product["variants"][0]["id"].as_str().unwrap()
    );
    shop.staff_patch(&variant, "", json!({"options": {"Colour": "Red"}}))
        .await
        .expect(200);
    let more = json!({"price": usd(130), "options": {"Colour": "Blue"}});
    shop.staff_post(&format!("{path}/variants"), more)
        .await
        .expect(201);
    let archived = shop.staff_get(&path).await.expect(200);
    let tag = archived.header("etag").unwrap();
    shop.staff_patch(&path, tag, json!({"status": "archived"}))
        .await
        .expect(200);
    folder.rows(&[row("1", 90)]);
    assert_eq!(counts(&run(&shop, &request).await), [1, 0, 1, 0, 0]);
    let after = shop.staff_get(&path).await.expect(200).json;
    assert_eq!(after["status"], "archived");
    let variants = after["variants"].as_array().unwrap();
    assert_eq!(variants.len(), 2);
    assert_eq!(
        (&variants[0]["options"], &variants[0]["prices"][0]["price"]),
        (&json!({"Colour": "Red"}), &usd(90))
    );
}

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
