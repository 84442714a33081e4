//! What the engine must be told.

use std::fmt;
use std::time::Duration;

use kernel::Currency;
use secrecy::SecretString;
use url::Url;

/// Where the server is and how it is used.
#[derive(Clone)]
pub struct Settings {
    /// Its address, `http://127.0.0.1:9200`; may hold user and password.
    pub url: String,
    /// User and password, where it asks for them.
    pub login: Option<(String, SecretString)>,
    /// Name of the alias and prefix of all indices: 1 to 64 lower-case letters, digits and dashes, a letter first.
    pub index: String,
    /// Shards of an index.
    pub shards: u16,
    /// Replicas of each shard.
    pub replicas: u16,
    /// Deadline of a search, of a look-up and of a question about the server's state.
    pub search_timeout: Duration,
    /// How long taking changes in may go on without any progress.
    pub bulk_timeout: Duration,
    /// Bytes of a bulk request, at most (one product more if it alone is larger).
    pub bulk_bytes: usize,
    /// Changes in a bulk request, at most.
    pub bulk_count: usize,
    /// Version of the analysis that makes the terms; rises.
    pub terms: u32,
    /// Fingerprint of the model whose vectors are indexed; `None`: no vectors.
    pub model: Option<String>,
    /// How the nearest products are found.
    pub nearest: NearestBy,
    /// The shop's currency: ranges of prices are counted in its units.
    pub currency: Currency,
}

/// How the nearest products are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NearestBy {
    /// By the k-NN plugin where every node has it, else by a script.
    #[default]
    Auto,
    /// By a script that compares all products: exact, and slower the more there are.
    Script,
}

/// What is wrong with settings.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SettingsError {
    /// The address.
    #[error("the address of OpenSearch must be an http or https URL, as in http://127.0.0.1:9200")]
    Url,
    /// The name.
    #[error("the index must be 1 to 64 lower-case letters, digits and dashes, a letter first")]
    Index,
    /// A limit.
    #[error("{0} must be at least 1")]
    Limit(&'static str),
    /// The client could not be made of them.
    #[error("no client can be made: {0}")]
    Client(String),
}

impl fmt::Debug for Settings {
    /// Without the address and the login, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("index", &self.index)
            .field("terms", &self.terms)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// The usual ones for a server without a login.
    pub fn new(url: impl fmt::Display, index: impl fmt::Display, currency: Currency) -> Self {
        Self {
            url: url.to_string(),
            login: None,
            index: index.to_string(),
            shards: 1,
            replicas: 0,
            search_timeout: Duration::from_secs(2),
            bulk_timeout: Duration::from_secs(30),
            bulk_bytes: 4 << 20,
            bulk_count: 500,
            terms: 0,
            model: None,
            nearest: NearestBy::Auto,
            currency,
        }
    }

    /// The address, once all of it was checked.
    pub(crate) fn check(&self) -> Result<Url, SettingsError> {
        let bytes = self.index.as_bytes();
        let sound = bytes.first().is_some_and(u8::is_ascii_lowercase)
            && bytes.len() <= 64
            && bytes
                .iter()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
        if !sound {
            return Err(SettingsError::Index);
        }
        let limits = [
            (usize::from(self.shards), "shards"),
            (self.bulk_bytes, "bulk_bytes"),
            (self.bulk_count, "bulk_count"),
            (
                usize::from(!self.search_timeout.is_zero()),
                "search_timeout",
            ),
            (usize::from(!self.bulk_timeout.is_zero()), "bulk_timeout"),
        ];
        for (limit, name) in limits {
            if limit == 0 {
                return Err(SettingsError::Limit(name));
            }
        }
        let url = Url::parse(&self.url).map_err(|_| SettingsError::Url)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(SettingsError::Url);
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_work() {
        let good = Settings::new("http://127.0.0.1:9200", "shop", "USD".parse().unwrap());
        for url in ["", "127.0.0.1:9200", "ftp://127.0.0.1", "http://"] {
            let settings = Settings {
                url: url.to_owned(),
                ..good.clone()
            };
            assert!(matches!(settings.check(), Err(SettingsError::Url)), "{url}");
        }
        for index in [
            "",
            "Shop",
            "_all",
            "a,b",
            "*",
            "1a",
            "a/b",
            "a".repeat(65).as_str(),
        ] {
            let settings = Settings {
                index: index.to_owned(),
                ..good.clone()
            };
            assert!(
                matches!(settings.check(), Err(SettingsError::Index)),
                "{index}"
            );
        }
        let settings = Settings {
            shards: 0,
            ..good.clone()
        };
        assert!(matches!(
            settings.check(),
            Err(SettingsError::Limit("shards"))
        ));
        assert!(good.check().is_ok());
    }
}
