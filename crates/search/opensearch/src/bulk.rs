//! Taking changes in: in batches, each change with the number by which late ones lose, and no faster than the server can.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::{BufMut as _, Bytes, BytesMut};
use opensearch::http::Method;
use rand::RngExt as _;
use search_core::Change;
use serde::Deserialize;
use serde_json::json;

use crate::client::{CallError, Cause};
use crate::engine::Inner;
use crate::product::{self, Vectors};

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_LAST: Duration = Duration::from_secs(3);

/// What became of a batch of changes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// All are in, or were older than what is there.
    All,
    /// The alias names another index than expected.
    Elsewhere,
}

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    items: Vec<Item>,
}

/// The outcome of one change, under the name of what was done.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Item {
    Index(Outcome),
    Delete(Outcome),
}

#[derive(Debug, Deserialize)]
struct Outcome {
    #[serde(rename = "_index")]
    index: String,
    #[serde(rename = "_id")]
    id: String,
    status: u16,
    error: Option<Cause>,
}

/// How many changes go into a request: fewer while the server refuses, more again when it takes them.
struct Pace {
    count: usize,
    failures: u32,
    /// When something was taken last.
    progress: Instant,
}

impl Inner {
    /// Takes changes in through an alias that names `index`.
    pub(crate) async fn take(
        &self,
        alias: &str,
        index: &str,
        changes: &[Change],
        vectors: Vectors,
    ) -> Result<Taken, CallError> {
        let mut waiting: VecDeque<Bytes> = changes
            .iter()
            .map(|change| lines(change, vectors))
            .collect();
        let mut pace = Pace {
            count: self.settings.bulk_count,
            failures: 0,
            progress: Instant::now(),
        };
        let mut refused = None;
        while !waiting.is_empty() {
            let batch = self.batch(&mut waiting, &pace);
            let left = self
                .settings
                .bulk_timeout
                .saturating_sub(pace.progress.elapsed());
            // Half of what is left, so that there is time for a smaller batch after one that is too much.
            let deadline = (left / 2).max(Duration::from_millis(500));
            let error = match self.send(alias, &batch, deadline).await {
                Ok(answer) => match judge(answer, batch, index)? {
                    Judged::Elsewhere => return Ok(Taken::Elsewhere),
                    Judged::Taken {
                        again,
                        error,
                        wrong,
                    } => {
                        refused = refused.or(wrong);
                        pace.took(again.is_empty(), self.settings.bulk_count);
                        put_back(&mut waiting, again);
                        match error {
                            Some(error) => error,
                            None => continue,
                        }
                    }
                },
                Err(error) => {
                    put_back(&mut waiting, batch);
                    error
                }
            };
            if !error.may_pass() || pace.progress.elapsed() >= self.settings.bulk_timeout {
                return Err(error);
            }
            tracing::debug!(%error, batch = pace.count, "the bulk request is sent again, smaller");
            pace.slower().await;
        }
        refused.map_or(Ok(Taken::All), Err)
    }

    fn batch(&self, waiting: &mut VecDeque<Bytes>, pace: &Pace) -> Vec<Bytes> {
        let mut batch = Vec::new();
        let mut room = self.settings.bulk_bytes;
        while batch.len() < pace.count
            && let Some(next) = waiting.front()
        {
            let Some(rest) = room
                .checked_sub(next.len())
                .or(batch.is_empty().then_some(0))
            else {
                break;
            };
            room = rest;
            batch.extend(waiting.pop_front());
        }
        batch
    }

    async fn send(
        &self,
        alias: &str,
        batch: &[Bytes],
        deadline: Duration,
    ) -> Result<Answer, CallError> {
        let mut body = BytesMut::with_capacity(batch.iter().map(Bytes::len).sum());
        for lines in batch {
            body.put_slice(lines);
        }
        let params = [
            ("require_alias", "true"),
            (
                "filter_path",
                "items.*._index,items.*._id,items.*.status,items.*.error",
            ),
        ];
        let path = format!("/{alias}/_bulk");
        self.client
            .call(Method::Post, &path, &params, Some(body.freeze()), deadline)
            .await
    }
}

impl Pace {
    fn took(&mut self, all: bool, most: usize) {
        if all {
            self.failures = 0;
            self.count = self.count.saturating_mul(2).min(most);
            self.progress = Instant::now();
        }
    }

    async fn slower(&mut self) {
        self.count = (self.count / 2).max(1);
        let longest = BACKOFF_FIRST
            .saturating_mul(1 << self.failures.min(10))
            .min(BACKOFF_LAST);
        self.failures = self.failures.saturating_add(1);
        // Full jitter, so that several instances do not come back together.
        let pause = rand::rng().random_range(Duration::from_millis(20)..=longest);
        tokio::time::sleep(pause).await;
    }
}

/// A change as the bulk interface takes it. A product comes again with the same number when it is read again, so equal
/// numbers are taken too.
fn lines(change: &Change, vectors: Vectors) -> Bytes {
    let action = json!({
        "_id": change.product_id.uuid(), "version": change.revision.max(0), "version_type": "external_gte",
    });
    let lines = match &change.entry {
        Some(entry) => format!(
            "{}\n{}\n",
            json!({"index": action}),
            product::source(entry, vectors)
        ),
        None => format!("{}\n", json!({"delete": action})),
    };
    Bytes::from(lines)
}

fn put_back(waiting: &mut VecDeque<Bytes>, batch: Vec<Bytes>) {
    for lines in batch.into_iter().rev() {
        waiting.push_front(lines);
    }
}

enum Judged {
    Taken {
        /// What must be sent again.
        again: Vec<Bytes>,
        /// Why.
        error: Option<CallError>,
        /// What will never be taken.
        wrong: Option<CallError>,
    },
    Elsewhere,
}

fn judge(answer: Answer, batch: Vec<Bytes>, index: &str) -> Result<Judged, CallError> {
    let (mut again, mut error, mut wrong) = (Vec::new(), None, None);
    if answer.items.len() != batch.len() {
        return Err(CallError::Unreachable(
            "the answer does not tell of every change".to_owned(),
        ));
    }
    for (item, lines) in answer.items.into_iter().zip(batch) {
        let (Item::Index(outcome) | Item::Delete(outcome)) = item;
        let Some(cause) = outcome.error else {
            if outcome.index != index {
                return Ok(Judged::Elsewhere);
            }
            continue;
        };
        let failed = CallError::of(outcome.status, cause);
        if failed.is_conflict() {
            continue; // what is there is newer
        }
        if failed.is_missing() {
            return Err(failed);
        }
        if failed.may_pass() {
            again.push(lines);
            error = Some(failed);
        } else {
            tracing::error!(product.id = outcome.id, error = %failed, "a product cannot be indexed");
            wrong = Some(failed);
        }
    }
    Ok(Judged::Taken {
        again,
        error,
        wrong,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(items: &str, batch: usize) -> Result<Judged, CallError> {
        let answer = serde_json::from_str(&format!(r#"{{"items":[{items}]}}"#)).unwrap();
        judge(answer, vec![Bytes::from_static(b"{}\n"); batch], "shop-v1")
    }

    #[test]
    fn every_item_is_looked_at() {
        let late = r#"{"index":{"_index":"shop-v1","_id":"a","status":409,"error":{"type":"version_conflict_engine_exception","reason":"r"}}}"#;
        let gone = r#"{"delete":{"_index":"shop-v1","_id":"a","status":404}}"#;
        let full = r#"{"index":{"_index":"shop-v1","_id":"a","status":429,"error":{"type":"rejected_execution_exception","reason":"r"}}}"#;
        let bad = r#"{"index":{"_index":"shop-v1","_id":"a","status":400,"error":{"type":"mapper_parsing_exception","reason":"r"}}}"#;
        let other = r#"{"index":{"_index":"shop-v2","_id":"a","status":200}}"#;
        let no_alias = r#"{"index":{"_index":"shop","_id":"a","status":404,"error":{"type":"index_not_found_exception","reason":"r"}}}"#;
        let all = judged(&[late, gone, full, bad].join(","), 4).unwrap();
        let Judged::Taken {
            again,
            error,
            wrong,
        } = all
        else {
            panic!("elsewhere")
        };
        assert_eq!(again.len(), 1);
        assert!(matches!(error, Some(CallError::Busy { status: 429, .. })));
        assert!(matches!(
            wrong,
            Some(CallError::Refused { status: 400, .. })
        ));
        assert!(matches!(judged(other, 1), Ok(Judged::Elsewhere)));
        assert!(judged(no_alias, 1).is_err_and(|e| e.is_missing()));
        assert!(judged(gone, 2).is_err());
    }
}
