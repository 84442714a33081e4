//! Customers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::wire::with_nulls;

/// Somebody whose payment methods are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) deleted: bool,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) address: Option<Value>,
    pub(crate) shipping: Option<Value>,
    pub(crate) metadata: BTreeMap<String, String>,
    /// The method that invoices are paid with.
    pub(crate) default_payment_method: Option<String>,
}

impl Customer {
    /// Stripe's shape.
    pub(crate) fn view(&self) -> Value {
        if self.deleted {
            return json!({ "id": self.id, "object": "customer", "deleted": true });
        }
        let object = json!({
            "id": self.id,
            "object": "customer",
            "address": self.address,
            "balance": 0,
            "created": self.created,
            "delinquent": false,
            "description": self.description,
            "email": self.email,
            "invoice_prefix": self.invoice_prefix(),
            "invoice_settings": {
                "custom_fields": null,
                "default_payment_method": self.default_payment_method,
                "footer": null,
                "rendering_options": null,
            },
            "livemode": false,
            "metadata": self.metadata,
            "name": self.name,
            "next_invoice_sequence": 1,
            "phone": self.phone,
            "preferred_locales": [],
            "shipping": self.shipping,
            "tax_exempt": "none",
        });
        with_nulls(
            object,
            &["currency", "default_source", "discount", "test_clock"],
        )
    }

    fn invoice_prefix(&self) -> String {
        self.id
            .chars()
            .rev()
            .take(8)
            .collect::<String>()
            .to_ascii_uppercase()
    }
}
