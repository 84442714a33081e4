//! The fields that Stripe's clients rely on.

use serde_json::Value;

use crate::support::start;

const INTENT: &str = "id object amount amount_capturable amount_received application \
    automatic_payment_methods canceled_at cancellation_reason capture_method client_secret \
    confirmation_method created currency customer description last_payment_error latest_charge \
    livemode metadata next_action on_behalf_of payment_method payment_method_options \
    payment_method_types processing receipt_email review setup_future_usage shipping source \
    statement_descriptor statement_descriptor_suffix status transfer_data transfer_group";
const REFUND: &str = "id object amount balance_transaction charge created currency \
    destination_details metadata payment_intent reason receipt_number source_transfer_reversal \
    status transfer_reversal";
const CHARGE: &str = "id object amount amount_captured amount_refunded balance_transaction \
    billing_details captured created currency disputed failure_code failure_message outcome paid \
    payment_intent payment_method payment_method_details receipt_url refunded status";
const EVENT: &str = "id object api_version created data livemode pending_webhooks request type";

#[track_caller]
fn has_fields(value: &Value, fields: &str) {
    let missing: Vec<_> = fields
        .split_whitespace()
        .filter(|field| value.get(field).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?} missing in {value:#}");
}

#[tokio::test]
async fn objects_have_stripe_s_fields() {
    let (_folder, _running, api) = start().await;
    let intent = api.pay("pm_card_visa").await.ok();
    has_fields(&intent, INTENT);
    assert_eq!(intent["object"], "payment_intent");
    assert_eq!(intent["livemode"], false);
    assert_eq!(intent["metadata"]["order_id"], "order-7");
    let id = intent["id"].as_str().unwrap();
    assert!(id.starts_with("pi_") && id.len() == 27);
    let secret = intent["client_secret"].as_str().unwrap();
    assert!(secret.starts_with(&format!("{id}_secret_")));

    let form = [("payment_intent", id), ("reason", "duplicate")];
    let refund = api.post("/v1/refunds", &form).await.ok();
    has_fields(&refund, REFUND);
    assert_eq!(refund["object"], "refund");
    assert_eq!(refund["amount"], 2000);

    let charge = format!("/v1/charges/{}", refund["charge"].as_str().unwrap());
    has_fields(&api.get(&charge).await.ok(), CHARGE);

    let events = api.get("/v1/events?type=refund.created").await.ok();
    has_fields(&events, "object url has_more data");
    let event = &events["data"][0];
    has_fields(event, EVENT);
    assert_eq!(event["data"]["object"], refund);
    assert!(event["request"]["id"].as_str().unwrap().starts_with("req_"));
}

#[tokio::test]
async fn ids_are_expanded_on_request() {
    let (_folder, _running, api) = start().await;
    let intent = api.pay("pm_card_visa").await.ok();
    let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
    let wide = format!("{path}?expand[]=latest_charge.payment_intent&expand[]=payment_method");
    let wide = api.get(&wide).await.ok();
    assert_eq!(wide["latest_charge"]["payment_intent"]["id"], intent["id"]);
    assert_eq!(wide["payment_method"]["object"], "payment_method");
    let listed = api
        .get("/v1/payment_intents?expand[]=data.latest_charge")
        .await
        .ok();
    assert_eq!(listed["data"][0]["latest_charge"]["object"], "charge");
    api.get(&format!("{path}?expand[]=latest_charge.payment_method"))
        .await
        .error(400);
    api.get(&format!("{path}?expand[]=nothing"))
        .await
        .error(400);
    api.get(&format!("{path}?expand[]=status")).await.error(400);
}

#[tokio::test]
async fn lists_are_paged_newest_first() {
    let (_folder, _running, api) = start().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(
            0,
            api.pay("pm_card_visa").await.ok()["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let listed = async |query: &str| {
        let page = api.get(&format!("/v1/payment_intents?{query}")).await.ok();
        let found: Vec<String> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|intent| intent["id"].as_str().unwrap().to_owned())
            .collect();
        (found, page["has_more"] == true)
    };
    assert_eq!(listed("limit=2").await, (ids[..2].to_vec(), true));
    assert_eq!(
        listed(&format!("limit=3&starting_after={}", ids[1])).await,
        (ids[2..].to_vec(), false)
    );
    assert_eq!(
        listed(&format!("limit=2&ending_before={}", ids[3])).await,
        (ids[1..3].to_vec(), true)
    );
    assert_eq!(
        listed("created[gte]=0&created[lt]=99999999999")
            .await
            .0
            .len(),
        5
    );
    assert_eq!(listed("created[lt]=1000").await, (Vec::new(), false));
    assert_eq!(listed("created=1000").await, (Vec::new(), false));
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "starting_after=pi_none",
        "created[x]=1",
        "created=x",
    ] {
        api.get(&format!("/v1/payment_intents?{query}"))
            .await
            .error(400);
    }
}

#[tokio::test]
async fn the_ledger_can_be_read_by_people() {
    let (_folder, _running, api) = start().await;
    let intent = api.pay("pm_card_visa").await.ok();
    let url = format!("{}/_ledger", api.base_url);
    assert_eq!(api.client.get(&url).send().await.unwrap().status(), 401);
    let request = api.client.get(&url).bearer_auth("sk_test_techmart");
    let text = request.send().await.unwrap().text().await.unwrap();
    assert!(text.contains(intent["id"].as_str().unwrap()), "{text}");
    assert!(
        text.contains("total usd: 1 intents, held 0.00 usd, captured 20.00 usd"),
        "{text}"
    );
    let request = api.client.get(&url).bearer_auth("sk_test_techmart");
    let json: Value = request
        .header("Accept", "application/json")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(json["totals"]["usd"]["net"], 2000);
    let health = api
        .client
        .get(format!("{}/healthz", api.base_url))
        .send()
        .await
        .unwrap();
    assert_eq!(health.status(), 200);
}
