//! Settings of the process itself. Those of the services are their own. Defaults and meaning: [`DEFAULTS`].

use std::path::PathBuf;

use common::config::{HttpSettings, RedisSettings, ServiceSettings};
use serde::Deserialize;

/// The defaults, TOML.
pub const DEFAULTS: &str = r#"
[http]
address = "127.0.0.1:8080"
ops_address = "127.0.0.1:9080"

[gate]
# How many proxies of yours stand before this process and add to X-Forwarded-For; 0: nothing is believed that a client says of
# itself.
proxies = 0

[pages]
# Folder of the built pages (web/dist); empty: the API alone.
folder = ""
# Where the payment provider's script and frames come from and what the script calls, as in
# "https://js.stripe.com,https://api.stripe.com"; empty: the origin of checkout's PAYMENT__SCRIPT_URL.
payment_origins = []
"#;

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The one public listener, that for operations, and their limits.
    pub http: HttpSettings,
    /// Counts requests per client together with other processes, where there is one.
    pub redis: RedisSettings,
    /// The door.
    pub gate: GateSettings,
    /// The shop's pages.
    pub pages: PageSettings,
}

/// Section `gate`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateSettings {
    /// Proxies in front that are ours.
    pub proxies: usize,
}

/// Section `pages`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSettings {
    /// Where they lie; empty: nowhere.
    pub folder: PathBuf,
    /// Origins of the payment provider for browsers.
    pub payment_origins: Vec<String>,
}

impl ServiceSettings for Settings {
    fn http(&self) -> &HttpSettings {
        &self.http
    }
}
