//! When a rule applies.

use rand::RngExt;
use serde::{Deserialize, Serialize};

/// Which of the things that could go wrong do, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct When {
    /// How likely each one is, 0 to 1.
    pub probability: f64,
    /// How many are let through first.
    pub skip: u32,
    /// How many it applies to after that; all when not given. It counts down.
    pub next: Option<u32>,
}

impl Default for When {
    fn default() -> Self {
        Self {
            probability: 1.0,
            skip: 0,
            next: None,
        }
    }
}

impl When {
    /// Whether the rule applies to something it could apply to, and counts that.
    pub(super) fn applies(&mut self) -> bool {
        if self.next == Some(0) || !rand::rng().random_bool(self.probability) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if let Some(left) = &mut self.next {
            *left -= 1;
        }
        true
    }
}

/// Whether a text fits a pattern, in which `*` stands for anything.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text) in [
            ("*", ""),
            ("*", "/v1/refunds"),
            ("/v1/refunds", "/v1/refunds"),
            ("/v1/*/capture", "/v1/payment_intents/pi_1/capture"),
            ("payment_intent.*", "payment_intent.succeeded"),
            ("*.succeeded", "payment_intent.succeeded"),
            ("a*a", "aa"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("/v1/refunds", "/v1/refunds/re_1"),
            ("/v1/*/capture", "/v1/payment_intents/pi_1/cancel"),
            ("a*a", "a"),
            ("", "a"),
        ] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn counts() {
        let mut rule = When {
            skip: 1,
            next: Some(2),
            ..When::default()
        };
        let applied: Vec<bool> = (0..5).map(|_| rule.applies()).collect();
        assert_eq!(applied, [false, true, true, false, false]);
        let mut never = When {
            probability: 0.0,
            ..When::default()
        };
        assert!(!never.applies());
    }
}
