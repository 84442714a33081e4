//! Whole runs: bad files, dry runs, repeated ones.

use catalog::ops::import::Request;
use serde_json::json;

use super::{Folder, MAPPING, counts, refused, row, run};
use crate::support::{Shop, usd};

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
    shop.staff_once(&format!("/variants/{variant}/stock"), change)
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
