//! Passwords and keys of an instance, made once and kept in a file only its owner can read.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use rand::distr::{Alphanumeric, SampleString};
use serde::{Deserialize, Serialize};

use crate::instance::{Instance, write_file};
use crate::ports::SERVICES;

const FILE: &str = "secrets.json";

/// Everything that must not be known outside the instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// Password of the embedded PostgreSQL's administrator.
    pub(crate) postgres: String,
    /// Password of Redis.
    pub(crate) redis: String,
    /// Passwords of the services' database roles.
    pub(crate) roles: BTreeMap<String, String>,
    /// Ed25519 key of the auth service (PKCS#8 PEM); made by `techmart-auth key generate`.
    pub(crate) jwt_signing_key: Option<String>,
    /// Mixed into password hashes.
    pub(crate) password_pepper: String,
    /// Signs the tokens with which guests reach their orders; 64 hex digits.
    pub(crate) order_token_key: String,
    /// The shop's keys at the payment provider.
    pub(crate) payment_secret_key: String,
    pub(crate) payment_publishable_key: String,
    /// Signs the provider's webhooks.
    pub(crate) payment_webhook_secret: String,
}

impl Secrets {
    /// Reads the instance's secrets; makes them on the first run.
    pub(crate) fn load_or_create(instance: &Instance) -> Result<Self> {
        let path = instance.path(FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is damaged", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let secrets = Self::generate();
                secrets.save(instance)?;
                Ok(secrets)
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Writes them, mode 0600.
    pub(crate) fn save(&self, instance: &Instance) -> Result<()> {
        write_file(
            &instance.path(FILE),
            &serde_json::to_vec_pretty(self)?,
            0o600,
        )
    }

    fn generate() -> Self {
        Self {
            postgres: word(32),
            redis: word(32),
            roles: SERVICES
                .iter()
                .map(|(name, _)| ((*name).to_owned(), word(32)))
                .collect(),
            jwt_signing_key: None,
            password_pepper: word(43),
            order_token_key: hex::encode(rand::random::<[u8; 32]>()),
            payment_secret_key: format!("sk_test_{}", word(24)),
            payment_publishable_key: format!("pk_test_{}", word(24)),
            payment_webhook_secret: format!("whsec_{}", word(32)),
        }
    }
}

/// Random letters and digits from the system's generator (nearly 6 bits each).
fn word(length: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rng(), length)
}
