//! The indices that there are, and what is written down about each.

use std::collections::BTreeMap;

use bytes::Bytes;
use opensearch::http::Method;
use search_core::Place;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::CallError;
use crate::engine::Inner;
use crate::index::Done;
use crate::schema::Meta;

/// An index as the server lists it.
#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(default)]
    aliases: BTreeMap<String, Value>,
    mappings: ListedMappings,
    settings: ListedSettings,
}

#[derive(Debug, Deserialize)]
struct ListedMappings {
    #[serde(rename = "_meta", default)]
    meta: Meta,
}

#[derive(Debug, Deserialize)]
struct ListedSettings {
    index: ListedIndex,
}

#[derive(Debug, Deserialize)]
struct ListedIndex {
    uuid: String,
}

/// An index of ours.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) number: u64,
    pub(crate) index: String,
    pub(crate) key: String,
    pub(crate) meta: Meta,
    pub(crate) live: bool,
    /// It was filled to the end once.
    pub(crate) whole: bool,
}

#[derive(Debug, Deserialize)]
struct State {
    #[serde(rename = "_source")]
    source: Place,
}

impl Inner {
    /// All indices of ours, in the order of their numbers.
    pub(crate) async fn versions(&self) -> Result<Vec<Version>, CallError> {
        let prefix = &self.settings.index;
        let listed: BTreeMap<String, Listed> = self.get(&format!("/{prefix}-v*")).await?;
        let mut versions = Vec::new();
        for (index, listed) in listed {
            // The star also finds indices of others whose names begin like ours.
            let Some(number) = number_of(prefix, &index) else {
                continue;
            };
            let key = format!("{index}:{}", listed.settings.index.uuid);
            let whole = self.state(&format!("{key}:whole")).await?.is_some();
            versions.push(Version {
                number,
                key,
                index,
                meta: listed.mappings.meta,
                live: listed.aliases.contains_key(prefix),
                whole,
            });
        }
        versions.sort_by_key(|v| v.number);
        Ok(versions)
    }

    /// Behind the last change that an index took in.
    pub(crate) async fn place_of(&self, key: &str) -> Result<Place, CallError> {
        Ok(self.state(key).await?.unwrap_or_default())
    }

    /// Writes down what an index took in; never back.
    pub(crate) async fn put_place(&self, key: &str, place: Place) -> Result<(), CallError> {
        self.put_state(key, place).await
    }

    /// Writes down that an index was filled to the end.
    pub(crate) async fn put_whole(&self, key: &str) -> Result<(), CallError> {
        self.put_state(&format!("{key}:whole"), 1.into()).await
    }

    async fn state(&self, id: &str) -> Result<Option<Place>, CallError> {
        let path = format!("/{}-state/_doc/{id}", self.settings.index);
        match self.get::<State>(&path).await {
            Ok(state) => Ok(Some(state.source)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn put_state(&self, id: &str, place: Place) -> Result<(), CallError> {
        let path = format!("/{}-state/_doc/{id}", self.settings.index);
        let version = place.cursor.max(0).to_string();
        let params = [
            ("version", version.as_str()),
            ("version_type", "external_gte"),
        ];
        let body = Some(Bytes::from(json!(place).to_string()));
        let deadline = self.settings.bulk_timeout;
        match self
            .client
            .call::<Done>(Method::Put, &path, &params, body, deadline)
            .await
        {
            Err(error) if error.is_conflict() => Ok(()), // another process is further already
            done => done.map(drop),
        }
    }
}

pub(crate) fn next_number(versions: &[Version]) -> u64 {
    versions
        .iter()
        .map(|v| v.number)
        .max()
        .unwrap_or_default()
        .saturating_add(1)
}

fn number_of(prefix: &str, index: &str) -> Option<u64> {
    let digits = index.strip_prefix(prefix)?.strip_prefix("-v")?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_indices_count() {
        assert_eq!(number_of("shop", "shop-v12"), Some(12));
        for other in [
            "shop",
            "shop-v",
            "shop-v01",
            "shop-v+1",
            "shop-v1-fill",
            "shop-vx",
            "shops-v1",
            "shop-v2-v1",
        ] {
            assert_eq!(number_of("shop", other), None, "{other}");
        }
    }
}
