//! What staff do and see.

use checkout::jobs::work_inbox;
use kernel::CheckoutId;
use serde_json::{Value, json};

use crate::operations::bought;
use crate::shop::Shop;
use crate::tenders::gift_card;

#[tokio::test]
async fn everything_needs_its_permission() {
    let shop = Shop::open().await;
    let customer = shop.tokens.customer(kernel::UserId::generate());
    let other = shop.tokens.staff_with(&["orders.read"]);
    let id = CheckoutId::generate();
    let reads = [
        format!("/api/v1/admin/checkouts/{id}"),
        "/api/v1/admin/inbox".into(),
        "/api/v1/admin/ledger/totals".into(),
        "/api/v1/admin/gift-cards".into(),
        "/api/v1/admin/shipping/zones".into(),
        "/api/v1/admin/shipping/methods".into(),
        "/api/v1/admin/audit/checkout".into(),
    ];
    for path in &reads {
        shop.app
            .get(path)
            .send()
            .await
            .problem(401, "token_missing");
        shop.app
            .get(path)
            .bearer(&customer)
            .send()
            .await
            .problem(403, "forbidden");
        shop.app
            .get(path)
            .bearer(&other)
            .send()
            .await
            .problem(403, "permission_missing");
    }
    let post = |path: &str, token: &str| {
        let call = shop
            .app
            .post(path)
            .bearer(token)
            .header("idempotency-key", "k");
        call.json(json!({"amount": {"amount": 5, "currency": "USD"}, "reason": "x"}))
            .send()
    };
    for path in [
        "/api/v1/admin/gift-cards".to_owned(),
        format!(
            "/api/v1/admin/customers/{}/store-credit",
            kernel::UserId::generate()
        ),
    ] {
        post(&path, &customer).await.problem(403, "forbidden");
        post(&path, &other).await.problem(403, "permission_missing");
    }
    assert_eq!(
        shop.count("select count(*) from checkout.stored_value")
            .await,
        0
    );
}

#[tokio::test]
async fn a_gift_card_is_issued_once_per_key_and_can_be_closed() {
    let shop = Shop::open().await;
    let staff = shop.tokens.staff();
    let issue = |key: &'static str, body: Value| {
        let call = shop.app.post("/api/v1/admin/gift-cards").bearer(&staff);
        call.header("idempotency-key", key).json(body).send()
    };
    let worth =
        |minor: i64| json!({"amount": {"amount": minor, "currency": "USD"}, "note": "a prize"});
    for wrong in [0, -1, 100_000_001] {
        issue("x", worth(wrong))
            .await
            .problem(422, "validation_failed");
    }
    let past =
        json!({"amount": {"amount": 5, "currency": "USD"}, "expires_at": "2020-01-01T00:00:00Z"});
    issue("x", past).await.problem(422, "validation_failed");
    let call = shop
        .app
        .post("/api/v1/admin/gift-cards")
        .bearer(&staff)
        .json(worth(5));
    call.send().await.problem(400, "idempotency_key_missing");

    let first = issue("k", worth(2_500)).await.expect(201).json;
    assert_eq!(first["code"].as_str().unwrap().len(), 24);
    let again = issue("k", worth(2_500)).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.json["code"], json!(null), "a code is shown once");
    assert_eq!(again.json["gift_card"], first["gift_card"]);
    issue("k", worth(2_501))
        .await
        .problem(422, "idempotency_key_reused");
    gift_card(&shop, 700).await;

    let list = shop
        .app
        .get("/api/v1/admin/gift-cards?limit=1")
        .bearer(&staff)
        .send()
        .await
        .expect(200)
        .json;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let next = format!(
        "/api/v1/admin/gift-cards?limit=1&cursor={}",
        list["next_cursor"].as_str().unwrap()
    );
    let rest = shop
        .app
        .get(next)
        .bearer(&staff)
        .send()
        .await
        .expect(200)
        .json;
    assert_eq!(rest["items"][0]["id"], first["gift_card"]["id"]);

    let path = format!(
        "/api/v1/admin/gift-cards/{}/disable",
        first["gift_card"]["id"].as_str().unwrap()
    );
    let close = |version: Option<&'static str>| {
        let mut call = shop.app.post(path.clone()).bearer(&staff);
        if let Some(version) = version {
            call = call.header("if-match", version);
        }
        call.json(json!({"reason": "stolen"})).send()
    };
    close(None).await.problem(428, "if_match_missing");
    close(Some("\"9\"")).await.problem(412, "version_mismatch");
    let closed = close(Some("\"1\"")).await.expect(200).json;
    assert_eq!(
        (&closed["active"], &closed["version"]),
        (&json!(false), &json!(2))
    );
    let balance = shop.app.post("/api/v1/gift-cards/balance");
    balance
        .json(json!({"code": first["code"]}))
        .send()
        .await
        .problem(404, "gift_card_unknown");
    let log = shop
        .app
        .get("/api/v1/admin/audit/checkout")
        .bearer(&staff)
        .send()
        .await
        .expect(200)
        .json;
    let text = log.to_string();
    assert!(text.contains("gift_card.disable") && text.contains("stolen"));
    assert!(!text.contains(first["code"].as_str().unwrap()));
    shop.verify().await;
}

#[tokio::test]
async fn shipping_is_changed_as_a_whole() {
    let shop = Shop::open().await;
    let staff = shop.tokens.staff();
    let zone = json!({"code": "hawaii", "name": "Hawaii", "countries": ["US"], "regions": ["HI"]});
    let post = |what: &str, body: &Value| {
        shop.app
            .post(format!("/api/v1/admin/shipping/{what}"))
            .bearer(&staff)
            .json(body.clone())
            .send()
    };
    let bad = json!({"code": "X y", "name": "", "countries": []});
    post("zones", &bad).await.problem(422, "validation_failed");
    let wide =
        json!({"code": "wide", "name": "Wide", "countries": ["US", "CA"], "regions": ["HI"]});
    post("zones", &wide).await.problem(422, "validation_failed");
    post("zones", &zone).await.expect(201);
    post("zones", &zone).await.problem(409, "code_taken");

    let rate = |zone: &str, minor: i64| json!({"zone": zone, "price": {"amount": minor, "currency": "USD"}});
    let method = json!({"code": "boat", "name": "By boat", "min_days": 9, "max_days": 20,
        "rates": [rate("hawaii", 700)]});
    let mut unknown = method.clone();
    unknown["rates"] = json!([rate("atlantis", 1)]);
    post("methods", &unknown)
        .await
        .problem(422, "validation_failed");
    let mut twice = method.clone();
    twice["rates"] = json!([rate("hawaii", 1), rate("hawaii", 2)]);
    post("methods", &twice)
        .await
        .problem(422, "validation_failed");
    let made = post("methods", &method).await.expect(201);
    assert_eq!(made.json["version"], 1);

    let radio = shop.product("Radio", 2_000, 5).await;
    let mut buyer = crate::buyer::Buyer::begin(&shop, shop.guest_cart(&[(radio, 1)]).await).await;
    let mut island = crate::buyer::address();
    (island["region"], island["postal_code"]) = (json!("Hawaii"), json!("96801"));
    buyer
        .patch(&shop, json!({"shipping_address": island}))
        .await;
    assert_eq!(buyer.checkout["shipping_methods"][0]["code"], "boat");
    assert_eq!(
        buyer.checkout["shipping_methods"].as_array().unwrap().len(),
        1
    );
    buyer.patch(&shop, json!({"shipping_method": "boat"})).await;

    let put = |version: &'static str, body: &Value| {
        let call = shop
            .app
            .put("/api/v1/admin/shipping/methods/boat")
            .bearer(&staff);
        call.header("if-match", version).json(body.clone()).send()
    };
    let mut dearer = method.clone();
    dearer["rates"] = json!([rate("hawaii", 900)]);
    put("\"7\"", &dearer).await.problem(412, "version_mismatch");
    put("\"1\"", &dearer).await.expect(200);
    put("\"1\"", &dearer).await.problem(412, "version_mismatch");
    assert_eq!(
        buyer.refresh(&shop).await["totals"]["shipping"]["amount"],
        900
    );
    let delete = |path: &str, version: &'static str| {
        shop.app
            .delete(format!("/api/v1/admin/shipping/{path}"))
            .bearer(&staff)
            .header("if-match", version)
            .send()
    };
    delete("zones/hawaii", "\"1\"").await.problem(409, "in_use");
    delete("methods/boat", "\"2\"").await.problem(409, "in_use");
    let mut off = dearer.clone();
    off["enabled"] = json!(false);
    put("\"2\"", &off).await.expect(200);
    assert_eq!(buyer.refresh(&shop).await["shipping_method"], json!(null));
    let logged = "select count(*) from checkout.audit_log where action like 'shipping\\_%'";
    assert_eq!(shop.count(logged).await, 4);
}

#[tokio::test]
async fn staff_see_what_happened() {
    let shop = Shop::open().await;
    let staff = shop.tokens.staff();
    let (order_id, total) = bought(&shop, "pm_card_visa").await;
    let id: uuid::Uuid = sqlx::query_scalar("select checkout_id from checkout.checkout")
        .fetch_one(&shop.admin)
        .await
        .unwrap();
    let path = format!("/api/v1/admin/checkouts/{}", CheckoutId::from(id));
    let seen = shop
        .app
        .get(path)
        .bearer(&staff)
        .send()
        .await
        .expect(200)
        .json;
    assert_eq!(seen["attempts"][0]["last4"], "4242");
    let steps: Vec<&str> = seen["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["step"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["prepared", "placed"]);
    let missing = format!("/api/v1/admin/checkouts/{}", CheckoutId::generate());
    shop.app
        .get(missing)
        .bearer(&staff)
        .send()
        .await
        .problem(404, "not_found");

    let ledger = shop
        .app
        .get(format!("/api/v1/admin/ledger?order_id={order_id}"))
        .bearer(&staff);
    let ledger = ledger.send().await.expect(200).json;
    let amounts: Vec<i64> = ledger["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["amount"]["amount"].as_i64().unwrap())
        .collect();
    assert_eq!(amounts, [total, -total]);
    let totals = shop
        .app
        .get("/api/v1/admin/ledger/totals")
        .bearer(&staff)
        .send()
        .await
        .expect(200)
        .json;
    let sum: i64 = totals["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["balance"]["amount"].as_i64().unwrap())
        .sum();
    assert_eq!(sum, 0);
}

#[tokio::test]
async fn a_report_that_was_given_up_can_be_tried_again() {
    let shop = Shop::open().await;
    let stray = json!({"id": "evt_stray", "type": "payment_intent.succeeded", "data": {"object": {"id": "pi_stray"}}});
    shop.report(&stray).await;
    work_inbox(&shop.state).await.unwrap();
    let inbox = |state: &str| {
        let path = format!("/api/v1/admin/inbox?state={state}");
        shop.app.get(path).bearer(shop.tokens.staff()).send()
    };
    assert_eq!(
        inbox("parked").await.expect(200).json["items"][0]["event_id"],
        "evt_stray"
    );
    shop.advance(90_000);
    work_inbox(&shop.state).await.unwrap();
    assert_eq!(
        inbox("dead").await.expect(200).json["items"][0]["outcome"],
        "dead"
    );
    let staff = shop.tokens.staff();
    let retry = |id: &str| {
        shop.app
            .post(format!("/api/v1/admin/inbox/{id}/retry"))
            .bearer(&staff)
            .send()
    };
    retry("evt_none").await.problem(404, "not_found");
    retry("evt_stray").await.expect(204);
    let open = "select count(*) from checkout.provider_inbox where processed_at is null";
    assert_eq!(shop.count(open).await, 1);
    sqlx::raw_sql("update checkout.provider_inbox set processed_at = now(), outcome = 'applied'")
        .execute(&shop.admin)
        .await
        .unwrap();
    retry("evt_stray").await.problem(409, "report_done");
}
