//! `/checkouts/{id}/complete`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::Problem;
use common::extract::{IdempotencyKey, Json, Path, RequestMeta};
use common::idempotency::{StoredResponse, request_hash};
use garde::Validate;
use http::{HeaderMap, StatusCode};
use kernel::{CheckoutId, Money, SavedCardId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use super::client::client;
use super::principal::Asking;
use crate::domain::completion::Settled;
use crate::domain::payment::PaymentMethodId;
use crate::error::Error;
use crate::ops::answer::{self, Completion};
use crate::ops::complete::{PayWith, Prepared, Request, prepare};
use crate::ops::declines;
use crate::ops::pay::pay;
use crate::state::AppState;
use crate::store::attempts::Attempt;

/// What the shopper agrees to.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteRequest {
    /// The total that the shopper saw. Nothing else is ever charged.
    #[garde(custom(not_negative))]
    pub expected_total: Money,
    /// The version of the checkout that the shopper saw.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub version: i64,
    /// The provider's id of the payment method. May be left out where there is nothing to pay. Card data never come here.
    #[garde(inner(custom(provider_id)))]
    #[serde(default)]
    #[schema(
        pattern = "^pm_[A-Za-z0-9_]+$",
        max_length = 100,
        example = "pm_card_visa"
    )]
    pub payment_method: Option<String>,
    /// One of the customer's saved cards, instead of a payment method.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_card: Option<SavedCardId>,
    /// Whether to keep the card for later purchases. For signed-in customers.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub save_card: bool,
    /// What the shopper saw that a card is charged (`charge` of the checkout). The total, if it is left out.
    #[garde(inner(custom(not_negative)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_charge: Option<Money>,
}

impl CompleteRequest {
    /// What is paid with. A saved card goes before a new one.
    pub fn pay_with(&self) -> Option<PayWith> {
        let typed = || self.payment_method.as_ref()?.parse().ok();
        self.saved_card
            .map(PayWith::Saved)
            .or_else(|| typed().map(PayWith::Method))
    }
}

fn not_negative<C>(amount: &Money, _: &C) -> garde::Result {
    if amount.is_negative() {
        return Err(garde::Error::new("must not be negative"));
    }
    Ok(())
}

fn provider_id<C>(text: &str, _: &C) -> garde::Result {
    text.parse::<PaymentMethodId>()
        .map(drop)
        .map_err(garde::Error::new)
}

/// Complete a checkout
///
/// Holds the stock, charges the payment method and places the order. Send the same request with the same key until
/// there is an answer other than 202: it is never charged twice.
#[utoipa::path(
    post, path = "/api/v1/checkouts/{id}/complete", operation_id = "completeCheckout", tag = "checkout",
    params(
        ("id" = CheckoutId, Path, description = "The checkout"),
        ("Cart-Token" = Option<String>, Header, description = "A guest's cart token"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each attempt"),
    ),
    request_body = CompleteRequest,
    responses(
        (status = 201, description = "Paid and placed", body = Completion),
        (status = 202, description = "Not settled yet: `processing` or `requires_action`", body = Completion),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 402, description = "`payment_declined` {decline_code, version}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such checkout of the caller", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`out_of_stock` {items}, `totals_changed` {checkout}, `requirements_open` {requirements}, `version_mismatch` {version}, `checkout_completed` {order_id}, `checkout_expired`, `cart_already_ordered` {order_id}, `cart_merged`, `payment_returned`, `completion_in_progress` (Retry-After)", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`, `idempotency_key_reused`, `total_out_of_range`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_declines` (Retry-After)", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The provider is away; nothing was charged", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn complete_checkout(
    State(state): State<AppState>,
    Path(checkout_id): Path<CheckoutId>,
    asking: Asking,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
    headers: HeaderMap,
    Json(body): Json<CompleteRequest>,
) -> Result<Response, Error> {
    let canonical = serde_json::to_vec(&body)
        .map_err(|_| Error::Internal("a request cannot be written as JSON"))?;
    let request = Request {
        checkout_id,
        principal: asking.0,
        key,
        hash: request_hash(&[&canonical]),
        expected_total: body.expected_total,
        version: body.version,
        expected_charge: body.expected_charge.unwrap_or(body.expected_total),
        pay_with: body.pay_with(),
        save_card: body.save_card,
        client: Some(client(&headers, &meta)),
        card_fingerprint: None,
    };
    let request = declines::look(&state, request).await?;
    let settled = match prepare(&state, &request).await? {
        Prepared::Replay(stored) => return Ok(replay(&state, &meta, stored)),
        Prepared::Done(settled) => settled,
        Prepared::Pay { attempt, fresh } => pay_to_the_end(&state, *attempt, fresh).await?,
    };
    let (status, completion) = answer::of(settled)?;
    let mut response = (status, Json(completion.with_token(&state))).into_response();
    if status == StatusCode::ACCEPTED {
        let seconds = state.settings.checkout.retry_after_s;
        response
            .headers_mut()
            .insert(http::header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// Pays in a task of its own: a client that goes away does not interrupt it.
async fn pay_to_the_end(state: &AppState, attempt: Attempt, fresh: bool) -> Result<Settled, Error> {
    let (tell, told) = oneshot::channel();
    let shared = state.clone();
    state.jobs.spawn("pay", async move {
        let result = pay(&shared, &attempt, fresh).await;
        if let Err(Err(error)) = tell.send(result) {
            tracing::warn!(order.id = %attempt.order_id, error = %error, "a payment was not settled");
        }
    });
    told.await
        .unwrap_or(Err(Error::Internal("a payment was interrupted")))
}

/// A kept answer. Tokens and request ids are not kept: they are put in again.
fn replay(state: &AppState, meta: &RequestMeta, mut stored: StoredResponse) -> Response {
    let order_id = stored.body.pointer("/order/id").and_then(Value::as_str);
    let token = order_id
        .and_then(|id| id.parse().ok())
        .map(|id| state.order_token(id));
    if let Value::Object(body) = &mut stored.body {
        if stored.status >= 400 {
            body.insert("request_id".to_owned(), meta.request_id.as_ref().into());
        } else if let Some(token) = token {
            body.insert("order_token".to_owned(), token.into());
        }
    }
    stored.into_response()
}
