//! Customers at the provider, and the cards that they keep there.

use http::StatusCode;
use kernel::UserId;
use reqwest::Method;

use super::objects::{MethodDetails, Named};
use super::transport::{Answer, Ask, Provider, by_status};

/// Whether the provider let a card go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detached {
    /// It is gone, now or before.
    Yes,
    /// Nobody knows.
    Unknown,
}

impl Provider {
    /// Makes the provider's customer, or finds it made. `None` where the provider does not answer.
    pub async fn customer(&self, customer_id: UserId) -> Option<String> {
        let ask = Ask {
            method: Method::POST,
            path: "customers",
            key: Some(format!("customer:{customer_id}")),
            form: vec![("metadata[customer_id]", customer_id.to_string())],
        };
        self.object::<Named>(&ask).await.map(|customer| customer.id)
    }

    /// What the provider tells of a payment method, if there is one.
    pub async fn payment_method(&self, payment_method: &str) -> Option<MethodDetails> {
        let ask = Ask {
            method: Method::GET,
            path: &format!("payment_methods/{payment_method}"),
            key: None,
            form: Vec::new(),
        };
        self.object(&ask).await
    }

    /// Takes a card from its customer: nobody can pay with it any more.
    pub async fn detach(&self, payment_method: &str) -> Detached {
        let ask = Ask {
            method: Method::POST,
            path: &format!("payment_methods/{payment_method}/detach"),
            key: Some(format!("detach:{payment_method}")),
            form: Vec::new(),
        };
        match self.ask(&ask, by_status).await {
            // A refusal says that it is not attached, or unknown.
            Answer::Got(status, _)
                if status != StatusCode::CONFLICT
                    && (status.is_success() || status.is_client_error()) =>
            {
                Detached::Yes
            }
            _ => Detached::Unknown,
        }
    }
}
