//! Makes deliveries: many endpoints at a time, few deliveries of each, one of each order.

use std::collections::HashMap;
use std::time::Duration;

use common::audit::{Actor, Audit, Entry};
use common::jobs::{Jobs, backoff};
use common::telemetry;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use kernel::EndpointId;
use mail::{Content, NewMessage};
use serde_json::json;
use sqlx::PgConnection;
use tracing::Instrument as _;
use uuid::Uuid;

use super::client::{Outcome, Outgoing};
use super::store::attempts::{self, Claimed};
use super::store::{endpoints, events};
use super::view::{DeliveryState, DisabledReason};
use super::{Webhooks, message, schedule, signature};
use crate::store::notifications::OUTBOX;

/// The longest wait between two looks.
const POLL: Duration = Duration::from_millis(250);
/// How long a delivery is ours: longer than any attempt takes.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// How many deliveries run at a time.
const PARALLEL_MAX: usize = 32;
/// How many of them go to one endpoint; so that a slow one leaves room for others.
const PER_ENDPOINT_MAX: usize = 4;
/// The message to staff.
const NOTICE: &str = "webhook_disabled";

const AUDIT: Audit = Audit::new("orders");

/// Makes deliveries until the process stops; what has begun is finished.
pub fn run(webhooks: Webhooks, jobs: &Jobs) {
    let stop = jobs.stopping();
    jobs.spawn("webhooks", async move {
        let mut running = FuturesUnordered::new();
        let mut busy: HashMap<EndpointId, usize> = HashMap::new();
        let mut failures = 0_u32;
        while !stop.is_cancelled() || !running.is_empty() {
            let mut pause = POLL;
            if !stop.is_cancelled() && running.len() < PARALLEL_MAX {
                match claim(&webhooks, PARALLEL_MAX - running.len(), &busy).await {
                    Ok(claimed) => {
                        failures = 0;
                        for claimed in claimed {
                            *busy.entry(claimed.endpoint_id).or_default() += 1;
                            let work = telemetry::work("deliver webhook");
                            running.push(deliver(&webhooks, claimed).instrument(work));
                        }
                    }
                    Err(error) => {
                        failures = failures.saturating_add(1);
                        pause = backoff(failures);
                        tracing::warn!(error = %error, "webhooks cannot be claimed");
                    }
                }
            }
            tokio::select! {
                Some(endpoint) = running.next(), if !running.is_empty() => {
                    if let Some(count) = busy.get_mut(&endpoint) {
                        *count = count.saturating_sub(1);
                    }
                    busy.retain(|_, count| *count > 0);
                }
                () = stop.cancelled(), if !stop.is_cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    });
}

async fn claim(
    webhooks: &Webhooks,
    room: usize,
    busy: &HashMap<EndpointId, usize>,
) -> anyhow::Result<Vec<Claimed>> {
    let now = webhooks.clock.now();
    let limit = i64::try_from(room)?;
    // An endpoint with something under way waits until that has ended, but not for each single one.
    let full: Vec<Uuid> = busy
        .iter()
        .filter(|(_, count)| **count > PER_ENDPOINT_MAX / 2)
        .map(|(id, _)| id.uuid())
        .collect();
    let each = i64::try_from(PER_ENDPOINT_MAX / 2)?;
    let mut conn = webhooks.db.write().await?;
    Ok(attempts::claim(&mut conn, now, lease(now), limit, each, &full).await?)
}

/// Until when something that is taken now is ours.
pub(super) fn lease(now: Timestamp) -> Timestamp {
    now.saturating_add(LEASE).unwrap_or(Timestamp::MAX)
}

/// Makes one attempt and writes what came of it. Answers whose turn is over.
async fn deliver(webhooks: &Webhooks, claimed: Claimed) -> EndpointId {
    let endpoint_id = claimed.endpoint_id;
    let done = async {
        let outcome = attempt(webhooks, &claimed).await?;
        settle(webhooks, &claimed, &outcome).await
    };
    if let Err(error) = done.await {
        // The lease runs out and the delivery is made again: at least once.
        tracing::warn!(webhook.delivery = %claimed.delivery_id, error = format!("{error:#}"), "a webhook's outcome was not kept");
    }
    endpoint_id
}

/// Sends what was claimed.
pub(super) async fn attempt(webhooks: &Webhooks, claimed: &Claimed) -> anyhow::Result<Outcome> {
    let now = webhooks.clock.now();
    let secrets = {
        let mut conn = webhooks.db.write().await?;
        endpoints::list_secrets(&mut conn, claimed.endpoint_id, now).await?
    };
    let id = claimed.event_id.to_string();
    let body = message::body(
        &claimed.kind,
        claimed.occurred_at,
        claimed.event_id,
        claimed.seq,
        &claimed.data,
    )?;
    let timestamp = now.as_second();
    let signature = signature::sign(&secrets, &id, timestamp, &body);
    let outgoing = Outgoing {
        id: &id,
        timestamp,
        signature: &signature,
        body,
    };
    let outcome = webhooks.client.send(&claimed.url, outgoing).await;
    let result = if outcome.error.is_none() {
        "delivered"
    } else {
        "failed"
    };
    metrics::counter!("techmart_orders_webhook_attempts_total", "outcome" => result).increment(1);
    metrics::histogram!("techmart_orders_webhook_seconds").record(outcome.latency.as_secs_f64());
    Ok(outcome)
}

/// Writes what came of an attempt, and disables an endpoint that failed for too long or wants nothing any more.
pub(super) async fn settle(
    webhooks: &Webhooks,
    claimed: &Claimed,
    outcome: &Outcome,
) -> anyhow::Result<()> {
    let now = webhooks.clock.now();
    let pause = schedule::pause(claimed.tries, outcome.retry_after);
    // A test is not tried again: somebody looks at it.
    let pause = pause.filter(|_| claimed.order_id.is_some());
    let (state, next_at) = match (&outcome.error, pause) {
        (None, _) => (DeliveryState::Delivered, now),
        (Some(_), Some(pause)) => (DeliveryState::Failed, now.saturating_add(pause)?),
        (Some(_), None) => (DeliveryState::Dead, now),
    };
    let mut tx = webhooks.db.begin().await?;
    if let Some(order_id) = claimed.order_id {
        // No event of the order is planned meanwhile, so that none misses that it may go on.
        events::lock_counter(&mut tx, order_id).await?;
    }
    if !attempts::update_outcome(&mut tx, claimed, outcome, state, next_at, now).await? {
        return Ok(());
    }
    attempts::insert(&mut tx, claimed, outcome, now).await?;
    let wait_until = (state == DeliveryState::Failed).then_some(next_at);
    attempts::update_followers(&mut tx, claimed, wait_until, now).await?;
    // A test says nothing about how the endpoint fares with events.
    if claimed.order_id.is_some() || outcome.error.is_none() {
        let failed_at = outcome.error.is_some().then_some(now);
        let since = endpoints::update_failing(&mut tx, claimed.endpoint_id, failed_at).await?;
        if let Some(reason) = reason_to_disable(webhooks, outcome, since, now) {
            disable(webhooks, &mut tx, claimed, reason, now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

fn reason_to_disable(
    webhooks: &Webhooks,
    outcome: &Outcome,
    failing_since: Option<Timestamp>,
    now: Timestamp,
) -> Option<DisabledReason> {
    if outcome.is_gone() {
        return Some(DisabledReason::Gone);
    }
    let failing = now.duration_since(failing_since?);
    (failing >= webhooks.settings.disable_after()).then_some(DisabledReason::Failing)
}

async fn disable(
    webhooks: &Webhooks,
    conn: &mut PgConnection,
    claimed: &Claimed,
    reason: DisabledReason,
    now: Timestamp,
) -> anyhow::Result<()> {
    let id = claimed.endpoint_id;
    if !endpoints::disable(conn, id, reason, now).await? {
        return Ok(());
    }
    tracing::warn!(webhook.endpoint = %id, reason = reason.as_str(), "a webhook endpoint was disabled");
    let entry = Entry::new(
        Actor::SYSTEM,
        "webhook_endpoint.disable",
        "webhook_endpoint",
        id,
    )
    .at(now)
    .before(json!({"state": "active"}))
    .after(json!({"state": "disabled", "disabled_reason": reason.as_str()}));
    AUDIT.append(conn, &entry).await?;
    let Some(recipient) = &webhooks.settings.notice_to else {
        return Ok(());
    };
    let why = match reason {
        DisabledReason::Gone => "It answered 410 (Gone).",
        DisabledReason::Failing | DisabledReason::Staff => "Every attempt failed for days.",
    };
    let content = Content {
        subject: "A webhook endpoint was disabled".to_owned(),
        text: format!(
            "Nothing is sent to this webhook endpoint any more:\n\n  {id}\n  {}\n\n{why}\n\n\
             Events are kept. When the endpoint works again, enable it and deliver again what it missed.\n",
            claimed.url
        ),
        html: None,
    };
    let notice = NewMessage {
        template: NOTICE,
        // Each time anew, also for the same endpoint.
        cause: claimed.delivery_id.uuid(),
        recipient,
        content: &content,
        secret: false,
        expires_at: None,
        now,
    };
    OUTBOX.insert(conn, &notice).await?;
    Ok(())
}
