//! What a client hears of a settled payment, and what of it is kept under the request's key.

use http::StatusCode;
use kernel::{Money, OrderId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::domain::completion::Settled;
use crate::error::Error;
use crate::state::{AppState, IDEMPOTENCY, idempotency_scope};
use crate::store::checkouts::Checkout;

/// How far a completion has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompletionStatus {
    /// Paid and placed.
    Placed,
    /// The provider works on it; ask for the order, or send the same request again.
    Processing,
    /// The bank wants the shopper's confirmation.
    RequiresAction,
}

/// What came of completing a checkout.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Completion {
    /// How far it has come.
    pub status: CompletionStatus,
    /// The order.
    pub order: CompletionOrder,
    /// Opens the order without signing in. A secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(required)]
    pub order_token: String,
    /// What the provider's script needs for the confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

/// The order of a completion.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CompletionOrder {
    /// The order.
    pub id: OrderId,
    /// Its number, once placed.
    #[schema(required)]
    pub number: Option<String>,
    /// What was charged, or is being charged.
    pub total: Money,
}

/// The answer to the client, without the order's token: tokens are not stored.
///
/// # Errors
/// The refusal, where the payment came to nothing.
pub fn of(settled: Settled) -> Result<(StatusCode, Completion), Error> {
    let completion = |status, order| Completion {
        status,
        order,
        order_token: String::new(),
        client_secret: None,
    };
    match settled {
        Settled::Placed {
            order_id,
            number,
            total,
        } => Ok((
            StatusCode::CREATED,
            completion(
                CompletionStatus::Placed,
                CompletionOrder {
                    id: order_id,
                    number: Some(number),
                    total,
                },
            ),
        )),
        Settled::Pending {
            order_id,
            total,
            client_secret,
        } => {
            let status = match client_secret {
                Some(_) => CompletionStatus::RequiresAction,
                None => CompletionStatus::Processing,
            };
            let order = CompletionOrder {
                id: order_id,
                number: None,
                total,
            };
            Ok((
                StatusCode::ACCEPTED,
                Completion {
                    client_secret,
                    ..completion(status, order)
                },
            ))
        }
        Settled::Declined {
            decline_code,
            version,
        } => Err(Error::PaymentDeclined {
            decline_code,
            version,
        }),
        Settled::Unavailable => Err(Error::PaymentUnavailable),
        Settled::Returned { .. } => Err(Error::PaymentReturned),
    }
}

impl Completion {
    /// The completion with the token that opens its order.
    #[must_use]
    pub fn with_token(mut self, state: &AppState) -> Self {
        self.order_token = state.order_token(self.order.id);
        self
    }
}

/// Keeps the final answer under the key of the request that began it, in the transaction that made it final.
/// Where nothing was achieved and a retry may do better, the key is given back.
pub async fn keep(
    conn: &mut PgConnection,
    checkout: &Checkout,
    key: &str,
    settled: &Settled,
) -> Result<(), Error> {
    let scope = idempotency_scope(&checkout.owner, checkout.checkout_id);
    match of(settled.clone()) {
        Ok((StatusCode::ACCEPTED, _)) => {}
        Ok((status, completion)) => {
            let body = serde_json::to_value(completion).unwrap_or(Value::Null);
            IDEMPOTENCY.finish(conn, &scope, key, status, &body).await?;
        }
        Err(error) if error.is_final() => keep_refusal(conn, &scope, key, error).await?,
        Err(_) => IDEMPOTENCY.abandon(conn, &scope, key).await?,
    }
    Ok(())
}

/// Keeps a refusal under a key.
pub async fn keep_refusal(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    error: Error,
) -> Result<(), Error> {
    let problem = common::Problem::from(error);
    IDEMPOTENCY
        .finish(conn, scope, key, problem.status(), &problem.to_json())
        .await?;
    Ok(())
}
