//! Customers and the payment methods kept for them.

use serde_json::Value;

use crate::support::{Api, start};

async fn customer(api: &Api) -> String {
    let made = api
        .post("/v1/customers", &[("email", "ada@example.test")])
        .await;
    made.ok()["id"].as_str().unwrap().to_owned()
}

async fn attached(api: &Api, customer: &str, card: &str) -> String {
    let path = format!("/v1/payment_methods/{card}/attach");
    let method = api.post(&path, &[("customer", customer)]).await.ok();
    assert_eq!(method["customer"], customer);
    method["id"].as_str().unwrap().to_owned()
}

async fn pay(api: &Api, method: &str, customer: Option<&str>) -> crate::support::Answer {
    let mut form = vec![
        ("amount", "700"),
        ("currency", "eur"),
        ("confirm", "true"),
        ("payment_method", method),
    ];
    form.extend(customer.map(|customer| ("customer", customer)));
    api.post("/v1/payment_intents", &form).await
}

fn ids(list: &Value) -> Vec<&str> {
    let data = list["data"].as_array().unwrap();
    data.iter().map(|one| one["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_customer_is_made_found_changed_and_deleted() {
    let (_folder, _running, api) = start().await;
    let form = [
        ("email", "ada@example.test"),
        ("name", "Ada"),
        ("address[city]", "Ghent"),
        ("metadata[account_id]", "7"),
    ];
    let made = api.post("/v1/customers", &form).await.ok();
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/customers/{id}");
    let changed = api.post(&path, &[("metadata[note]", "x")]).await.ok();
    assert_eq!(changed["metadata"]["account_id"], "7");
    assert_eq!(changed["email"], "ada@example.test");
    assert_eq!(api.get(&path).await.ok(), changed);
    let found = api.get("/v1/customers?email=ada@example.test").await.ok();
    assert_eq!(ids(&found), [id]);
    api.get("/v1/customers/cus_none").await.error(404);
    let method = attached(&api, id, "pm_card_visa").await;
    let deleted = api.delete(&path).await.ok();
    assert_eq!(deleted["deleted"], true);
    assert_eq!(api.get(&path).await.ok()["deleted"], true);
    pay(&api, &method, None).await.error(400);
    pay(&api, "pm_card_visa", Some(id)).await.error(400);
}

#[tokio::test]
async fn a_kept_card_pays_only_for_its_customer() {
    let (_folder, _running, api) = start().await;
    let (ada, bob) = (customer(&api).await, customer(&api).await);
    let method = attached(&api, &ada, "pm_card_visa").await;
    let nobody = pay(&api, &method, None).await;
    assert_eq!(nobody.error(400)["code"], "parameter_missing");
    let other = pay(&api, &method, Some(&bob)).await;
    assert_eq!(other.error(400)["param"], "payment_method");
    for _ in 0..2 {
        let paid = pay(&api, &method, Some(&ada)).await.ok();
        assert_eq!(paid["customer"], ada);
    }
    let path = format!("/v1/payment_methods/{method}/attach");
    api.post(&path, &[("customer", &bob)]).await.error(400);
    // To the same customer once more changes nothing.
    api.post(&path, &[("customer", &ada)]).await.ok();
    let intents = api
        .get(&format!("/v1/payment_intents?customer={ada}"))
        .await
        .ok();
    assert_eq!(ids(&intents).len(), 2, "refused requests leave no intent");
}

#[tokio::test]
async fn a_card_that_is_not_kept_pays_once() {
    let (_folder, _running, api) = start().await;
    let form = [
        ("type", "card"),
        ("card[number]", "4242424242424242"),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2040"),
    ];
    let method = api.post("/v1/payment_methods", &form).await.ok();
    let method = method["id"].as_str().unwrap();
    pay(&api, method, None).await.ok();
    pay(&api, method, None).await.error(400);
    let ada = customer(&api).await;
    pay(&api, method, Some(&ada)).await.error(400);
    let path = format!("/v1/payment_methods/{method}/attach");
    api.post(&path, &[("customer", &ada)]).await.error(400);
}

#[tokio::test]
async fn a_payment_can_keep_its_card() {
    let (_folder, _running, api) = start().await;
    let ada = customer(&api).await;
    let form = [
        ("amount", "700"),
        ("currency", "eur"),
        ("confirm", "true"),
        ("payment_method", "pm_card_visa"),
        ("customer", &ada),
        ("setup_future_usage", "off_session"),
    ];
    let paid = api.post("/v1/payment_intents", &form).await.ok();
    let method = paid["payment_method"].as_str().unwrap();
    let events = api.event_types().await;
    assert!(events.contains(&"payment_method.attached".to_owned()));
    let path = format!("/v1/customers/{ada}/payment_methods?type=card");
    assert_eq!(ids(&api.get(&path).await.ok()), [method]);
    let other = format!("/v1/payment_methods?customer={ada}");
    assert_eq!(ids(&api.get(&other).await.ok()), [method]);
    // A declined payment keeps nothing.
    let mut declined = form;
    declined[3].1 = "pm_card_chargeDeclined";
    api.post("/v1/payment_intents", &declined).await.error(402);
    assert_eq!(ids(&api.get(&path).await.ok()), [method]);

    let detach = format!("/v1/payment_methods/{method}/detach");
    assert!(api.post(&detach, &[]).await.ok()["customer"].is_null());
    api.post(&detach, &[]).await.error(400);
    assert!(ids(&api.get(&path).await.ok()).is_empty());
    pay(&api, method, Some(&ada)).await.error(400);
    pay(&api, method, None).await.error(400);
}

#[tokio::test]
async fn the_bank_may_refuse_that_a_card_is_kept() {
    let (_folder, _running, api) = start().await;
    let ada = customer(&api).await;
    let path = "/v1/payment_methods/pm_card_chargeDeclined/attach";
    let refused = api.post(path, &[("customer", &ada)]).await;
    assert_eq!(refused.error(402)["code"], "card_declined");
    let late = attached(&api, &ada, "pm_card_chargeCustomerFail").await;
    pay(&api, &late, Some(&ada)).await.error(402);
    api.post("/v1/payment_methods/pm_none/attach", &[("customer", &ada)])
        .await
        .error(404);
    api.post(
        "/v1/payment_methods/pm_card_visa/attach",
        &[("customer", "cus_none")],
    )
    .await
    .error(400);
}
