//! One call to the server: sent, waited for no longer than its deadline, and judged.

use std::time::Duration;

use bytes::Bytes;
use opensearch::OpenSearch;
use opensearch::auth::Credentials;
use opensearch::http::Method;
use opensearch::http::headers::HeaderMap;
use opensearch::http::transport::{SingleNodeConnectionPool, TransportBuilder};
use search_core::EngineError;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::settings::{Settings, SettingsError};

/// Calls the server.
#[derive(Debug, Clone)]
pub(crate) struct Client(OpenSearch);

/// Why a call has no good answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// Nobody answers, or the answer breaks off.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// The deadline passed.
    #[error("no answer in time")]
    Late,
    /// It is overloaded, or some of it is down.
    #[error("it refuses work ({status}): {reason}")]
    Busy { status: u16, reason: String },
    /// It says no.
    #[error("it refused ({status}, {kind}): {reason}")]
    Refused {
        status: u16,
        kind: String,
        reason: String,
    },
    /// It answers something else than expected.
    #[error("its answer cannot be read")]
    Answer(#[source] serde_json::Error),
    /// What it holds is not what was written.
    #[error("product {0} is damaged in the index")]
    Damaged(uuid::Uuid),
    /// The index cannot be used now.
    #[error("{0}")]
    Unusable(&'static str),
}

/// An error as the server tells it; some gates before it answer a mere text.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Cause {
    /// With its kind.
    Full {
        /// `index_not_found_exception`
        #[serde(rename = "type", default)]
        kind: String,
        /// In words.
        #[serde(default)]
        reason: Option<String>,
    },
    /// A text.
    Text(String),
}

#[derive(Debug, Deserialize)]
struct Failure {
    error: Cause,
}

impl Client {
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let pool = SingleNodeConnectionPool::new(settings.check()?);
        let mut transport = TransportBuilder::new(pool)
            .disable_proxy()
            .timeout(settings.bulk_timeout);
        if let Some((user, password)) = &settings.login {
            let password = password.expose_secret().to_owned();
            transport = transport.auth(Credentials::Basic(user.clone(), password));
        }
        let transport = transport
            .build()
            .map_err(|e| SettingsError::Client(e.to_string()))?;
        Ok(Self(OpenSearch::new(transport)))
    }

    /// Sends a request and reads the answer. `path` holds no text of a shopper.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Bytes>,
        deadline: Duration,
    ) -> Result<T, CallError> {
        let send = async {
            let first = self.send(method, path, query, body.clone(), deadline).await;
            match first {
                // A connection that was kept may be closed just when it is used again. All our requests may be repeated.
                Err(CallError::Unreachable(_)) => {
                    self.send(method, path, query, body, deadline).await
                }
                first => first,
            }
        };
        let (status, bytes) = tokio::time::timeout(deadline, send)
            .await
            .map_err(|_| CallError::Late)??;
        if (200..300).contains(&status) {
            return serde_json::from_slice(&bytes).map_err(CallError::Answer);
        }
        Err(refusal(status, &bytes))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Bytes>,
        deadline: Duration,
    ) -> Result<(u16, Bytes), CallError> {
        let sent = self.0.send(
            method,
            path,
            HeaderMap::new(),
            Some(query),
            body,
            Some(deadline),
        );
        let answer = sent.await.map_err(|e| unanswered(&e))?;
        let status = answer.status_code().as_u16();
        Ok((status, answer.bytes().await.map_err(|e| unanswered(&e))?))
    }
}

fn unanswered(error: &opensearch::Error) -> CallError {
    if error.is_timeout() {
        return CallError::Late;
    }
    // The outermost message names the address only; the innermost says what happened.
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    CallError::Unreachable(innermost.to_string())
}

fn refusal(status: u16, body: &[u8]) -> CallError {
    let cause = serde_json::from_slice::<Failure>(body).map_or_else(
        |_| Cause::Text(String::from_utf8_lossy(body).chars().take(200).collect()),
        |failure| failure.error,
    );
    CallError::of(status, cause)
}

impl CallError {
    /// What the server says about a request, or about a part of one.
    pub(crate) fn of(status: u16, cause: Cause) -> Self {
        let (kind, reason) = match cause {
            Cause::Full { kind, reason } => (kind, reason.unwrap_or_default()),
            Cause::Text(text) => (String::new(), text),
        };
        // A part of a search that failed for want of room or time counts as an error of the server.
        let busy = status == 429 || status >= 500 || kind == "circuit_breaking_exception";
        if busy {
            return Self::Busy { status, reason };
        }
        Self::Refused {
            status,
            kind,
            reason,
        }
    }

    /// Whether asking again for less, or later, may help.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Late
                | Self::Busy { .. }
                | Self::Refused {
                    status: 408 | 413,
                    ..
                }
        )
    }

    /// Whether it says that what was asked about is not there.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether it says that what should be made is there already.
    pub(crate) fn is_there_already(&self) -> bool {
        matches!(self, Self::Refused { kind, .. } if kind == "resource_already_exists_exception")
    }

    /// Whether it says that it holds something newer.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { status: 409, .. })
    }
}

impl From<CallError> for EngineError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unreachable(_)
            | CallError::Late
            | CallError::Busy { .. }
            | CallError::Unusable(_)
            // A missing index is made anew, a refused login is the operator's to mend: meanwhile another engine answers.
            | CallError::Refused { status: 401 | 403 | 404 | 408 | 413, .. } => Self::Away(error.to_string()),
            CallError::Refused { .. } | CallError::Answer(_) | CallError::Damaged(_) => {
                Self::Failed(Box::new(error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away(status: u16, body: &str) -> bool {
        matches!(
            EngineError::from(refusal(status, body.as_bytes())),
            EngineError::Away(_)
        )
    }

    #[test]
    fn tells_away_from_wrong() {
        let missing = r#"{"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404}"#;
        assert!(refusal(404, missing.as_bytes()).is_missing());
        assert!(away(404, missing));
        let wrong = r#"{"error":{"type":"parsing_exception","reason":"unknown query","line":1},"status":400}"#;
        assert!(!away(400, wrong));
        assert!(!refusal(400, wrong.as_bytes()).may_pass());
        let full =
            r#"{"error":{"type":"rejected_execution_exception","reason":"queue"},"status":429}"#;
        assert!(away(429, full));
        assert!(refusal(429, full.as_bytes()).may_pass());
        for (status, body) in [
            (401, "Unauthorized"),
            (502, "<html>"),
            (503, ""),
            (500, r#"{"error":"x"}"#),
        ] {
            assert!(away(status, body), "{status}");
        }
        let breaker =
            r#"{"error":{"type":"circuit_breaking_exception","reason":"x"},"status":429}"#;
        assert!(refusal(429, breaker.as_bytes()).may_pass());
    }
}
