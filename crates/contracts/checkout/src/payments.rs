//! How an order was and is paid.

use jiff::Timestamp;
use kernel::{OperationId, OrderId, RefundId};
use serde::{Deserialize, Deserializer, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

/// What paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// A card, through the payment provider.
    Card,
    /// A gift card.
    GiftCard,
    /// The customer's credit in the shop.
    StoreCredit,
}

/// One payment of an order. Amounts are minor units of the order's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Payment {
    /// What paid.
    pub kind: PaymentKind,
    /// Of a card `created`, `requires_action`, `processing`, `authorized`, `captured`, `failed`, `voided` or `unknown`;
    /// of others `held`, `captured` or `released`.
    pub state: String,
    /// What was asked for.
    pub amount_minor: i64,
    /// What was taken.
    pub captured_minor: i64,
    /// What was given back of that.
    pub refunded_minor: i64,
    /// What is on its way back.
    pub refund_pending_minor: i64,
    /// The card's brand, such as `visa`.
    #[serde(default)]
    pub brand: Option<String>,
    /// The last digits of the card's number, or the last characters of the gift card's code.
    #[serde(default)]
    pub last4: Option<String>,
    /// The provider's payment.
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// Why it was declined.
    #[serde(default)]
    pub decline_code: Option<String>,
    /// Whether the cardholder disputes it.
    #[serde(default)]
    pub disputed: bool,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Takes what is authorised.
    Capture,
    /// Ends an authorisation.
    Void,
    /// Gives back to what paid.
    Refund,
    /// Gives back as store credit.
    Credit,
}

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Asked for.
    Requested,
    /// The provider works on it, or its answer is not known.
    Submitted,
    /// Done.
    Succeeded,
    /// It cannot be done; `failure` says why.
    Failed,
    /// It failed, and another one was asked for in its place.
    Superseded,
}

/// A movement of an order's money after it was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentOperation {
    /// The operation.
    #[serde(deserialize_with = "operation_id")]
    pub operation_id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// Where it stands.
    pub state: OperationState,
    /// Minor units of the order's currency.
    pub amount_minor: i64,
    /// The refund that it is a part of.
    #[serde(default, deserialize_with = "refund_id")]
    pub refund_id: Option<RefundId>,
    /// The provider's name of it.
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub failure: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// How an order was and is paid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct OrderPayments {
    /// What pays, oldest first.
    pub payments: Vec<Payment>,
    /// What was asked for since, oldest first.
    pub operations: Vec<PaymentOperation>,
}

fn operation_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OperationId, D::Error> {
    Uuid::deserialize(deserializer).map(OperationId::from)
}

fn refund_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RefundId>, D::Error> {
    Ok(Option::<Uuid>::deserialize(deserializer)?.map(RefundId::from))
}

/// How an order was and is paid. Empty for an unknown order.
///
/// # Errors
/// When the database fails.
pub async fn order_payments(
    conn: &mut PgConnection,
    order_id: OrderId,
) -> Result<OrderPayments, sqlx::Error> {
    let json = sqlx::query_scalar!(
        r#"select checkout.order_payments_v1($1) as "payments!""#,
        order_id.uuid()
    )
    .fetch_one(conn)
    .await?;
    serde_json::from_value(json).map_err(|error| sqlx::Error::Decode(error.into()))
}
