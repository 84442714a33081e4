//! One event on its way, with everything that goes wrong on it on purpose.

use std::sync::{Arc, Mutex, PoisonError};

use http::header;
use tokio::task::JoinSet;

use super::{Delivery, attempt, sign};
use crate::{
    app::App,
    clock,
    config::Webhook,
    faults::{Plan, Replay},
    journal::Broken,
    model::{Attempt, AttemptResult},
    state::{Due, Record},
    store::Cause,
};

/// What forged events are signed with.
const WRONG_SECRET: &str = "whsec_not_the_right_one";

/// Brings events to the endpoint.
#[derive(Debug, Clone)]
pub(super) struct Courier {
    pub(super) app: Arc<App>,
    pub(super) client: reqwest::Client,
    pub(super) webhook: Webhook,
    pub(super) replays: Replays,
}

/// Requests that wait to be sent again. They end with the last clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Replays(Arc<Mutex<JoinSet<()>>>);

impl Replays {
    fn spawn(&self, replay: impl Future<Output = ()> + Send + 'static) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while waiting.try_join_next().is_some() {}
        waiting.spawn(replay);
    }
}

/// The bytes of an event.
#[derive(Debug, Clone)]
struct Parcel {
    event: String,
    kind: String,
    body: Vec<u8>,
}

impl Courier {
    /// Tries once and records how it ended.
    pub(super) async fn deliver(self, due: Due, plan: Plan) -> Result<(), Broken> {
        let found = self.app.store.read(|state| {
            let event = state.events.get(&due.event)?;
            let mut view = event.view(1);
            if plan.aged_s > 0 {
                view["created"] = (event.created - plan.aged_s).into();
            }
            Some((event.created, event.kind.clone(), view))
        })?;
        let (Some((created, kind, view)), seq) = found else {
            return Ok(());
        };
        // Nobody hears of what a crash could take back.
        self.app.store.durable(seq).await?;
        let number = due.attempts + 1;
        if plan.missing {
            tracing::info!(event = %due.event, kind, "an event is withheld on purpose");
            return self.record(Attempt {
                event: due.event,
                number,
                at_ms: clock::now_ms(),
                status: None,
                result: AttemptResult::Withheld,
                next_at_ms: None,
            });
        }
        let parcel = Parcel {
            body: serde_json::to_vec(&view).map_err(|_| Broken)?,
            event: due.event,
            kind,
        };
        for _ in 0..plan.forged {
            let signature = sign(WRONG_SECRET, clock::now(), &parcel.body);
            self.post(&parcel, "forged", &signature).await.ok();
        }
        let signature = sign(&self.webhook.secret, clock::now(), &parcel.body);
        let mut duplicates = JoinSet::new();
        for _ in 0..plan.duplicates {
            let (courier, parcel, signature) = (self.clone(), parcel.clone(), signature.clone());
            duplicates.spawn(async move {
                courier.post(&parcel, "duplicate", &signature).await.ok();
            });
        }
        let answer = self.post(&parcel, "genuine", &signature).await;
        while duplicates.join_next().await.is_some() {}
        for replay in plan.replays {
            let (courier, parcel) = (self.clone(), parcel.clone());
            self.replays
                .spawn(async move { courier.replay(&parcel, replay).await });
        }
        let status = answer.as_ref().ok().copied();
        let delivered = status.is_some_and(|status| (200..300).contains(&status));
        let retry = self.app.config.retry;
        let attempt = attempt(parcel.event, number, status, delivered, created, retry);
        let kind = parcel.kind;
        if delivered {
            tracing::info!(event = %attempt.event, kind, attempt = number, "event delivered");
        } else {
            let error = answer.err();
            tracing::warn!(event = %attempt.event, kind, attempt = number, status, error,
                result = ?attempt.result, "event not delivered");
        }
        self.record(attempt)
    }

    fn record(&self, attempt: Attempt) -> Result<(), Broken> {
        let record = Record::Attempt(attempt);
        self.app
            .store
            .write(Cause::default(), |tx| tx.put(record))?;
        Ok(())
    }

    /// Sends the same request again, as somebody would who has listened.
    async fn replay(&self, parcel: &Parcel, replay: Replay) {
        let signed_at = clock::now() - replay.aged_s;
        let signature = sign(&self.webhook.secret, signed_at, &parcel.body);
        tokio::time::sleep(replay.after).await;
        for _ in 0..replay.times {
            self.post(parcel, "replay", &signature).await.ok();
        }
    }

    /// Posts once; returns the status or what went wrong.
    async fn post(
        &self,
        parcel: &Parcel,
        manner: &'static str,
        signature: &str,
    ) -> Result<u16, String> {
        let answer = self
            .client
            .post(self.webhook.url.clone())
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header("Stripe-Signature", signature)
            .timeout(self.app.config.retry.timeout)
            .body(parcel.body.clone())
            .send()
            .await
            .map(|response| response.status().as_u16())
            .map_err(|error| error.without_url().to_string());
        self.app.deliveries.note(Delivery {
            event: parcel.event.clone(),
            kind: parcel.kind.clone(),
            manner,
            at_ms: clock::now_ms(),
            status: answer.as_ref().ok().copied(),
        });
        answer
    }
}
