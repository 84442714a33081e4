//! Filling a new index while the live one goes on answering and taking changes.

use std::sync::Arc;

use opensearch::http::Method;
use search_core::{Change, EngineError, Place};
use serde_json::json;

use crate::bulk::Taken;
use crate::client::CallError;
use crate::engine::{Inner, OpenSearch};
use crate::index::{self, fill_alias};
use crate::schema::{REFRESH, SCHEMA};
use crate::version::{Version, next_number};

/// Why the index should be rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It was made by an older release: until it is rebuilt the engine is away.
    Schema,
    /// Its terms were made by an older analysis: until it is rebuilt some words are not found.
    Terms,
    /// Its vectors are of another model: until it is rebuilt only words are searched.
    Model,
    /// A rebuild was begun and not ended.
    Unfinished,
}

/// What came of a swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swapped {
    /// The new index answers.
    Done,
    /// The live index has taken in more: apply the changes up to this one first.
    Behind {
        /// The live index's place.
        place: Place,
    },
}

/// A new index being filled. Dropping it leaves the index to whoever goes on.
#[derive(Debug)]
pub struct Rebuild {
    inner: Arc<Inner>,
    version: Version,
    place: Place,
}

impl OpenSearch {
    /// Whether, and why, the index should be rebuilt.
    ///
    /// # Errors
    /// When the server is away.
    pub async fn needs_rebuild(&self) -> Result<Option<Need>, EngineError> {
        self.inner.live_now().await?;
        let versions = self.inner.versions().await?;
        let Some(live) = versions.iter().filter(|v| v.live).max_by_key(|v| v.number) else {
            return Ok(None);
        };
        let model = &self.inner.settings.model;
        Ok(if live.meta.schema < SCHEMA {
            Some(Need::Schema)
        } else if live.meta.schema > SCHEMA {
            None // a newer release is in charge
        } else if live.meta.terms < self.inner.settings.terms {
            Some(Need::Terms)
        } else if live.meta.terms > self.inner.settings.terms {
            None
        } else if model.is_some() && live.meta.model != *model {
            Some(Need::Model)
        } else if versions.iter().any(|v| self.inner.may_go_on(v, live)) {
            Some(Need::Unfinished)
        } else {
            None
        })
    }

    /// Begins to fill a new index, or goes on where a rebuild was left. Several processes may fill the same one.
    ///
    /// # Errors
    /// When the server is away, or a newer release is in charge of it.
    pub async fn begin_rebuild(&self) -> Result<Rebuild, EngineError> {
        let inner = Arc::clone(&self.inner);
        inner.live_now().await?;
        let mut versions = inner.versions().await?;
        let newer = versions.iter().any(|v| v.live && v.meta.schema > SCHEMA);
        if newer {
            return Err(CallError::Unusable("the index was made by a newer release").into());
        }
        let begun = |versions: &[Version]| {
            let live = versions
                .iter()
                .filter(|v| v.live)
                .max_by_key(|v| v.number)?;
            versions
                .iter()
                .rev()
                .find(|v| inner.may_go_on(v, live))
                .cloned()
        };
        let version = if let Some(version) = begun(&versions) {
            version
        } else {
            inner.make(next_number(&versions), false).await?;
            versions = inner.versions().await?;
            begun(&versions).ok_or(CallError::Unusable("the new index is gone again"))?
        };
        let place = inner.place_of(&version.key).await?;
        let cursor = place.cursor;
        tracing::info!(index = version.index, cursor, "a new index is filled");
        Ok(Rebuild {
            inner,
            version,
            place,
        })
    }

    /// Lets the index that was replaced last answer again; false when there is none. Changes go on from its own cursor.
    ///
    /// # Errors
    /// When the server is away.
    pub async fn roll_back(&self) -> Result<bool, EngineError> {
        let _one = self.inner.writing.lock().await;
        self.inner.live_now().await?;
        let versions = self.inner.versions().await?;
        let Some(before) = versions.iter().rev().find(|v| v.whole && !v.live) else {
            return Ok(false);
        };
        for live in versions.iter().filter(|v| v.live) {
            self.inner.put_whole(&live.key).await?;
        }
        self.inner.point_at(before).await?;
        Ok(true)
    }
}

impl Rebuild {
    /// Where to go on: behind the last change taken in.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The last change taken in. 0 in the beginning.
    pub fn cursor(&self) -> i64 {
        self.place.cursor
    }

    /// Takes changes in, as [`search_core::SearchEngine::take_in`] does.
    ///
    /// # Errors
    /// When the server is away: try again later, or [`OpenSearch::begin_rebuild`] after a restart.
    pub async fn apply(
        &mut self,
        changes: &[Change],
        place: impl Into<Place>,
    ) -> Result<(), EngineError> {
        let place = place.into();
        let vectors = index::vectors(&self.version.meta, &self.inner.settings);
        let alias = fill_alias(&self.version.index);
        if self
            .inner
            .take(&alias, &self.version.index, changes, vectors)
            .await?
            == Taken::Elsewhere
        {
            return Err(CallError::Unusable("the new index was replaced").into());
        }
        self.inner.put_place(&self.version.key, place).await?;
        if self.place.cursor <= place.cursor {
            self.place = place;
        }
        Ok(())
    }

    /// Gives the new index up: what it holds is of no use. [`OpenSearch::begin_rebuild`] begins another.
    ///
    /// # Errors
    /// When the server is away; the index is still there then.
    pub async fn abandon(self) -> Result<(), EngineError> {
        let index = &self.version.index;
        tracing::info!(index, "an index that was being filled is given up");
        Ok(self.inner.remove(&self.version).await?)
    }

    /// Lets the new index answer in place of the live one, unless it is behind. The old one is kept until the next time.
    ///
    /// # Errors
    /// When the server is away; the alias names a whole index all the same, and this may be tried again.
    pub async fn swap(&mut self) -> Result<Swapped, EngineError> {
        self.swap_if(|live, new| live.cursor <= new.cursor).await
    }

    /// As [`Rebuild::swap`], also if the live index is ahead at `lost`: a place in a past that is no more.
    ///
    /// # Errors
    /// As there.
    pub async fn swap_over(&mut self, lost: Place) -> Result<Swapped, EngineError> {
        self.swap_if(|live, new| live == lost || live.cursor <= new.cursor)
            .await
    }

    /// Swaps if the places of the live and the new index allow it.
    async fn swap_if(
        &mut self,
        allow: impl Fn(Place, Place) -> bool + Send,
    ) -> Result<Swapped, EngineError> {
        // No change is taken in between the comparison and the swap, not by this process.
        let _one = self.inner.writing.lock().await;
        let live = self.inner.live_now().await?;
        if live.key == self.version.key {
            return Ok(Swapped::Done); // another process filled the same index and was first
        }
        let place = self.inner.place_of(&live.key).await?;
        if !allow(place, self.place) {
            return Ok(Swapped::Behind { place });
        }
        let index = &self.version.index;
        let refresh = json!({"index": {"refresh_interval": REFRESH}});
        self.inner
            .manage(Method::Put, &format!("/{index}/_settings"), &refresh)
            .await?;
        self.inner
            .manage(Method::Post, &format!("/{index}/_refresh"), &json!(null))
            .await?;
        self.inner.put_whole(&live.key).await?;
        self.inner.put_whole(&self.version.key).await?;
        self.inner.point_at(&self.version).await?;
        tracing::info!(index, cursor = self.place.cursor, "the new index answers");
        Ok(Swapped::Done)
    }
}

impl Inner {
    /// Moves the alias in one step, and looks at what is there then.
    async fn point_at(&self, version: &Version) -> Result<(), CallError> {
        let (alias, index) = (&self.settings.index, &version.index);
        let actions = json!({"actions": [
            {"remove": {"index": format!("{alias}-v*"), "alias": alias}},
            {"add": {"index": index, "alias": alias, "is_write_index": true}},
        ]});
        self.manage(Method::Post, "/_aliases", &actions).await?;
        self.live_now().await?;
        Ok(())
    }
}
