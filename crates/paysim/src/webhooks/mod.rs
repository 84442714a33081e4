//! Signed events to the shop's endpoint, until it answers 2xx.
//!
//! A few are sent at a time; all others wait as ids in the ledger's outbox, so nothing is lost
//! by a restart. As with Stripe, an event can come twice and the order is not promised.

mod courier;
mod deliveries;

use std::{sync::Arc, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use sha2::Sha256;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use deliveries::Delivery;

pub(crate) use deliveries::Deliveries;

use crate::{
    app::App,
    clock,
    config::Retry,
    faults::Plan,
    journal::Broken,
    model::{Attempt, AttemptResult},
    state::{Due, State},
};
use courier::{Courier, Replays};

const PARALLEL_MAX: usize = 8;

/// The `Stripe-Signature` header of a body sent at a time in Unix seconds.
pub fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    format!(
        "t={timestamp},v1={}",
        hex::encode(mac.finalize().into_bytes())
    )
}

/// Sends what is due until `stop`; then ends what it has begun.
pub(crate) async fn run(app: Arc<App>, client: reqwest::Client, stop: CancellationToken) {
    let mut sending = JoinSet::new();
    let replays = Replays::default();
    while !stop.is_cancelled() {
        let Ok(pause) = start_due(&app, &client, &mut sending, &replays) else {
            return;
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = app.outbox_wake.notified() => {}
            Some(_) = sending.join_next() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    while sending.join_next().await.is_some() {}
}

/// Starts as many sends as there is room for; returns how long nothing else is due.
fn start_due(
    app: &Arc<App>,
    client: &reqwest::Client,
    sending: &mut JoinSet<()>,
    replays: &Replays,
) -> Result<Duration, Broken> {
    const IDLE: Duration = Duration::from_hours(1);
    let room = PARALLEL_MAX - sending.len();
    let Some(webhook) = app.webhook() else {
        return Ok(IDLE);
    };
    let (due, next) = app.store.with_state(|state| {
        let due = state.outbox.take_due(clock::now_ms(), room);
        let due = due
            .into_iter()
            .filter_map(|due| planned(app, state, due))
            .collect::<Vec<_>>();
        (due, state.outbox.next_due())
    })?;
    for (due, plan) in due {
        let courier = Courier {
            app: Arc::clone(app),
            client: client.clone(),
            webhook: webhook.clone(),
            replays: replays.clone(),
        };
        sending.spawn(async move {
            if courier.deliver(due, plan).await.is_err() {
                tracing::error!("an event was not sent because the journal is closed");
            }
        });
    }
    Ok(match next {
        // A finished send wakes the loop when there is no room.
        Some(at) if sending.len() < PARALLEL_MAX => {
            Duration::from_millis(u64::try_from(at - clock::now_ms()).unwrap_or(0))
        }
        _ => IDLE,
    })
}

/// What happens to an event that is due: it is decided before its first try, and a late one goes
/// back to wait.
fn planned(app: &App, state: &mut State, due: Due) -> Option<(Due, Plan)> {
    // Later tries are for the genuine event only.
    if due.attempts > 0 {
        return Some((due, Plan::default()));
    }
    if let Some(plan) = due.plan.clone() {
        return Some((due, plan));
    }
    let kind = &state.events.get(&due.event)?.kind;
    let mut plan = app.faults.plan(kind);
    plan.missing &= !due.again;
    if plan.delay.is_zero() {
        return Some((due, plan));
    }
    let wait = i64::try_from(plan.delay.as_millis()).unwrap_or(i64::MAX);
    let until = clock::now_ms().saturating_add(wait);
    state.outbox.postpone(&due.event, until, plan);
    None
}

fn attempt(
    event: String,
    number: u32,
    status: Option<u16>,
    delivered: bool,
    created: i64,
    retry: Retry,
) -> Attempt {
    let now_ms = clock::now_ms();
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let too_old = now_ms - created * 1000 > millis(retry.give_up_after);
    let result = match (delivered, too_old) {
        (true, _) => AttemptResult::Delivered,
        (false, false) => AttemptResult::Failed,
        (false, true) => AttemptResult::GivenUp,
    };
    let next_at_ms =
        (result == AttemptResult::Failed).then(|| now_ms + millis(pause(number, retry)));
    Attempt {
        event,
        number,
        at_ms: now_ms,
        status,
        result,
        next_at_ms,
    }
}

/// The wait after a failed try: doubled each time, up to the longest, less up to a fifth by
/// chance so that events do not come back all at once.
fn pause(number: u32, retry: Retry) -> Duration {
    let doubled = retry.first.saturating_mul(2_u32.saturating_pow(number - 1));
    let whole = doubled.min(retry.max);
    whole / 100 * rand::rng().random_range(80..=100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_is_stripe_s() {
        // Computed with `printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_x`.
        let header = sign("whsec_x", 1_700_000_000, br#"{"id":"evt_1"}"#);
        assert_eq!(
            header,
            "t=1700000000,v1=366e40c480fe3a9e6a03609dca079cea86d77ae82d5a56b5348208247317a8d1"
        );
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = Retry::default();
        assert!(pause(1, retry) <= retry.first);
        assert!(pause(3, retry) > retry.first * 3);
        assert!(pause(60, retry) <= retry.max);
        assert!(pause(60, retry) >= retry.max * 4 / 5);
    }
}
