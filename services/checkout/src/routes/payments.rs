//! `/payments`.

use axum::extract::{Request, State};
use common::Problem;
use common::extract::{Json, read_body};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Error;
use crate::ops::report;
use crate::provider::PROVIDER;
use crate::state::AppState;

const SIGNATURE: &str = "stripe-signature";

/// What a browser needs to take a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentConfig {
    /// Whose script it is.
    #[schema(example = "stripe")]
    provider: &'static str,
    /// The shop's public key at the provider.
    publishable_key: String,
    /// The provider's script.
    script_url: String,
}

/// A report was stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportReceived {
    /// Always true.
    received: bool,
}

/// How to take a card
#[utoipa::path(
    get, path = "/api/v1/payments/config", operation_id = "getPaymentConfig", tag = "payments",
    responses((status = 200, description = "The provider's script and public key", body = PaymentConfig))
)]
pub async fn get_payment_config(State(state): State<AppState>) -> Json<PaymentConfig> {
    let payment = &state.settings.payment;
    Json(PaymentConfig {
        provider: PROVIDER,
        publishable_key: payment.publishable_key.clone(),
        script_url: payment.script_url.clone(),
    })
}

/// Take a report of the payment provider
///
/// Answered after it is stored. Anything but 200 makes the provider send it again.
#[utoipa::path(
    post, path = "/api/v1/payments/webhook", operation_id = "receivePaymentReport", tag = "payments",
    params(("Stripe-Signature" = String, Header, description = "`t=…,v1=…`")),
    request_body(content = serde_json::Value, description = "An event, as the provider signed it", content_type = "application/json"),
    responses(
        (status = 200, description = "Stored, now or before", body = ReportReceived),
        (status = 400, description = "`signature_invalid`, `report_unreadable`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not stored", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn receive_payment_report(
    State(state): State<AppState>,
    request: Request,
) -> Result<Json<ReportReceived>, Error> {
    let header = request.headers().get(SIGNATURE).cloned();
    let body = read_body(request).await?;
    let header = header.as_ref().and_then(|value| value.to_str().ok());
    report::store(&state, header, &body).await?;
    Ok(Json(ReportReceived { received: true }))
}
