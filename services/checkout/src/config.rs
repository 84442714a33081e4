//! Settings of the checkout service. Defaults and meaning: [`DEFAULTS`].

use common::config::{DbSettings, HttpSettings, RedisSettings, ServiceSettings, SiteSettings};
use contract_orders::OrderTokenKey;
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::domain::state::CaptureMethod;

/// The defaults, TOML.
pub const DEFAULTS: &str = r#"
[http]
address = "127.0.0.1:8084"
ops_address = "127.0.0.1:9084"

[db]
# A purchase rather waits for a connection than fails.
pool_size_max = 16
acquire_timeout_ms = 3000

[checkout]
# An open checkout that nobody touches is given up after this.
ttl_s = 86400
# Stock is held this long; a payment under way keeps its hold until it is settled.
reservation_s = 900
# A request that completes a checkout is taken for dead after this, and the recovery job goes on.
lease_s = 30
# How many gift cards may pay for one checkout.
gift_cards_max = 5
# So many wrong gift card codes within the window and the next one has to wait: per network.
guesses_max = 10
guesses_window_s = 3600
# When a client should ask again while a payment is under way.
retry_after_s = 2

[order_token]
# How long the token opens a guest's order, in days. Its key is required: 64 hexadecimal digits, shared with orders.
ttl_days = 90

[payment]
# The provider's API: Stripe's address, or one that speaks its language. Required: secret_key, publishable_key, webhook_secret.
api_base = "https://api.stripe.com"
# Where browsers load the provider's script from.
script_url = "https://js.stripe.com/v3/"
# The provider must have answered after this, repetitions included.
deadline_ms = 8000
# A connection to the provider must stand after this.
connect_timeout_ms = 2000
# How often one request is sent at most.
tries_max = 3
# When a card's money is taken: "automatic" with the purchase, or "manual" when the order is sent.
capture = "automatic"
# A shopper who does not confirm with the bank for this long has given up.
confirm_max_s = 1800
# So many declines within the window and the next attempt has to wait: per customer, cart, network and card.
declines_max = 5
declines_window_s = 3600
# For this long the provider surely remembers a request and answers it again instead of paying twice.
resend_max_s = 72000
# How old a report's signature may be, and how far ahead of our clock.
signature_age_max_s = 300
signature_ahead_max_s = 60

[jobs]
# How often payments without an answer are looked for, and how many are taken at a time.
reconcile_interval_ms = 1000
reconcile_batch = 20
# How often captures, refunds and the like that were asked for are looked for, and how many are taken at a time.
operations_interval_ms = 500
operations_batch = 20
# How often reports of the provider are worked on, and how many are taken at a time.
inbox_interval_ms = 250
inbox_batch = 20
# A report about an unknown payment is given up after this.
inbox_age_max_s = 86400
# How often abandoned checkouts and old keys are cleared, and how many at a time.
expire_interval_ms = 30000
expire_batch = 500
"#;

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Listeners and their limits.
    pub http: HttpSettings,
    /// PostgreSQL.
    pub db: DbSettings,
    /// Redis, where there is one.
    pub redis: RedisSettings,
    /// The site.
    pub shop: SiteSettings,
    /// Times of a checkout.
    pub checkout: CheckoutSettings,
    /// Tokens of guests.
    pub order_token: OrderTokenSettings,
    /// The payment provider.
    pub payment: PaymentSettings,
    /// Background work.
    pub jobs: JobSettings,
}

/// Section `checkout`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckoutSettings {
    /// Life of an untouched checkout.
    pub ttl_s: i64,
    /// Life of a hold on stock.
    pub reservation_s: i64,
    /// Life of a request that completes a checkout.
    pub lease_s: i64,
    /// How many gift cards may pay for one checkout.
    pub gift_cards_max: i64,
    /// How many wrong gift card codes there may be within the window.
    pub guesses_max: i64,
    /// How long wrong codes count.
    pub guesses_window_s: i64,
    /// `Retry-After` while a payment is under way.
    pub retry_after_s: u64,
}

/// Section `order_token`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderTokenSettings {
    /// Signs the tokens.
    #[serde(deserialize_with = "order_token_key")]
    pub key: OrderTokenKey,
    /// Life of a token.
    pub ttl_days: i64,
}

/// Section `payment`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentSettings {
    /// The provider's API, without `/v1`.
    pub api_base: String,
    /// Our key at the provider.
    pub secret_key: SecretString,
    /// The key that browsers use.
    pub publishable_key: String,
    /// Signs the provider's reports.
    pub webhook_secret: SecretString,
    /// The one before, while secrets are rotated.
    #[serde(default)]
    pub webhook_secret_previous: Option<SecretString>,
    /// The provider's script for browsers.
    pub script_url: String,
    /// One request, repetitions included.
    pub deadline_ms: u64,
    /// One connection.
    pub connect_timeout_ms: u64,
    /// How often one request is sent at most.
    pub tries_max: u32,
    /// When a card's money is taken.
    pub capture: CaptureMethod,
    /// How long a shopper may take to confirm.
    pub confirm_max_s: i64,
    /// How many declines there may be within the window.
    pub declines_max: i64,
    /// How long declines count.
    pub declines_window_s: i64,
    /// How long a request may be sent again under its key.
    pub resend_max_s: i64,
    /// Age of a signature.
    pub signature_age_max_s: i64,
    /// How far a signature may be ahead of our clock.
    pub signature_ahead_max_s: i64,
}

/// Section `jobs`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSettings {
    /// Pause between two looks for payments without an answer.
    pub reconcile_interval_ms: u64,
    /// How many payments are taken at a time.
    pub reconcile_batch: i64,
    /// Pause between two looks for movements of money that were asked for.
    pub operations_interval_ms: u64,
    /// How many of them are taken at a time.
    pub operations_batch: i64,
    /// Pause between two looks into the inbox.
    pub inbox_interval_ms: u64,
    /// How many reports are taken at a time.
    pub inbox_batch: i64,
    /// A report about an unknown payment is given up after this.
    pub inbox_age_max_s: i64,
    /// Pause between two clearings.
    pub expire_interval_ms: u64,
    /// How many rows are cleared at a time.
    pub expire_batch: i64,
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }
}

impl CheckoutSettings {
    /// Life of an untouched checkout.
    pub fn ttl(&self) -> SignedDuration {
        SignedDuration::from_secs(self.ttl_s)
    }

    /// Life of a hold on stock.
    pub fn reservation(&self) -> SignedDuration {
        SignedDuration::from_secs(self.reservation_s)
    }

    /// Life of a request that completes a checkout.
    pub fn lease(&self) -> SignedDuration {
        SignedDuration::from_secs(self.lease_s)
    }
}

impl PaymentSettings {
    /// The secrets that may have signed a report.
    pub fn webhook_secrets(&self) -> Vec<SecretString> {
        let previous = self.webhook_secret_previous.iter();
        std::iter::once(&self.webhook_secret)
            .chain(previous)
            .filter(|secret| !secret.expose_secret().is_empty())
            .cloned()
            .collect()
    }
}

fn order_token_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OrderTokenKey, D::Error> {
    SecretString::deserialize(deserializer)?
        .expose_secret()
        .parse()
        .map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> Result<Settings, String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        common::config::load_from("checkout", DEFAULTS, variables)
            .map_err(|error| error.to_string())
    }

    const COMPLETE: [(&str, &str); 5] = [
        (
            "TECHMART_CHECKOUT__DB__URL",
            "postgres://localhost/techmart",
        ),
        (
            "TECHMART__ORDER_TOKEN__KEY",
            "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        ),
        ("TECHMART_CHECKOUT__PAYMENT__SECRET_KEY", "sk_test_1"),
        ("TECHMART_CHECKOUT__PAYMENT__PUBLISHABLE_KEY", "pk_test_1"),
        ("TECHMART_CHECKOUT__PAYMENT__WEBHOOK_SECRET", "whsec_1"),
    ];

    #[test]
    fn a_missing_or_wrong_setting_is_named() {
        for (missing, _) in COMPLETE {
            let rest: Vec<_> = COMPLETE
                .into_iter()
                .filter(|(name, _)| *name != missing)
                .collect();
            let error = load(&rest).unwrap_err();
            let key = missing.rsplit("__").next().unwrap();
            assert!(error.contains(key), "{missing}: {error}");
        }
        let mut short = COMPLETE.to_vec();
        short[1].1 = "abc";
        let error = load(&short).unwrap_err();
        assert!(
            error.contains("64 hexadecimal digits") && !error.contains("abc"),
            "{error}"
        );
    }

    #[test]
    fn two_secrets_are_known_during_a_rotation() {
        let mut rotating = COMPLETE.to_vec();
        rotating.push((
            "TECHMART_CHECKOUT__PAYMENT__WEBHOOK_SECRET_PREVIOUS",
            "whsec_0",
        ));
        assert_eq!(load(&COMPLETE).unwrap().payment.webhook_secrets().len(), 1);
        assert_eq!(load(&rotating).unwrap().payment.webhook_secrets().len(), 2);
    }
}
