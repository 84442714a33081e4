//! What clients were told: the truth for "nothing acknowledged was lost".

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

/// Crockford's base 32 in lower case, as `TypeID`s use it.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Acknowledged orders, and the last acknowledged state of each cart.
#[derive(Debug, Default)]
pub(super) struct History(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    orders: Vec<Value>,
    carts: BTreeMap<String, (i64, Value)>,
}

impl History {
    /// Takes down what a good answer acknowledges.
    pub(super) fn note(&self, body: &Value) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if body["status"] == "placed" {
            let id = body["order"]["id"].as_str().and_then(uuid);
            told.orders
                .extend(id.map(|id| json!({"kind": "order", "id": id})));
        }
        let cart = body["id"].as_str().filter(|id| id.starts_with("crt_"));
        if let (Some(id), Some(version)) = (cart.and_then(uuid), body["version"].as_i64()) {
            let entry = told.carts.entry(id.clone()).or_default();
            if version > entry.0 {
                let cart =
                    json!({"kind": "cart", "id": id, "version": version, "lines": lines(body)});
                *entry = (version, cart);
            }
        }
    }

    /// As `techmart-migrate verify --history` reads it.
    pub(super) fn entries(&self) -> Value {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let carts = told.carts.values().map(|(_, cart)| cart.clone());
        told.orders.iter().cloned().chain(carts).collect()
    }
}

fn lines(cart: &Value) -> Value {
    let lines = cart["lines"].as_array().into_iter().flatten();
    let lines: Map<String, Value> = lines
        .filter_map(|line| {
            Some((
                uuid(line["variant_id"].as_str()?)?,
                line["quantity"].clone(),
            ))
        })
        .collect();
    Value::Object(lines)
}

/// The UUID in a `TypeID`.
pub(crate) fn uuid(id: &str) -> Option<String> {
    let (_, suffix) = id.rsplit_once('_')?;
    let mut bits: u128 = 0;
    for byte in suffix.bytes() {
        let digit = DIGITS.iter().position(|one| *one == byte)?;
        bits = bits << 5 | u128::try_from(digit).ok()?;
    }
    Some(uuid_of(bits))
}

/// A UUID as text.
pub(super) fn uuid_of(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    let (a, b, c, d) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20]);
    format!("{a}-{b}-{c}-{d}-{}", &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_uuids() {
        // The TypeID specification's example.
        assert_eq!(
            uuid("prefix_01h455vb4pex5vsknk084sn02q").as_deref(),
            Some("01890a5d-ac96-774b-bcce-b302099a8057")
        );
        assert_eq!(uuid("nothing"), None);
    }

    #[test]
    fn the_last_state_of_a_cart_counts() {
        let history = History::default();
        let cart = |version: i64| {
            json!({"id": "crt_01h455vb4pex5vsknk084sn02q", "version": version, "lines": [
                {"variant_id": "var_01h455vb4pex5vsknk084sn02q", "quantity": version},
            ]})
        };
        for version in [1, 3, 2] {
            history.note(&cart(version));
        }
        history
            .note(&json!({"status": "placed", "order": {"id": "ord_01h455vb4pex5vsknk084sn02q"}}));
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(
            history.entries(),
            json!([{"kind": "order", "id": id}, {"kind": "cart", "id": id, "version": 3, "lines": {id: 3}}])
        );
    }
}
