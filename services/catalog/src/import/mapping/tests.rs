use super::*;
use serde_json::json;

const MAPPING: &str = r#"
version = 1
name = "Test"
[fields]
key = "id"
title = "title"
price = "price"
brand = "maker"
description = "text"
barcode = "ean"
released_at = "date"
product_type = "type"
media = ["img", "thumb"]
weight = ["weight"]
[price]
unit = "major"
currency = "EUR"
[stock]
policy = "spread"
min = 1
max = 9
out_permille = 100
[attributes]
number_prefix = "n_"
text_prefix = "t_"
[categories]
default = "other"
[[categories.rules]]
category = "toner"
when.title = ["toner"]
unless.title = ["waste"]
[[categories.rules]]
category = "printer-maintenance"
priority = 5
when.text = ["waste + box"]
[[categories.rules]]
category = "headphones"
when.product_type = ["headphones"]
when.brand = ["Acme Audio"]
[[categories.rules]]
category = "ups"
when.title = ['/\b\d+ ?va\b/']
[[categories.rules]]
category = "ink-cartridges"
when.has = ["ink_volume"]
when.attributes.technology = ["inkjet*"]
"#;

fn mapping() -> Mapping {
    Mapping::parse(MAPPING, Taxonomy::shop()).unwrap()
}

fn row(value: Value) -> Row {
    let fields = [
        ("id", json!("7")),
        ("title", json!("A thing")),
        ("price", json!("10.50")),
    ];
    let mut row: Row = fields
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect();
    if let Value::Object(more) = value {
        row.extend(more);
    }
    row
}

fn refused(change: impl Fn(&str) -> String) -> String {
    Mapping::parse(&change(MAPPING), Taxonomy::shop())
        .unwrap_err()
        .to_string()
}

#[test]
fn a_row_becomes_a_product() {
    let row = row(
        json!({"title": " Toner &quot;X&quot;\u{2028}Black ", "maker": "Acme", "text": "One<br>two", "ean": ["4006381333931"],
        "date": "2024-02-03", "img": "http://img.example/1.jpg", "thumb": "", "weight": 12.5, "n_page_yield": 3000.0}),
    );
    let product = mapping().map(&row).unwrap();
    let hash = product.content_hash().unwrap();
    assert_eq!(
        serde_json::to_value(&product).unwrap(),
        json!({"external_ref": "7", "title": "Toner \"X\" Black", "slug_hint": "toner-x-black-7", "brand": "Acme", "category_slug": "toner",
            "description": "One\ntwo", "attributes": [{"code": "page_yield", "name": "Page yield", "kind": "number", "value": 3000, "unit": null}],
            "barcode": "4006381333931", "price_minor": 1050, "currency": "EUR", "stock_on_hand": product.stock_on_hand,
            "released_at": "2024-02-03T00:00:00Z", "source_media": ["http://img.example/1.jpg"], "weight_g": 12})
    );
    assert_eq!(mapping().map(&row).unwrap().content_hash().unwrap(), hash);
    let mut other = row;
    other.insert("price".to_owned(), json!(11));
    assert_ne!(mapping().map(&other).unwrap().content_hash().unwrap(), hash);
}

#[test]
fn rules_decide_in_order_of_priority() {
    let category = |value| mapping().map(&row(value)).unwrap().category_slug;
    assert_eq!(category(json!({"title": "Black toner"})), "toner");
    assert_eq!(category(json!({"title": "Toner waste"})), "other");
    assert_eq!(
        category(json!({"title": "Toner", "text": "a box for waste"})),
        "printer-maintenance"
    );
    assert_eq!(
        category(json!({"type": "Headphones", "maker": "ACME audio"})),
        "headphones"
    );
    assert_eq!(
        category(json!({"type": "Headphones", "maker": "Other"})),
        "other"
    );
    assert_eq!(category(json!({"title": "Smart 1500VA"})), "ups");
    assert_eq!(
        category(json!({"n_ink_volume": 7, "t_technology": "Inkjet printing"})),
        "ink-cartridges"
    );
    assert_eq!(
        category(json!({"n_ink_volume": 7, "t_technology": "Laser"})),
        "other"
    );
}

#[test]
fn bad_rows_name_field_and_reason() {
    let error = |value| mapping().map(&row(value)).unwrap_err().to_string();
    assert_eq!(error(json!({"id": ""})), "id: is missing or empty");
    assert_eq!(
        error(json!({"title": [1]})),
        "title: must be text, found a list"
    );
    assert_eq!(
        error(json!({"title": "x".repeat(501)})),
        "title: is longer than 500 bytes"
    );
    assert_eq!(error(json!({"price": null})), "price: is missing");
    assert_eq!(
        error(json!({"price": "1,50"})),
        "price: must be a number with at most 2 decimals"
    );
    assert_eq!(
        error(json!({"ean": "123"})),
        "ean: holds no valid GTIN (EAN or UPC)"
    );
    assert_eq!(
        error(json!({"n_size": "big"})),
        "n_size: must be a number, found text"
    );
}

#[test]
fn stock_is_spread_but_always_the_same() {
    let stock = |key: usize| {
        mapping()
            .map(&row(json!({"id": key.to_string()})))
            .unwrap()
            .stock_on_hand
    };
    let all: Vec<_> = (0..200).map(stock).collect();
    assert_eq!(all, (0..200).map(stock).collect::<Vec<_>>());
    assert!(
        all.iter().all(|units| (0..=9).contains(units)) && all.contains(&0) && all.contains(&9)
    );
}

#[test]
fn bad_mappings_name_the_key() {
    let says = |text: String, part: &str| assert!(text.contains(part), "{text} should name {part}");
    says(
        refused(|text| text.replace("key = \"id\"", "keys = \"id\"")),
        "keys",
    );
    says(
        refused(|text| text.replace("version = 1", "version = 2")),
        "`version` is 2",
    );
    says(
        refused(|text| text.replace("\"EUR\"", "\"XXY\"")),
        "price.currency",
    );
    says(
        refused(|text| text.replace("max = 9", "max = 0")),
        "`stock`",
    );
    says(
        refused(|text| text.replace("\"toner\"\nwhen", "\"tonner\"\nwhen")),
        "tonner",
    );
    says(
        refused(|text| text.replace("when.title = [\"toner\"]", "")),
        "missing field `when`",
    );
    says(
        refused(|text| text.replace(r"\d+ ?va", "(")),
        "categories.rules[3]",
    );
    says(
        refused(|text| text.replace("[\"headphones\"]", "[\"-\"]")),
        "holds no word",
    );
    says(
        refused(|text| text.replace("policy = \"spread\"", "policy = \"magic\"")),
        "policy",
    );
}
