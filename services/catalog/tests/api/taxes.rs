//! Tax rates, as staff keep them.

use serde_json::{Value, json};

use crate::support::{Shop, pointers};

impl Shop {
    async fn tax(&self, method: &str, zone: &str, body: Option<Value>) -> testkit::Answer {
        let call = self.call_with(&["taxes.write"], method, &format!("/tax-rates/{zone}"));
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }
}

/// What is written down of a zone: action, rate before and after, the newest first.
async fn trail(shop: &Shop, zone: &str) -> Vec<Value> {
    let path = format!("/audit/catalog?object_type=tax_rate&object_id={zone}");
    let page = shop.staff_get(&path).await.expect(200).json;
    let entries = page["items"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            json!([
                entry["action"],
                entry["before"]["rate_ppm"],
                entry["after"]["rate_ppm"]
            ])
        })
        .collect()
}

#[tokio::test]
async fn what_is_no_zone_or_no_rate_is_refused() {
    let shop = Shop::open().await;
    let rate = json!({"rate_ppm": 72_500, "included": false});
    for zone in [
        "us/CA/standard",
        "USA/-/standard",
        "US/California/standard",
        "US/CA/luxury",
    ] {
        shop.tax("PUT", zone, Some(rate.clone()))
            .await
            .problem(404, "not_found");
    }
    for (zone, body, pointer) in [
        (
            "US/CA/standard",
            json!({"rate_ppm": -1, "included": false}),
            "/rate_ppm",
        ),
        (
            "US/CA/standard",
            json!({"rate_ppm": 1_000_001, "included": false}),
            "/rate_ppm",
        ),
        ("US/CA/standard", json!({"rate_ppm": 1}), "/included"),
        (
            "DE/-/zero",
            json!({"rate_ppm": 1, "included": true}),
            "/rate_ppm",
        ),
    ] {
        let problem = shop
            .tax("PUT", zone, Some(body))
            .await
            .problem(422, "validation_failed");
        assert_eq!(pointers(&problem), [pointer]);
    }
}

#[tokio::test]
async fn rates_are_set_listed_and_removed() {
    let shop = Shop::open().await;
    let rate = json!({"rate_ppm": 72_500, "included": false});
    let set = shop
        .tax("PUT", "US/CA/standard", Some(rate))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (
            &set["country"],
            &set["region"],
            &set["tax_class"],
            &set["rate_ppm"]
        ),
        (
            &json!("US"),
            &json!("CA"),
            &json!("standard"),
            &json!(72_500)
        )
    );
    for (zone, rate_ppm) in [
        ("DE/-/standard", 190_000),
        ("DE/-/reduced", 70_000),
        ("US/-/standard", 0),
    ] {
        let body = json!({"rate_ppm": rate_ppm, "included": zone.starts_with('D')});
        shop.tax("PUT", zone, Some(body)).await.expect(200);
    }
    let (mut zones, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop
            .staff_get(&format!("/tax-rates?limit=3{cursor}"))
            .await
            .expect(200)
            .json;
        for rate in page["items"].as_array().unwrap() {
            zones.push(
                format!(
                    "{} {} {}",
                    rate["country"], rate["region"], rate["tax_class"]
                )
                .replace('"', ""),
            );
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(
        zones,
        [
            "DE null reduced",
            "DE null standard",
            "US null standard",
            "US CA standard"
        ]
    );
    let german = shop
        .staff_get("/tax-rates?country=DE")
        .await
        .expect(200)
        .json;
    assert_eq!(german["items"].as_array().unwrap().len(), 2);
    shop.staff_get("/tax-rates?country=de")
        .await
        .problem(400, "invalid_query");
    shop.tax("DELETE", "US/CA/standard", None).await.expect(204);
    shop.tax("DELETE", "US/CA/standard", None)
        .await
        .problem(404, "not_found");
    let actions = trail(&shop, "US/CA/standard").await;
    assert_eq!(
        actions,
        [
            json!(["tax_rate.delete", 72_500, null]),
            json!(["tax_rate.set", null, 72_500])
        ]
    );
}

#[tokio::test]
async fn checkouts_see_the_rate_that_staff_set() {
    let shop = Shop::open().await;
    for (zone, rate_ppm) in [("US/-/standard", 10_000), ("US/CA/standard", 72_500)] {
        let body = json!({"rate_ppm": rate_ppm, "included": false});
        shop.tax("PUT", zone, Some(body)).await.expect(200);
    }
    let mut conn = shop.db.pool("checkout", 1).await.acquire().await.unwrap();
    let rate = async |conn: &mut sqlx::PgConnection, region| {
        contract_catalog::quote::list_tax_rates(conn, "US", region)
            .await
            .unwrap()[0]
            .rate_ppm
    };
    assert_eq!(rate(&mut conn, Some("CA")).await, 72_500);
    assert_eq!(rate(&mut conn, Some("NV")).await, 10_000);
    shop.tax("DELETE", "US/CA/standard", None).await.expect(204);
    assert_eq!(rate(&mut conn, Some("CA")).await, 10_000);
}

#[tokio::test]
async fn the_class_of_a_product_decides_about_its_rate() {
    let shop = Shop::open().await;
    let product = shop.product("Handbook", 100, 5).await;
    assert_eq!(product["tax_class"], "standard");
    let path = format!("/products/{}", product["id"].as_str().unwrap());
    let tag = crate::support::tag(&shop.staff_get(&path).await);
    let refused = shop
        .staff_patch(&path, &tag, json!({"tax_class": "luxury"}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(pointers(&refused), ["/tax_class"]);
    let changed = shop
        .staff_patch(&path, &tag, json!({"tax_class": "reduced"}))
        .await
        .expect(200)
        .json;
    assert_eq!(changed["tax_class"], "reduced");
    let mut conn = shop.db.pool("checkout", 1).await.acquire().await.unwrap();
    let variant = crate::stock::variant(&product);
    let quotes = contract_catalog::quote::list_quotes(&mut conn, &[variant], shop.state.currency)
        .await
        .unwrap();
    assert_eq!(quotes[0].tax_class, "reduced");
}
