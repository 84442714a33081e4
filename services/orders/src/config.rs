//! Settings of the orders service.

use anyhow::Context as _;
use common::config::{DbSettings, HttpSettings, RedisSettings, ServiceSettings, SiteSettings};
use contract_orders::{OrderTokenKey, OrderTokenKeys};
use documents::Paper;
use jiff::SignedDuration;
use mail::MailSettings;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::domain::allowed::Policy;
use crate::domain::paper::{Papers, Seller};
use crate::webhooks::WebhookSettings;

/// The defaults, each with its meaning.
pub const DEFAULTS: &str = r#"
[http]
address = "127.0.0.1:8085"
ops_address = "127.0.0.1:9085"

[order_token]
# key: required, 64 hexadecimal digits, shared with checkout. Signs the token by which a guest reaches an order.
# key_previous: while keys change one more that opens orders, the next one first and then the one before. Empty is none.

[orders]
# How long after placing shoppers may cancel by themselves, in seconds.
cancel_grace_s = 1800

[returns]
# How long after delivery (or shipping, where delivery is not known) goods may come back, in days.
window_days = 30
# Whether returns of shoppers are approved at once.
auto_approve = false

[refund]
# Refunds above this amount need a second person. Minor units of whatever currency.
approval_over_minor = 50000

[risk]
# Orders above this total are held for review when placed. Minor units of whatever currency; none are held without it.
# hold_over_minor = 500000

[seller]
# The name of the company on documents, as the register has it.
name = "TechMart"
# Street, city and country, one entry per printed line.
address = []
# The VAT or sales tax number; the entry in the company register; where customers write, call and look.
# tax_id = ""
# registration = ""
# email = ""
# phone = ""
# website = ""

[document]
# The size of the pages: a4 or letter.
paper = "letter"
# What a tax is called on documents.
tax_name = "Tax"

[webhooks]
# Lets endpoints lie in private networks, and on this machine without TLS. For development and tests only.
allow_private = false
# How long an endpoint may take to answer.
timeout_ms = 5000
# An endpoint that failed for so many days without a success is disabled.
disable_after_days = 5
# How many days events and their deliveries are kept.
keep_days = 30
# How many hours the old secret signs too after a rotation.
secret_overlap_hours = 24
# How many endpoints there may be.
endpoints_max = 50
# Who is told by e-mail that an endpoint was disabled; without it only the log and the staff pages tell.
# notice_to = "staff@techmart.example"
"#;

/// Settings of the orders service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Listeners.
    pub http: HttpSettings,
    /// PostgreSQL.
    pub db: DbSettings,
    /// Redis.
    pub redis: RedisSettings,
    /// The shop.
    pub shop: SiteSettings,
    /// Guests' tokens.
    pub order_token: OrderTokenSettings,
    /// Messages.
    #[serde(default)]
    pub mail: MailSettings,
    /// Orders.
    pub orders: OrderSettings,
    /// Returns.
    pub returns: ReturnSettings,
    /// Refunds.
    pub refund: RefundSettings,
    /// Review.
    pub risk: RiskSettings,
    /// Who sells, on documents.
    pub seller: Seller,
    /// Documents.
    pub document: DocumentSettings,
    /// Events for other people's systems.
    pub webhooks: WebhookSettings,
}

/// Section `document`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentSettings {
    /// The size of the pages.
    pub paper: PaperSize,
    /// What a tax is called.
    pub tax_name: String,
}

/// The size of a page.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperSize {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 in.
    Letter,
}

/// Section `orders`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderSettings {
    /// How long after placing shoppers may cancel by themselves.
    pub cancel_grace_s: u32,
}

/// Section `returns`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnSettings {
    /// How long after delivery or shipping goods may come back.
    pub window_days: u16,
    /// Whether returns of shoppers are approved at once.
    pub auto_approve: bool,
}

/// Section `refund`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundSettings {
    /// Refunds above this amount need a second person.
    pub approval_over_minor: u32,
}

/// Section `risk`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskSettings {
    /// Orders above this total are held for review when placed.
    #[serde(default)]
    pub hold_over_minor: Option<u32>,
}

impl Settings {
    /// How documents are made.
    pub fn papers(&self) -> Papers {
        Papers {
            seller: self.seller.clone(),
            paper: match self.document.paper {
                PaperSize::A4 => Paper::A4,
                PaperSize::Letter => Paper::Letter,
            },
            tax_name: self.document.tax_name.clone(),
        }
    }

    /// The rules of the shop.
    pub fn policy(&self) -> Policy {
        Policy {
            cancel_grace: SignedDuration::from_secs(self.orders.cancel_grace_s.into()),
            return_window: SignedDuration::from_hours(
                i64::from(self.returns.window_days).saturating_mul(24),
            ),
            auto_approve: self.returns.auto_approve,
            approval_over_minor: self.refund.approval_over_minor.into(),
            hold_over_minor: self.risk.hold_over_minor.map(i64::from),
        }
    }
}

/// Section `order_token`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderTokenSettings {
    /// 64 hexadecimal digits, shared with checkout.
    pub key: SecretString,
    /// Opens orders, too, while keys change. Empty is none.
    #[serde(default)]
    pub key_previous: Option<SecretString>,
}

impl OrderTokenSettings {
    /// The keys in force.
    ///
    /// # Errors
    /// When one of them is not 64 hexadecimal digits; names its variable.
    pub fn keys(&self) -> anyhow::Result<OrderTokenKeys> {
        let read = |key: &SecretString, variable: &'static str| {
            let key: Result<OrderTokenKey, _> = key.expose_secret().parse();
            key.context(variable)
        };
        let previous = self.key_previous.as_ref();
        let previous = previous
            .filter(|key| !key.expose_secret().is_empty())
            .map(|key| read(key, "TECHMART_ORDERS__ORDER_TOKEN__KEY_PREVIOUS"))
            .transpose()?;
        let current = read(&self.key, "TECHMART__ORDER_TOKEN__KEY")?;
        Ok(OrderTokenKeys::new(current, previous))
    }
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(current: &str, previous: Option<&str>) -> Result<OrderTokenKeys, String> {
        let settings = OrderTokenSettings {
            key: current.into(),
            key_previous: previous.map(Into::into),
        };
        settings.keys().map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn a_key_that_cannot_be_read_is_named_and_not_told() {
        let good = "ab".repeat(32);
        for (current, previous, variable) in [
            ("secret", None, "TECHMART__ORDER_TOKEN__KEY"),
            (
                &*good,
                Some("secret"),
                "TECHMART_ORDERS__ORDER_TOKEN__KEY_PREVIOUS",
            ),
        ] {
            let error = keys(current, previous).unwrap_err();
            assert!(error.starts_with(&format!("{variable}: ")), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
        for previous in [None, Some("")] {
            assert!(keys(&good, previous).is_ok(), "{previous:?} is none");
        }
    }
}
