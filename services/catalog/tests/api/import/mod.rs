//! Imports from files.

mod rows;
mod runs;

use std::path::PathBuf;

use catalog::ops::import::{self, Request};
use catalog::ops::report::Totals;
use kernel::EventId;
use serde_json::{Value, json};

use crate::support::Shop;

/// A mapping for [`row`].
pub(crate) const MAPPING: &str = r#"
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
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("techmart-import-{}", EventId::generate()));
        std::fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        folder.write("mapping.toml", MAPPING);
        folder
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn rows(&self, rows: &[Value]) -> PathBuf {
        let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
        self.write("rows.jsonl", &lines.join("\n"))
    }

    pub(crate) fn request(&self, file: PathBuf) -> Request {
        Request {
            file,
            mapping: self.0.join("mapping.toml"),
            dry_run: false,
            report: Some(self.0.join("report.jsonl")),
        }
    }

    pub(crate) fn report(&self) -> Vec<Value> {
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

pub(crate) fn row(id: &str, price: i64) -> Value {
    json!({
        "id": id, "title": format!("Laptop {id}"), "price": price, "brand": "Acme", "text": "Good.", "units": 7,
        "ean": ["4006381333931"], "image": "http://example.com/a.jpg", "t_colour": "Red", "n_memory": 16.0, "b_touch": false,
    })
}

pub(crate) fn counts(totals: &Totals) -> [u64; 5] {
    [
        totals.rows,
        totals.created,
        totals.updated,
        totals.unchanged,
        totals.failed,
    ]
}

pub(crate) async fn run(shop: &Shop, request: &Request) -> Totals {
    import::run(&shop.workshop(), request, &|_, _| ())
        .await
        .unwrap()
}

pub(crate) async fn refused(shop: &Shop, request: &Request) -> String {
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
