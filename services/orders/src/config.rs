//! Settings of the orders service.

use common::config::{
    DbSettings, HttpSettings, LogSettings, RedisSettings, ServiceSettings, SiteSettings,
};
use secrecy::SecretString;
use serde::Deserialize;

/// The defaults, each with its meaning.
pub const DEFAULTS: &str = r#"
[http]
address = "127.0.0.1:8085"
ops_address = "127.0.0.1:9085"

[order_token]
# Required: 64 hexadecimal digits, shared with checkout. Signs the token by which a guest reaches an order.

[mail]
# Required for messages to leave: smtp:// or smtps:// address. Without it they are kept, and sent once it is set.
# smtp_url = "smtps://user:password@smtp.example:465"
# Sender of every message.
from = "TechMart <orders@techmart.example>"
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
    /// Logs.
    pub log: LogSettings,
    /// The shop.
    pub shop: SiteSettings,
    /// Guests' tokens.
    pub order_token: OrderTokenSettings,
    /// Messages.
    pub mail: MailSettings,
}

/// Section `order_token`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderTokenSettings {
    /// 64 hexadecimal digits, shared with checkout.
    pub key: SecretString,
}

/// Section `mail`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Address of the SMTP server; without it messages are kept.
    #[serde(default)]
    pub smtp_url: Option<SecretString>,
    /// Sender of every message.
    pub from: String,
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }

    fn log(&self) -> &LogSettings {
        &self.log
    }
}
