//! How an event is told.

use jiff::Timestamp;
use kernel::{
    ClaimId, Currency, EventId, InvoiceId, Money, OrderId, OrderLineId, RefundId, ReturnId,
    ShipmentId, VariantId,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The members of an event that are told. Anything else stays inside.
const TOLD: [&str; 25] = [
    "amount_minor",
    "carrier",
    "cause",
    "claim_id",
    "destination",
    "invoice_id",
    "kind",
    "line_id",
    "lines",
    "number",
    "quantity",
    "received",
    "refund_id",
    "replaces_line_id",
    "resellable",
    "resolution",
    "return_id",
    "series",
    "shipment_id",
    "shipping_minor",
    "state",
    "tracking_number",
    "tracking_url",
    "units",
    "variant_id",
];

/// The body of a message. The same event gives the same bytes.
#[derive(Debug, Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: Timestamp,
    id: EventId,
    sequence: Option<i32>,
    data: &'a Value,
}

/// The body of the message of an event, as JSON.
///
/// # Errors
/// Never: values have a JSON form.
pub fn body(
    kind: &str,
    at: Timestamp,
    id: EventId,
    sequence: Option<i32>,
    data: &Value,
) -> serde_json::Result<String> {
    serde_json::to_string(&Body {
        r#type: kind,
        timestamp: at,
        id,
        sequence,
        data,
    })
}

/// The data of an event: the order as the public API shows it, and what the event is about.
pub fn data(order: &Value, payload: &Value, currency: Currency) -> Value {
    json!({"order": order, "detail": told(payload, currency)})
}

/// The data of a test message.
pub fn ping() -> Value {
    json!({"message": "This is a test."})
}

/// A payload in the words of the API: ids as text with their kind, amounts as money, and only what is meant to be told.
fn told(payload: &Value, currency: Currency) -> Value {
    match payload {
        Value::Object(members) => {
            // What happened at the payment provider may have a currency of its own.
            let own = members.get("currency").and_then(Value::as_str);
            let currency = own.and_then(|code| code.parse().ok()).unwrap_or(currency);
            let known = members
                .iter()
                .filter(|(name, _)| TOLD.contains(&name.as_str()));
            let told = known.map(|(name, value)| member(name, value, currency));
            Value::Object(told.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(|item| told(item, currency)).collect(),
        other => other.clone(),
    }
}

fn member(name: &str, value: &Value, currency: Currency) -> (String, Value) {
    if let Some(plain) = name.strip_suffix("_minor") {
        let money = value
            .as_i64()
            .and_then(|minor| Money::new(minor, currency).ok());
        return (plain.to_owned(), json!(money));
    }
    if name.ends_with("_id") {
        let id = value.as_str().and_then(|text| Uuid::parse_str(text).ok());
        return (
            name.to_owned(),
            id.map_or_else(|| value.clone(), |id| named(name, id)),
        );
    }
    (name.to_owned(), told(value, currency))
}

fn named(name: &str, id: Uuid) -> Value {
    match name {
        "claim_id" => json!(ClaimId::from(id)),
        "invoice_id" => json!(InvoiceId::from(id)),
        "line_id" | "replaces_line_id" => json!(OrderLineId::from(id)),
        "order_id" => json!(OrderId::from(id)),
        "refund_id" => json!(RefundId::from(id)),
        "return_id" => json!(ReturnId::from(id)),
        "shipment_id" => json!(ShipmentId::from(id)),
        "variant_id" => json!(VariantId::from(id)),
        _ => json!(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_in_the_words_of_the_api_and_nothing_else_is_told() {
        let id = Uuid::from_u128(1);
        let payload = json!({"refund_id": id, "amount_minor": 1999, "actor_id": id, "note": "rude", "order_token": "x",
            "lines": [{"line_id": id, "quantity": 2, "location_id": id}]});
        let data = data(&json!({"id": "ord_1"}), &payload, Currency::USD);
        assert_eq!(
            data,
            json!({"order": {"id": "ord_1"}, "detail": {
                "refund_id": RefundId::from(id), "amount": {"amount": 1999, "currency": "USD"},
                "lines": [{"line_id": OrderLineId::from(id), "quantity": 2}]}})
        );
    }

    #[test]
    fn amounts_keep_the_currency_they_came_with() {
        let payload = json!({"amount_minor": 5, "currency": "EUR", "state": "lost"});
        let told = data(&json!(null), &payload, Currency::USD);
        let expected = json!({"amount": {"amount": 5, "currency": "EUR"}, "state": "lost"});
        assert_eq!(told["detail"], expected);
    }

    #[test]
    fn a_body_has_its_members_in_order() {
        let id = EventId::from(Uuid::from_u128(7));
        let body = body(
            "order.placed",
            "2026-11-23T10:00:00Z".parse().unwrap(),
            id,
            Some(3),
            &json!({"a": 1}),
        )
        .unwrap();
        assert_eq!(
            body,
            format!(
                r#"{{"type":"order.placed","timestamp":"2026-11-23T10:00:00Z","id":"{id}","sequence":3,"data":{{"a":1}}}}"#
            )
        );
    }
}
