//! Section `mail` of the settings, the same in every service that writes messages.

use secrecy::SecretString;
use serde::Deserialize;

/// Section `mail`. `TECHMART__MAIL__…` sets it for all services at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// Address of the SMTP server, `smtp://…` or `smtps://user:password@host:port`. Without it
    /// messages are kept, shown to staff, and sent once it is set.
    pub smtp_url: Option<SecretString>,
    /// Sender of every message.
    pub from: String,
    /// What the shop is called in messages.
    pub shop_name: String,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            smtp_url: None,
            from: "TechMart <shop@techmart.example>".to_owned(),
            shop_name: "TechMart".to_owned(),
        }
    }
}
