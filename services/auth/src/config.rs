//! The settings of this service. Defaults and meaning: `config/defaults.toml`.

use std::time::Duration;

use common::config::{DbSettings, HttpSettings, RedisSettings, ServiceSettings, SiteSettings};
use jiff::SignedDuration;
use mail::MailSettings;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// The defaults of this service.
pub const DEFAULTS: &str = include_str!("config/defaults.toml");

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The listeners and their limits.
    pub http: HttpSettings,
    /// The database.
    pub db: DbSettings,
    /// The cache.
    pub redis: RedisSettings,
    /// The site.
    pub shop: SiteSettings,
    /// Access tokens.
    pub jwt: JwtSettings,
    /// Password hashing and rules.
    pub password: PasswordSettings,
    /// Sessions and refresh tokens.
    pub session: SessionSettings,
    /// How often someone may try.
    pub limit: LimitSettings,
    /// Links to set a new password.
    pub reset: ResetSettings,
    /// Messages.
    #[serde(default)]
    pub mail: MailSettings,
    /// Deleting what is over.
    pub purge: PurgeSettings,
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }
}

/// Section `jwt`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwtSettings {
    /// Ed25519 private key, PKCS#8 PEM. Line ends may be written as `\n`.
    pub signing_key: SecretString,
    /// How long an access token works.
    pub access_ttl_s: u32,
}

/// Section `password`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordSettings {
    /// Secret that goes into every new hash.
    pub pepper: SecretString,
    /// Another one whose hashes are good, while peppers change. Empty is none.
    #[serde(default)]
    pub pepper_previous: Option<SecretString>,
    /// Memory of one hash.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// Hashes computed at once; 0 is one per core.
    pub hashes_max: usize,
    /// Requests that wait for a hash at most.
    pub queue_max: usize,
    /// Passwords found in fewer guesses are refused.
    pub guesses_min: u64,
}

impl PasswordSettings {
    /// The other pepper whose hashes are good, while peppers change.
    pub fn previous(&self) -> Option<&SecretString> {
        let previous = self.pepper_previous.as_ref();
        previous.filter(|pepper| !pepper.expose_secret().is_empty())
    }
}

/// Section `session`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionSettings {
    /// How long a refresh token works.
    pub refresh_ttl_days: u32,
    /// How long a session lasts at most.
    pub age_max_days: u32,
    /// How long a lost answer can be asked for again.
    pub grace_s: u32,
}

impl SessionSettings {
    /// How long a refresh token works.
    pub fn refresh_ttl(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.refresh_ttl_days) * 24)
    }

    /// How long a session lasts at most.
    pub fn age_max(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.age_max_days) * 24)
    }

    /// How long a lost answer can be asked for again.
    pub fn grace(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.grace_s))
    }
}

/// Section `limit`: bursts, and seconds until one more attempt is allowed.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Sign-ins per account.
    pub login_account_burst: u32,
    /// Sign-ins per account.
    pub login_account_refill_s: u32,
    /// Sign-ins per client address.
    pub login_address_burst: u32,
    /// Sign-ins per client address.
    pub login_address_refill_s: u32,
    /// Registrations per client address.
    pub register_address_burst: u32,
    /// Registrations per client address.
    pub register_address_refill_s: u32,
    /// Links to set a new password, per account's address.
    pub reset_account_burst: u32,
    /// Links to set a new password, per account's address.
    pub reset_account_refill_s: u32,
    /// Links to set a new password, per client address.
    pub reset_address_burst: u32,
    /// Links to set a new password, per client address.
    pub reset_address_refill_s: u32,
    /// Uses of such links, per client address.
    pub reset_use_address_burst: u32,
    /// Uses of such links, per client address.
    pub reset_use_address_refill_s: u32,
    /// Changes of the password, per account.
    pub change_account_burst: u32,
    /// Changes of the password, per account.
    pub change_account_refill_s: u32,
    /// How long a device is known after a sign-in.
    pub device_days: u32,
    /// How much stricter an instance is that cannot share its counts.
    pub alone_factor: u32,
}

/// Section `reset`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetSettings {
    /// How long a link to set a new password works.
    pub ttl_min: u32,
}

impl ResetSettings {
    /// How long a link to set a new password works.
    pub fn ttl(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.ttl_min))
    }
}

/// Section `purge`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurgeSettings {
    /// Seconds between two runs.
    pub interval_s: u32,
    /// Rows per statement at most.
    pub batch_size: u32,
}

impl PurgeSettings {
    /// The time between two runs.
    pub fn interval(&self) -> Duration {
        Duration::from_secs(u64::from(self.interval_s))
    }
}
