//! Reports of the provider: stored before they are acknowledged, worked on later. They may come twice, late and in any
//! order, so they are only taken as a reason to look at the payment itself.

use jiff::SignedDuration;
use kernel::AttemptId;
use serde_json::Value;

use super::{adopt, dispute, resume};
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
    common::failpoint!("checkout.after_inbox_store");
    metrics::counter!("techmart_checkout_reports_total", "new" => if new { "true" } else { "false" })
        .increment(1);
    Ok(())
}

/// Works on a stored report. An error leaves it for another try.
///
/// # Errors
/// When the payment could not be looked at or written.
pub async fn work(state: &AppState, event: &InboxEvent) -> Result<(), Error> {
    let outcome = match event.object_id.as_deref().zip(about(&event.kind)) {
        Some((provider_ref, about)) => apply(state, provider_ref, event, about).await?,
        None => Some("ignored"),
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
    about: About,
) -> Result<Option<&'static str>, Error> {
    let mut conn = state.db.write().await?;
    let found = attempts::find_by_provider(&mut conn, provider_ref, attempt_id(event)).await?;
    // No connection is kept while the provider is asked.
    drop(conn);
    let Some(attempt) = found else {
        return Ok(None);
    };
    let attempt = Attempt {
        provider_ref: attempt
            .provider_ref
            .or_else(|| Some(provider_ref.to_owned())),
        ..attempt
    };
    match about {
        About::Dispute => dispute_report(state, &attempt, event).await,
        _ if attempt.state.is_paid() => {
            let known =
                event.kind == "payment_intent.succeeded" && attempt.state == AttemptState::Captured;
            if known {
                return Ok(Some("known"));
            }
            let adopted = adopt::adopt(state, &attempt).await?;
            Ok(adopted.then_some("applied"))
        }
        About::Purchase => {
            let failed = event.kind == "payment_intent.payment_failed";
            if failed && attempt.state == AttemptState::Failed {
                return Ok(Some("known"));
            }
            let settled = resume::resume(state, &attempt).await?;
            // A report of an end that does not show yet is looked at again.
            let ended = matches!(
                event.kind.as_str(),
                "payment_intent.succeeded"
                    | "payment_intent.payment_failed"
                    | "payment_intent.amount_capturable_updated"
            );
            let open = matches!(settled, Settled::Pending { .. }) && ended;
            Ok((!open).then_some("applied"))
        }
        // The purchase is not written yet: what came after it has to wait.
        About::Movement if attempt.state.is_open() => Ok(None),
        About::Movement => Ok(Some("ignored")),
    }
}

/// Writes where a dispute stands now.
async fn dispute_report(
    state: &AppState,
    attempt: &Attempt,
    event: &InboxEvent,
) -> Result<Option<&'static str>, Error> {
    if !attempt.state.is_paid() {
        return Ok(None);
    }
    let object = event.payload.pointer("/data/object");
    let id = object.and_then(|object| object["id"].as_str());
    let Some(id) = id else {
        return Ok(Some("ignored"));
    };
    let Some(now) = state.provider.retrieve_dispute(id).await else {
        return Ok(None);
    };
    dispute::record(state, attempt, &now).await?;
    Ok(Some("applied"))
}

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// Whether a purchase is paid.
    Purchase,
    /// Money that moved after it.
    Movement,
    /// A cardholder's complaint.
    Dispute,
}

/// What a report is about, if it can change anything.
fn about(kind: &str) -> Option<About> {
    match kind {
        "payment_intent.succeeded"
        | "payment_intent.payment_failed"
        | "payment_intent.canceled"
        | "payment_intent.processing"
        | "payment_intent.requires_action"
        | "payment_intent.amount_capturable_updated" => Some(About::Purchase),
        "charge.captured"
        | "charge.expired"
        | "charge.refunded"
        | "charge.refund.updated"
        | "refund.created"
        | "refund.updated"
        | "refund.failed" => Some(About::Movement),
        kind if kind.starts_with("charge.dispute.") => Some(About::Dispute),
        _ => None,
    }
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
