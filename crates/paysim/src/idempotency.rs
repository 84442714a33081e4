//! Idempotency keys with Stripe's v1 semantics: the first result is kept and replayed, another
//! request under the same key is refused, and so is one while the first still runs.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Mutex, PoisonError},
};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use crate::{error::ApiError, form::Node};

/// How long a result is kept: a day, as Stripe does at least.
const KEEP_MS: i64 = 24 * 60 * 60 * 1000;
const KEY_LEN_MAX: usize = 255;

/// The kept result of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// The client's key, prefixed with the kind of API key.
    pub(crate) key: String,
    /// Says whether another request is the same one.
    pub(crate) fingerprint: String,
    pub(crate) at_ms: i64,
    /// Id of the request that executed.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// All kept results.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    by_key: HashMap<String, Answer>,
    order: VecDeque<(i64, String)>,
}

impl Answers {
    /// Keeps a result and forgets those that are too old.
    pub(crate) fn keep(&mut self, answer: Answer) {
        while let Some((at, key)) = self.order.front()
            && at + KEEP_MS < answer.at_ms
        {
            // A key that was used again after its time belongs to a younger entry.
            if self.by_key.get(key).is_some_and(|kept| kept.at_ms == *at) {
                self.by_key.remove(key);
            }
            self.order.pop_front();
        }
        self.order.push_back((answer.at_ms, answer.key.clone()));
        self.by_key.insert(answer.key.clone(), answer);
    }

    /// The result kept under a key.
    pub(crate) fn find(&self, key: &str, now_ms: i64) -> Option<&Answer> {
        self.by_key
            .get(key)
            .filter(|answer| answer.at_ms + KEEP_MS >= now_ms)
    }
}

/// Keys whose requests are running.
#[derive(Debug, Default)]
pub(crate) struct Running(Mutex<HashSet<String>>);

/// Holds a key until the request ends, also when its client goes away.
#[derive(Debug)]
pub(crate) struct Guard<'a> {
    running: &'a Running,
    key: String,
}

impl Running {
    /// Enters a key; refuses it while another request has it.
    pub(crate) fn enter(&self, key: &str, shown: &str) -> Result<Guard<'_>, ApiError> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.insert(key.to_owned()) {
            Ok(Guard {
                running: self,
                key: key.to_owned(),
            })
        } else {
            Err(ApiError::idempotency_in_use(shown))
        }
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let mut keys = self
            .running
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.key);
    }
}

/// Refuses keys that are empty, too long or not printable.
pub(crate) fn check_key(key: &str) -> Result<(), ApiError> {
    if key.is_empty() || key.len() > KEY_LEN_MAX || key.chars().any(char::is_control) {
        return Err(ApiError::invalid(format!(
            "The Idempotency-Key header must have 1 to {KEY_LEN_MAX} printable characters."
        )));
    }
    Ok(())
}

/// A digest of a request. It is keyed with the secret key, which is not in the journal, because
/// the parameters may hold a card number.
pub(crate) fn fingerprint(secret: &str, path: &str, params: &BTreeMap<String, Node>) -> String {
    let params = serde_json::to_vec(params).unwrap_or_default();
    digest(secret, &[path.as_bytes(), &params])
}

/// The first 16 bytes, in hex, of a keyed digest over the parts.
pub(crate) fn digest(secret: &str, parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    hex::encode(&mac.finalize().into_bytes()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(key: &str, at_ms: i64) -> Answer {
        Answer {
            key: key.to_owned(),
            fingerprint: String::new(),
            at_ms,
            request: String::new(),
            status: 200,
            body: Value::Null,
        }
    }

    #[test]
    fn results_are_kept_for_a_day() {
        let mut answers = Answers::default();
        answers.keep(answer("a", 0));
        assert!(answers.find("a", KEEP_MS).is_some());
        assert!(answers.find("a", KEEP_MS + 1).is_none());
        answers.keep(answer("a", KEEP_MS + 1));
        answers.keep(answer("b", KEEP_MS + 2));
        assert!(
            answers.find("a", KEEP_MS + 2).is_some(),
            "the younger use of the key stays"
        );
        assert_eq!(answers.order.len(), 2);
    }

    #[test]
    fn a_key_is_free_again_when_its_request_ends() {
        let running = Running::default();
        let guard = running.enter("k", "k").unwrap();
        assert_eq!(running.enter("k", "k").unwrap_err().status, 409);
        drop(guard);
        assert!(running.enter("k", "k").is_ok());
    }
}
