//! The indices behind the alias: finding the live one, making new ones, removing what nobody needs.
//!
//! An index is named `<prefix>-v<n>`. The alias `<prefix>` names the live one and takes the changes; it moves in one step.
//! Each index also has an alias `<index>-fill`, so that a write never makes an index by itself.
//! `<prefix>-state` holds, for each index, the last change taken in, and whether it was ever whole.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use opensearch::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::CallError;
use crate::engine::Inner;
use crate::product::Vectors;
use crate::schema::{self, Meta, REFRESH, SCHEMA};
use crate::settings::{NearestBy, Settings};
use crate::version::{Version, next_number};

/// Lucene before OpenSearch 3 multiplies BM25 by k1 + 1, which changes no order.
const LEGACY_FACTOR: f32 = 2.2;

/// The index that answers.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) index: String,
    /// What its state is kept under: an index that is made again is another one.
    pub(crate) key: String,
    pub(crate) meta: Meta,
    /// What it multiplies BM25 by.
    pub(crate) score_factor: f32,
}

impl Live {
    /// Whether its vectors are of the model that is in use.
    pub(crate) fn has_vectors(&self, settings: &Settings) -> bool {
        settings.model.is_some() && settings.model == self.meta.model
    }

    /// Whether the k-NN plugin is asked.
    pub(crate) fn by_plugin(&self, settings: &Settings) -> bool {
        self.meta.knn && settings.nearest == NearestBy::Auto
    }
}

#[derive(Debug, Deserialize)]
struct About {
    version: AboutVersion,
}

#[derive(Debug, Deserialize)]
struct AboutVersion {
    number: String,
}

#[derive(Debug, Deserialize)]
struct Plugin {
    component: String,
    name: String,
}

/// What the server says of something done, when nothing of it matters.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {}

impl Inner {
    /// The live index; the first time, or after it was lost sight of, found and if necessary made.
    pub(crate) async fn live(&self) -> Result<Arc<Live>, CallError> {
        if let Some(live) = self.known() {
            return Ok(live);
        }
        let _one = self.preparing.lock().await;
        match self.known() {
            Some(live) => Ok(live),
            None => self.prepare().await,
        }
    }

    /// The live index, looked up anew.
    pub(crate) async fn live_now(&self) -> Result<Arc<Live>, CallError> {
        let _one = self.preparing.lock().await;
        self.prepare().await
    }

    /// The live index, if this release can read it.
    pub(crate) async fn usable(&self) -> Result<Arc<Live>, CallError> {
        let live = self.live().await?;
        match live.meta.schema {
            SCHEMA => Ok(live),
            _ => Err(CallError::Unusable(
                "the index was made by another release and is not rebuilt yet",
            )),
        }
    }

    fn known(&self) -> Option<Arc<Live>> {
        self.live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn remember(&self, live: Option<Arc<Live>>) {
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = live;
    }

    /// The next question looks the live index up again.
    pub(crate) fn forget(&self) {
        self.remember(None);
    }

    async fn prepare(&self) -> Result<Arc<Live>, CallError> {
        self.forget();
        let about: About = self.get("/").await?;
        let major = about
            .version
            .number
            .split('.')
            .next()
            .and_then(|n| n.parse().ok());
        let legacy = major.is_none_or(|major: u32| major < 3);
        let mut versions = self.versions().await?;
        if !versions.iter().any(|v| v.live) {
            let number = next_number(&versions);
            self.make_states().await?;
            self.make(number, true).await?;
            versions = self.versions().await?;
        }
        let Some(live) = versions.iter().filter(|v| v.live).max_by_key(|v| v.number) else {
            return Err(CallError::Unusable("the alias names no index of ours"));
        };
        self.clean(live, &versions).await;
        let live = Arc::new(Live {
            index: live.index.clone(),
            key: live.key.clone(),
            meta: live.meta.clone(),
            score_factor: if legacy { LEGACY_FACTOR } else { 1.0 },
        });
        self.remember(Some(Arc::clone(&live)));
        Ok(live)
    }

    /// Makes an empty index; that another process made it at the same moment is as good.
    pub(crate) async fn make(&self, number: u64, live: bool) -> Result<String, CallError> {
        let index = format!("{}-v{number}", self.settings.index);
        let meta = Meta {
            schema: SCHEMA,
            terms: self.settings.terms,
            model: self.settings.model.clone(),
            knn: self.settings.model.is_some() && self.has_plugin().await?,
        };
        let mut aliases = json!({fill_alias(&index): {}});
        if live {
            aliases[&self.settings.index] = json!({"is_write_index": true});
        }
        let refresh = if live { REFRESH } else { "-1" };
        let Settings {
            shards, replicas, ..
        } = self.settings;
        let body = schema::index(&meta, shards, replicas, &aliases, refresh);
        there(self.manage(Method::Put, &format!("/{index}"), &body).await)?;
        Ok(index)
    }

    async fn make_states(&self) -> Result<(), CallError> {
        let path = format!("/{}-state", self.settings.index);
        there(
            self.manage(Method::Put, &path, &schema::states(self.settings.replicas))
                .await,
        )
    }

    /// Whether every node has the k-NN plugin.
    async fn has_plugin(&self) -> Result<bool, CallError> {
        let params = [("format", "json"), ("h", "name,component")];
        let deadline = self.settings.search_timeout;
        let plugins: Vec<Plugin> = match self
            .client
            .call(Method::Get, "/_cat/plugins", &params, None, deadline)
            .await
        {
            // Who may not ask about nodes can still search.
            Err(CallError::Refused { .. }) => return Ok(false),
            answer => answer?,
        };
        let mut nodes: BTreeMap<String, bool> = BTreeMap::new();
        for Plugin { component, name } in plugins {
            // Called by its name where it is installed, by its class where it is on the class path.
            let knn = component == "opensearch-knn" || component.ends_with(".KNNPlugin");
            *nodes.entry(name).or_default() |= knn;
        }
        Ok(!nodes.is_empty() && nodes.values().all(|knn| *knn))
    }

    /// Removes indices that nobody needs: all but the live one, the one before it that was whole (to go back to), and one
    /// that is being filled. What cannot be removed now is removed another time.
    async fn clean(&self, live: &Version, versions: &[Version]) {
        let others = || versions.iter().rev().filter(|v| !v.live);
        let kept = others().find(|v| v.whole).map(|v| &v.index);
        let filling = others().find(|v| self.may_go_on(v, live)).map(|v| &v.index);
        for version in others() {
            let ours =
                version.number < live.number || version.whole || self.is_outdated(&version.meta);
            let needed = Some(&version.index) == kept || Some(&version.index) == filling;
            if needed || !ours {
                continue;
            }
            tracing::info!(index = version.index, "an old index is removed");
            if let Err(error) = self.remove(version).await {
                tracing::warn!(index = version.index, %error, "an old index cannot be removed");
            }
        }
    }

    pub(crate) async fn remove(&self, version: &Version) -> Result<(), CallError> {
        let gone = |done: Result<Done, CallError>| match done {
            Err(error) if error.is_missing() => Ok(()),
            done => done.map(drop),
        };
        gone(
            self.manage(Method::Delete, &format!("/{}", version.index), &Value::Null)
                .await,
        )?;
        for id in [version.key.clone(), format!("{}:whole", version.key)] {
            let path = format!("/{}-state/_doc/{id}", self.settings.index);
            gone(self.manage(Method::Delete, &path, &Value::Null).await)?;
        }
        Ok(())
    }

    /// Whether somebody began to fill this index for the settings that are in use.
    pub(crate) fn may_go_on(&self, version: &Version, live: &Version) -> bool {
        let Meta {
            schema,
            terms,
            model,
            ..
        } = &version.meta;
        let ours =
            *schema == SCHEMA && *terms == self.settings.terms && *model == self.settings.model;
        ours && !version.live && !version.whole && version.number > live.number
    }

    /// Whether nobody goes on filling such an index any more. Another process may have no model, which is no reason.
    fn is_outdated(&self, meta: &Meta) -> bool {
        let Settings { terms, model, .. } = &self.settings;
        let older = meta.schema < SCHEMA || meta.terms < *terms;
        let newer = meta.schema > SCHEMA || meta.terms > *terms;
        older || (!newer && model.is_some() && *model != meta.model)
    }

    pub(crate) async fn get<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<T, CallError> {
        self.client
            .call(Method::Get, path, &[], None, self.settings.search_timeout)
            .await
    }

    /// A change of an index as a whole: it may take longer than a search.
    pub(crate) async fn manage(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Done, CallError> {
        let deadline = self.settings.bulk_timeout.max(Duration::from_secs(1));
        let body = (!body.is_null()).then(|| Bytes::from(body.to_string()));
        self.client.call(method, path, &[], body, deadline).await
    }
}

/// What an index takes of vectors.
pub(crate) fn vectors(meta: &Meta, settings: &Settings) -> Vectors {
    match (
        settings.model.is_some() && settings.model == meta.model,
        meta.knn,
    ) {
        (false, _) => Vectors::None,
        (true, false) => Vectors::Bytes,
        (true, true) => Vectors::Knn,
    }
}

/// The alias by which an index is filled.
pub(crate) fn fill_alias(index: &str) -> String {
    format!("{index}-fill")
}

fn there(done: Result<Done, CallError>) -> Result<(), CallError> {
    match done {
        Err(error) if error.is_there_already() => Ok(()),
        done => done.map(drop),
    }
}
