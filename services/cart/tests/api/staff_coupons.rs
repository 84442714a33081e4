//! Coupons as staff manage them.

use jiff::SignedDuration;
use kernel::{Clock as _, CouponId, OrderId, UserId};
use serde_json::{Value, json};
use testkit::Answer;

use crate::shop::Shop;

const PATH: &str = "/api/v1/admin/coupons";

async fn make(shop: &Shop, key: &str, body: Value) -> Answer {
    let call = shop
        .app
        .post(PATH)
        .bearer(shop.staff())
        .header("idempotency-key", key);
    call.json(body).send().await
}

async fn patch(shop: &Shop, coupon: &Answer, body: Value) -> Answer {
    let call = shop
        .app
        .patch(path(coupon))
        .bearer(shop.staff())
        .header("if-match", coupon.header("etag").expect("a tag"));
    call.json(body).send().await
}

fn path(coupon: &Answer) -> String {
    format!("{PATH}/{}", coupon.json["id"].as_str().expect("an id"))
}

fn id(coupon: &Answer) -> CouponId {
    let text = coupon.json["id"].as_str().expect("an id");
    text.parse().expect("an id")
}

fn usd(minor: i64) -> Value {
    json!({"amount": minor, "currency": "USD"})
}

#[tokio::test]
async fn only_staff_with_the_permission() {
    let shop = Shop::open().await;
    let made = shop
        .make_coupon(json!({"percent_ppm": 1}))
        .await
        .expect(201);
    let customer = shop.tokens.customer(UserId::generate());
    let reader = shop.tokens.staff_with(&["coupons.read", "orders.refund"]);
    let other = shop.tokens.staff_with(&["orders.read"]);
    let body = json!({"code": "abc", "description": "d", "percent_ppm": 1});
    for target in [PATH.to_owned(), path(&made)] {
        let read = || shop.app.get(&target);
        read().send().await.problem(401, "token_missing");
        read()
            .bearer(&customer)
            .send()
            .await
            .problem(403, "forbidden");
        let missing = read().bearer(&other).send().await;
        let problem = missing.problem(403, "permission_missing");
        assert_eq!(problem["permission"], "coupons.read");
        read().bearer(&reader).send().await.expect(200);
    }
    for token in [&reader, &other] {
        let post = shop.app.post(PATH).bearer(token);
        let post = post.header("idempotency-key", "k").json(body.clone());
        post.send().await.problem(403, "permission_missing");
        let change = shop.app.patch(path(&made)).bearer(token);
        let change = change.header("if-match", "\"1\"").json(json!({}));
        change.send().await.problem(403, "permission_missing");
    }
}

#[tokio::test]
async fn refuses_what_is_no_coupon() {
    let shop = Shop::open().await;
    let whole = || json!({"code": "NEW", "description": "d", "percent_ppm": 100_000});
    let with = |name: &str, value: Value| {
        let mut body = whole();
        body[name] = value;
        body
    };
    let hour = SignedDuration::from_hours(1);
    let now = shop.clock.now();
    let both_dates = |start, end| {
        let mut body = whole();
        (body["starts_at"], body["ends_at"]) = (json!(start), json!(end));
        body
    };
    for (body, pointer) in [
        (with("code", json!("no")), "/code"),
        (with("code", json!("50% off")), "/code"),
        (with("code", json!("x".repeat(41))), "/code"),
        (with("description", json!("")), "/description"),
        (with("description", json!("two\nlines")), "/description"),
        (with("percent_ppm", json!(0)), "/percent_ppm"),
        (with("percent_ppm", json!(1_000_001)), "/percent_ppm"),
        (with("percent_ppm", json!(null)), "/percent_ppm"),
        (with("percent_ppm", json!(1.5)), "/percent_ppm"),
        (with("amount", usd(100)), "/amount"),
        (with("min_subtotal", usd(0)), "/min_subtotal/amount"),
        (
            with("min_subtotal", json!({"amount": 1, "currency": "EUR"})),
            "/min_subtotal/currency",
        ),
        (with("usage_limit", json!(0)), "/usage_limit"),
        (with("per_customer_limit", json!(-1)), "/per_customer_limit"),
        (with("used", json!(1)), "/used"),
        (with("state", json!("gone")), "/state"),
        (with("starts_at", json!("tomorrow")), "/starts_at"),
        (both_dates(now, now), "/ends_at"),
        (both_dates(now + hour, now), "/ends_at"),
    ] {
        let text = body.to_string();
        let problem = make(&shop, "k1", body)
            .await
            .problem(422, "validation_failed");
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{text}: {problem}"
        );
    }
    let without = shop.app.post(PATH).bearer(shop.staff()).json(whole());
    without.send().await.problem(400, "idempotency_key_missing");
    make(&shop, "k1", whole()).await.expect(201);
    let mut taken = whole();
    taken["code"] = json!("new");
    make(&shop, "k2", taken)
        .await
        .problem(409, "coupon_code_taken");
}

#[tokio::test]
async fn a_key_makes_one_coupon() {
    let shop = Shop::open().await;
    let body =
        json!({"code": "Summer-26", "description": "Summer", "amount": usd(500), "usage_limit": 5});
    let calls = (0..10).map(|_| make(&shop, "one key", body.clone()));
    let bad = futures::future::join_all(calls).await;
    for answer in bad {
        answer.problem(400, "idempotency_key_invalid");
    }
    let calls = (0..10).map(|_| make(&shop, "one-key", body.clone()));
    let answers = futures::future::join_all(calls).await;
    let replayed = |a: &Answer| a.header("idempotent-replayed") == Some("true");
    assert_eq!(answers.iter().filter(|a| replayed(a)).count(), 9);
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.json);
        assert_eq!(answer.json, answers[0].json);
        assert_eq!(answer.header("etag"), answers[0].header("etag"));
    }
    let coupon = &answers[0].json;
    assert_eq!(coupon["code"], "SUMMER-26");
    assert_eq!(
        (&coupon["kind"], &coupon["used"]),
        (&json!("amount"), &json!(0))
    );
    let mut other = body;
    other["usage_limit"] = json!(6);
    make(&shop, "one-key", other)
        .await
        .problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_change_needs_the_current_version() {
    let shop = Shop::open().await;
    let made = shop
        .make_coupon(json!({"amount": usd(500)}))
        .await
        .expect(201);
    let blind = shop.app.patch(path(&made)).bearer(shop.staff());
    let blind = blind.json(json!({"state": "disabled"}));
    blind.send().await.problem(428, "if_match_missing");
    let missing = format!("{PATH}/{}", CouponId::generate());
    let missing = shop.app.patch(&missing).bearer(shop.staff());
    let missing = missing.header("if-match", "\"1\"").json(json!({}));
    missing.send().await.problem(404, "not_found");
    for (body, pointer) in [
        (json!({"code": "OTHER"}), "/code"),
        (json!({"used": 0}), "/used"),
        (json!({"description": " "}), "/description"),
        (json!({"usage_limit": 0}), "/usage_limit"),
        (json!({"percent_ppm": 1, "amount": usd(1)}), "/amount"),
    ] {
        let problem = patch(&shop, &made, body)
            .await
            .problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let calls = (0..5).map(|n| patch(&shop, &made, json!({"usage_limit": 10 + n})));
    let answers = futures::future::join_all(calls).await;
    let won = answers.iter().filter(|a| a.status == 200).count();
    assert_eq!(won, 1, "of those who saw the same version");
    for lost in answers.into_iter().filter(|a| a.status != 200) {
        assert_eq!(lost.problem(412, "version_mismatch")["version"], 2);
    }
}

#[tokio::test]
async fn after_the_first_use_the_value_stays_and_limits_hold() {
    let shop = Shop::open().await;
    let made = shop
        .make_coupon(json!({"amount": usd(500), "usage_limit": 9, "min_subtotal": usd(100)}))
        .await
        .expect(201);
    let changed = patch(
        &shop,
        &made,
        json!({"percent_ppm": 50_000, "min_subtotal": null, "description": "Half of a tenth"}),
    );
    let changed = changed.await.expect(200);
    assert_eq!(changed.json["kind"], "percent");
    assert!(changed.json["amount"].is_null() && changed.json["min_subtotal"].is_null());
    let fond = UserId::generate();
    for customer in [fond, fond, UserId::generate()] {
        shop.redeem(id(&made), OrderId::generate(), customer).await;
    }
    patch(&shop, &changed, json!({"percent_ppm": 60_000}))
        .await
        .problem(409, "coupon_value_fixed");
    patch(&shop, &changed, json!({"amount": usd(1)}))
        .await
        .problem(409, "coupon_value_fixed");
    for (limit, used) in [("usage_limit", 3), ("per_customer_limit", 2)] {
        let below = patch(&shop, &changed, json!({limit: used - 1})).await;
        let below = below.problem(409, "coupon_limit_below_uses");
        assert_eq!(
            (&below["limit"], &below["used"]),
            (&json!(limit), &json!(used))
        );
    }
    let end = shop.clock.now() + SignedDuration::from_hours(1);
    let limited = patch(
        &shop,
        &changed,
        json!({"usage_limit": 3, "percent_ppm": 50_000, "per_customer_limit": 2, "ends_at": end, "state": "disabled"}),
    );
    let limited = limited.await.expect(200);
    assert_eq!(limited.json["used"], 3);
    assert_eq!(limited.json["ends_at"], json!(end));
    assert_eq!(limited.json["version"], 3, "uses do not count as changes");
    let same = patch(&shop, &limited, json!({"usage_limit": 3})).await;
    assert_eq!(same.expect(200).json["version"], 3, "nor does nothing");
}

#[tokio::test]
async fn the_list_is_paged_and_filtered() {
    let shop = Shop::open().await;
    for (code, description, state) in [
        ("SPRING", "For the garden", "active"),
        ("SUMMER", "For the beach", "disabled"),
        ("AUTUMN", "For the sofa, 100 %_", "active"),
    ] {
        let body =
            json!({"code": code, "description": description, "percent_ppm": 1, "state": state});
        make(&shop, code, body).await.expect(201);
    }
    let staff = shop.staff();
    let list = |query: &str| {
        shop.app
            .get(format!("{PATH}?{query}"))
            .bearer(&staff)
            .send()
    };
    let codes = |answer: &Answer| -> Vec<String> {
        let items = answer.json["items"].as_array().expect("items");
        let code = |item: &Value| item["code"].as_str().expect("a code").to_owned();
        items.iter().map(code).collect()
    };
    let first = list("limit=2").await.expect(200);
    assert_eq!(codes(&first), ["AUTUMN", "SUMMER"]);
    let cursor = first.json["next_cursor"].as_str().expect("a cursor");
    let second = list(&format!("limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(codes(&second), ["SPRING"]);
    assert!(second.json["next_cursor"].is_null());
    assert_eq!(codes(&list("state=disabled").await), ["SUMMER"]);
    assert_eq!(codes(&list("q=BEACH").await), ["SUMMER"]);
    assert_eq!(codes(&list("q=um").await), ["AUTUMN", "SUMMER"]);
    assert_eq!(codes(&list("q=%25_").await), ["AUTUMN"]);
    assert_eq!(codes(&list("q=%25&state=disabled").await), [""; 0]);
    list("cursor=nonsense").await.problem(400, "invalid_cursor");
    for query in ["limit=0", "state=gone", "q=a%00b", "other=1"] {
        list(query).await.problem(400, "invalid_query");
    }
}

#[tokio::test]
async fn every_change_is_in_the_log() {
    let shop = Shop::open().await;
    let made = shop
        .make_coupon(json!({"amount": usd(500)}))
        .await
        .expect(201);
    let changed = patch(&shop, &made, json!({"state": "disabled", "usage_limit": 3}));
    changed.await.expect(200);
    patch(&shop, &made, json!({"state": "active"}))
        .await
        .problem(412, "version_mismatch");
    let auditor = shop.tokens.staff_with(&["audit.read"]);
    let log = shop
        .app
        .get("/api/v1/admin/audit/cart?object_type=coupon")
        .bearer(&auditor);
    let log = log.send().await.expect(200);
    let [update, create] = &log.json["items"].as_array().expect("items")[..] else {
        panic!("two entries: {}", log.json)
    };
    assert_eq!(create["action"], "coupon.create");
    assert_eq!(create["object"]["id"], made.json["id"]);
    assert_eq!(create["after"]["code"], made.json["code"]);
    assert_eq!(create["actor"]["id"], made.json["created_by"]);
    assert_eq!(update["action"], "coupon.update");
    assert_eq!(
        update["before"],
        json!({"state": "active", "usage_limit": null, "version": 1})
    );
    assert_eq!(
        update["after"],
        json!({"state": "disabled", "usage_limit": 3, "version": 2})
    );
}

#[tokio::test]
async fn old_answers_are_deleted() {
    let shop = Shop::open().await;
    let body = json!({"code": "ABC", "description": "d", "percent_ppm": 1});
    make(&shop, "k", body).await.expect(201);
    let kept = || async {
        sqlx::query_scalar::<_, i64>("select count(*) from cart.idempotency_key")
            .fetch_one(&shop.admin)
            .await
            .expect("a number")
    };
    cart::jobs::clear_keys(&shop.state).await.expect("cleared");
    assert_eq!(kept().await, 1);
    shop.clock.advance(SignedDuration::from_hours(30 * 24));
    cart::jobs::clear_keys(&shop.state).await.expect("cleared");
    assert_eq!(kept().await, 0);
}
