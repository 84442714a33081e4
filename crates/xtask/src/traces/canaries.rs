//! What must be nowhere in logs, traces and metrics: the secrets of the stack and of the purchase.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Result, ensure};
use rand::RngExt as _;

use super::receiver::Receiver;
use crate::count::Count;
use crate::env::services;
use crate::stack::Stack;
use crate::ui::Ui;

/// Shorter texts are not told apart from chance.
const LENGTH_MIN: usize = 8;

/// Secrets by what they are, and where they were looked for.
pub(super) struct Canaries {
    secrets: BTreeMap<String, String>,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) street: String,
    /// Shaped like a card's number: what a shopper may paste anywhere.
    pub(super) card_number: String,
}

impl Canaries {
    /// The secrets of a stack, and those of a shopper to be.
    pub(super) fn of(stack: &Stack) -> Self {
        let mark = hex::encode(rand::random::<[u8; 6]>());
        let digits: u64 = rand::rng().random_range(100_000_000_000..999_999_999_999);
        let mut canaries = Self {
            secrets: BTreeMap::new(),
            email: format!("canary-{mark}@example.com"),
            name: format!("Canary {mark}"),
            street: format!("1 Canary Street {mark}"),
            card_number: format!("4000{digits}"),
        };
        canaries.add("e-mail address", canaries.email.clone());
        canaries.add("name", canaries.name.clone());
        canaries.add("street", canaries.street.clone());
        canaries.add("card number", canaries.card_number.clone());
        let secrets = &stack.secrets;
        canaries.add("PostgreSQL's password", &secrets.postgres);
        canaries.add("Redis's password", &secrets.redis);
        for (role, password) in &secrets.roles {
            canaries.add(format!("password of role {role}"), password);
        }
        canaries.add("pepper", &secrets.password_pepper);
        canaries.add("order token key", &secrets.order_token_key);
        canaries.add("payment key", &secrets.payment_secret_key);
        canaries.add("webhook secret", &secrets.payment_webhook_secret);
        if let Some(key) = &secrets.jwt_signing_key {
            // A line of it would do.
            let line = key.lines().find(|line| !line.starts_with('-'));
            canaries.add("signing key", line.unwrap_or_default());
        }
        let staff = stack
            .state
            .staff
            .iter()
            .chain(stack.state.customers.first());
        for login in staff {
            canaries.add(format!("password of {}", login.email), &login.password);
        }
        canaries
    }

    /// One more secret.
    pub(super) fn add(&mut self, what: impl Into<String>, secret: impl Into<String>) {
        let secret = secret.into();
        if secret.len() >= LENGTH_MIN {
            self.secrets.insert(what.into(), secret);
        }
    }

    /// Looks for them everywhere.
    pub(super) async fn check(&self, stack: &Stack, receiver: &Receiver, ui: Ui) -> Result<Count> {
        let step = ui.step("Canaries");
        let mut places: Vec<(String, Vec<u8>)> = Vec::new();
        for entry in fs::read_dir(stack.instance.path("logs"))? {
            let path = entry?.path();
            places.push((path.display().to_string(), fs::read(&path)?));
        }
        for name in services() {
            let port = stack.port(&format!("{name}.ops"))?;
            let url = format!("http://127.0.0.1:{port}/metrics");
            let answer = receiver.client().get(&url).send().await?;
            let text = answer.error_for_status()?.bytes().await?;
            places.push((url, text.to_vec()));
        }
        let bodies = receiver.seen().bodies.clone();
        let sent = bodies.len();
        places.extend(bodies.into_iter().map(|body| ("OTLP".to_owned(), body)));
        if let Some(cloudwatch) = receiver.cloudwatch() {
            let series = cloudwatch.series().await?.into_iter();
            places.extend(series.map(|one| ("CloudWatch".to_owned(), one.into_bytes())));
        }
        let found: Vec<String> = places
            .iter()
            .flat_map(|(place, text)| self.found_in(place, text))
            .collect();
        ensure!(found.is_empty(), "{}", found.join("; "));
        let bytes: usize = places.iter().map(|(_, text)| text.len()).sum();
        step.done(format!(
            "none of {} secrets in {} kB of logs, metrics and {sent} OTLP bodies",
            self.secrets.len(),
            bytes / 1024
        ));
        Ok(Count::passed(self.secrets.len()))
    }

    fn found_in(&self, place: &str, text: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(text);
        let found = self
            .secrets
            .iter()
            .filter(|(_, secret)| text.contains(secret.as_str()));
        found
            .map(|(what, _)| format!("{what} in {place}"))
            .collect()
    }
}
