//! Who may do what, and what is written down of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::stock::variant;
use crate::support::{Shop, tag, usd};

#[tokio::test]
async fn every_door_of_the_back_office_is_closed_to_who_has_no_right_to_it() {
    let shop = Shop::open().await;
    let document = serde_json::to_value(catalog::openapi()).unwrap();
    let missing = testkit::authorisation::check(&shop.app, &document, shop.tokens()).await;
    let meant = [
        "audit.read",
        "catalog.read",
        "catalog.write",
        "stock.adjust",
        "taxes.write",
    ];
    assert_eq!(missing, BTreeSet::from(meant.map(str::to_owned)));
}

#[tokio::test]
async fn a_right_opens_its_own_door_only() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 5).await;
    let stock = format!("/variants/{}/stock", variant(&product));
    let change = json!({"delta": 1, "reason": "found"});
    for few in [&["catalog.read"][..], &["catalog.write", "taxes.write"]] {
        let refused = shop
            .call_with(few, "POST", &stock)
            .header("idempotency-key", "a")
            .json(change.clone())
            .send()
            .await;
        assert_eq!(
            refused.problem(403, "permission_missing")["permission"],
            "stock.adjust"
        );
    }
    shop.call_with(&["stock.adjust"], "POST", &stock)
        .header("idempotency-key", "a")
        .json(change)
        .send()
        .await
        .expect(200);
    let refused = shop
        .call_with(&["stock.adjust"], "GET", &stock)
        .send()
        .await;
    refused.problem(403, "permission_missing");
    shop.call_with(&["catalog.read"], "GET", &stock)
        .send()
        .await
        .expect(200);
}

async fn trail(shop: &Shop, query: &str) -> Vec<Value> {
    let page = shop
        .staff_get(&format!("/audit/catalog?{query}"))
        .await
        .expect(200)
        .json;
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_write_leaves_its_trail_and_a_refused_one_leaves_none() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 5).await;
    let id = product["id"].as_str().unwrap();
    let path = format!("/products/{id}");
    let read = shop.staff_get(&path).await;
    shop.staff_patch(&path, &tag(&read), json!({"title": "Phone 2"}))
        .await
        .expect(200);
    shop.staff_patch(&path, &tag(&read), json!({"title": "Phone 3"}))
        .await
        .problem(412, "version_mismatch");
    let entries = trail(&shop, &format!("object_type=product&object_id={id}")).await;
    assert_eq!(entries.len(), 2, "{entries:#?}");
    assert_eq!(entries[0]["action"], "product.update");
    assert_eq!(entries[0]["before"], json!({"title": "Phone"}));
    assert_eq!(entries[0]["after"], json!({"title": "Phone 2"}));
    assert_eq!(entries[0]["actor"]["kind"], "staff");
    assert!(entries[0]["request_id"].is_string());
    assert_eq!(entries[1]["action"], "product.create");

    let variant = variant(&product);
    shop.app
        .put(format!("/api/v1/admin/variants/{variant}/prices/USD"))
        .bearer(&shop.staff)
        .json(json!({"amount": 90}))
        .send()
        .await
        .expect(200);
    shop.stock(&product, json!({"on_hand": 3, "reason": "counted"}))
        .await
        .expect(200);
    shop.stock(&product, json!({"on_hand": -1, "reason": "counted"}))
        .await
        .problem(422, "validation_failed");
    let entries = trail(&shop, &format!("object_type=variant&object_id={variant}")).await;
    let actions: Vec<_> = entries.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["stock.adjust", "price.set"]);
    assert_eq!(entries[0]["reason"], "counted");
    assert_eq!(
        (
            &entries[0]["before"]["on_hand"],
            &entries[0]["after"]["on_hand"]
        ),
        (&json!(5), &json!(3))
    );
    assert_eq!(entries[1]["after"]["prices"][0]["price"], usd(90));
}
