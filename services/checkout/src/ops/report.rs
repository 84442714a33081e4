//! Reports of the provider: stored before they are acknowledged, worked on later. They may come twice, late and in any
//! order, so they are only taken as a reason to look at the payment itself.

use jiff::SignedDuration;
use kernel::AttemptId;
use serde_json::Value;

use super::resume;
use crate::domain::completion::Settled;
use crate::domain::state::AttemptState;
use crate::error::Error;
use crate::provider::signature::{self, Tolerance};
use crate::state::{AppState, after};
use crate::store::attempts::Attempt;
use crate::store::inbox::InboxEvent;
use crate::store::{attempts, inbox};

/// The longest pause between two looks at a report about an unknown payment.
const PARKED_MAX_S: i64 = 3600;

/// Stores a genuine report. When this returns, it will not be lost.
///
/// # Errors
/// When it is not genuine, or could not be stored.
pub async fn store(state: &AppState, header: Option<&str>, body: &[u8]) -> Result<(), Error> {
    let payment = &state.settings.payment;
    let now = state.now();
    let tolerance = Tolerance {
        past_s: payment.signature_age_max_s,
        future_s: payment.signature_ahead_max_s,
    };
    let header = header.ok_or(signature::SignatureError::Malformed)?;
    signature::verify(header, body, &payment.webhook_secrets(), now, tolerance)?;

    let event: Value = serde_json::from_slice(body).map_err(|_| Error::UnreadableReport)?;
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let (Some(event_id), Some(kind)) = (text("/id"), text("/type")) else {
        return Err(Error::UnreadableReport);
    };
    let object_id = match kind.split_once('.') {
        Some(("payment_intent", _)) => text("/data/object/id"),
        _ => text("/data/object/payment_intent"),
    };
    let mut conn = state.db.write().await?;
    let new = inbox::insert(&mut conn, event_id, kind, object_id, &event, now).await?;
    metrics::counter!("techmart_checkout_reports_total", "new" => if new { "true" } else { "false" })
        .increment(1);
    Ok(())
}

/// Works on a stored report. An error leaves it for another try.
///
/// # Errors
/// When the payment could not be looked at or written.
pub async fn work(state: &AppState, event: &InboxEvent) -> Result<(), Error> {
    let outcome = match (event.object_id.as_deref(), speaks_of_a_change(&event.kind)) {
        (Some(provider_ref), true) => apply(state, provider_ref, event).await?,
        _ => Some("ignored"),
    };
    let outcome = match outcome {
        Some(outcome) => outcome,
        None if is_young(state, event) => return park(state, event).await,
        None => {
            tracing::error!(
                event.id = event.event_id,
                kind = event.kind,
                "a report that could not be applied is given up"
            );
            "dead"
        }
    };
    let mut conn = state.db.write().await?;
    inbox::update_processed(&mut conn, &event.event_id, outcome, state.now()).await?;
    metrics::counter!("techmart_checkout_reports_worked_total", "outcome" => outcome).increment(1);
    Ok(())
}

/// Looks at the payment and writes what came of it. `None` where the payment is not known or not settled yet.
async fn apply(
    state: &AppState,
    provider_ref: &str,
    event: &InboxEvent,
) -> Result<Option<&'static str>, Error> {
    let mut conn = state.db.write().await?;
    let found = attempts::find_by_provider(&mut conn, provider_ref, attempt_id(event)).await?;
    // No connection is kept while the provider is asked.
    drop(conn);
    let Some(attempt) = found else {
        return Ok(None);
    };
    let said = match event.kind.as_str() {
        "payment_intent.succeeded" => Some(AttemptState::Captured),
        "payment_intent.payment_failed" => Some(AttemptState::Failed),
        _ => None,
    };
    if said == Some(attempt.state) {
        return Ok(Some("known"));
    }
    let attempt = Attempt {
        provider_ref: attempt
            .provider_ref
            .or_else(|| Some(provider_ref.to_owned())),
        ..attempt
    };
    let settled = resume::resume(state, &attempt).await?;
    // A report of an end that does not show yet is looked at again.
    let open = matches!(settled, Settled::Pending { .. }) && said.is_some();
    Ok((!open).then_some("applied"))
}

/// Whether the report can change anything for a payment.
fn speaks_of_a_change(kind: &str) -> bool {
    matches!(
        kind,
        "payment_intent.succeeded"
            | "payment_intent.payment_failed"
            | "payment_intent.canceled"
            | "payment_intent.processing"
            | "payment_intent.requires_action"
    )
}

/// The attempt that the provider was told when the payment was made.
fn attempt_id(event: &InboxEvent) -> Option<AttemptId> {
    event
        .payload
        .pointer("/data/object/metadata/attempt_id")?
        .as_str()?
        .parse()
        .ok()
}

fn is_young(state: &AppState, event: &InboxEvent) -> bool {
    let age = state.now().duration_since(event.received_at);
    age < SignedDuration::from_secs(state.settings.jobs.inbox_age_max_s)
}

/// The payment may become known yet.
async fn park(state: &AppState, event: &InboxEvent) -> Result<(), Error> {
    let doublings = u32::try_from(event.attempts).unwrap_or(0).min(12);
    let pause = 2_i64.saturating_pow(doublings).min(PARKED_MAX_S);
    let again_at = after(state.now(), SignedDuration::from_secs(pause));
    let mut conn = state.db.write().await?;
    inbox::update_parked(&mut conn, &event.event_id, again_at).await?;
    Ok(())
}
