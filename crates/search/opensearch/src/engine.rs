//! The engine as the service sees it.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::ProductId;
use opensearch::http::Method;
use search_core::{Change, Document, EngineError, Found, Place, Plan, SearchEngine, document};
use search_vectors::Embedding;
use serde::Deserialize;
use serde_json::json;

use crate::answer::Answer;
use crate::bulk::Taken;
use crate::client::{CallError, Client};
use crate::index::{self, Live};
use crate::schema::field;
use crate::settings::{Settings, SettingsError};

/// Product search on a server of OpenSearch. Cheap to clone.
#[derive(Clone)]
pub struct OpenSearch {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) client: Client,
    /// The live index, once it is known.
    pub(crate) live: Mutex<Option<Arc<Live>>>,
    /// One at a time looks for the live index.
    pub(crate) preparing: tokio::sync::Mutex<()>,
    /// One at a time takes changes in or moves the alias.
    pub(crate) writing: tokio::sync::Mutex<Option<Reached>>,
}

/// Up to where changes were taken in, and by which index.
#[derive(Debug, Clone)]
pub(crate) struct Reached {
    key: String,
    cursor: i64,
}

#[derive(Debug, Deserialize)]
struct Documents {
    docs: Vec<Stored>,
}

#[derive(Debug, Deserialize)]
struct Stored {
    #[serde(rename = "_source")]
    source: Option<Source>,
    error: Option<crate::client::Cause>,
}

#[derive(Debug, Deserialize)]
struct Source {
    body: String,
}

impl OpenSearch {
    /// The engine. Asks nothing yet: a server that is away now may come later.
    ///
    /// # Errors
    /// When the settings cannot work.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let client = Client::new(&settings)?;
        Ok(Self {
            inner: Arc::new(Inner {
                settings,
                client,
                live: Mutex::default(),
                preparing: tokio::sync::Mutex::default(),
                writing: tokio::sync::Mutex::default(),
            }),
        })
    }

    /// Looks which index answers now: another process may have let a new one take its place.
    ///
    /// # Errors
    /// When the server is away.
    pub async fn look(&self) -> Result<(), EngineError> {
        within(self.inner.settings.search_timeout, async {
            self.inner.live_now().await.map(drop)
        })
        .await
    }

    /// Whether the server answers and the index can be used.
    ///
    /// # Errors
    /// When not.
    pub async fn ping(&self) -> Result<(), EngineError> {
        within(self.inner.settings.search_timeout, async {
            self.inner.usable().await?;
            self.inner.get::<index::Done>("/").await.map(drop)
        })
        .await
    }
}

impl fmt::Debug for OpenSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSearch")
            .field("index", &self.inner.settings.index)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("index", &self.settings.index)
            .finish_non_exhaustive()
    }
}

impl SearchEngine for OpenSearch {
    fn name(&self) -> &'static str {
        "opensearch"
    }

    fn search<'a>(&'a self, plan: &'a Plan) -> BoxFuture<'a, Result<Found, EngineError>> {
        self.inner
            .asked(move |live| async move { self.inner.find(&live, plan).await })
            .boxed()
    }

    fn documents<'a>(
        &'a self,
        ids: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Document>, EngineError>> {
        self.inner
            .asked(move |live| async move { self.inner.documents(&live, ids).await })
            .boxed()
    }

    fn vector(&self, id: ProductId) -> BoxFuture<'_, Result<Option<Embedding>, EngineError>> {
        self.inner
            .asked(move |live| async move { self.inner.vector(&live, id).await })
            .boxed()
    }

    fn take_in(
        &self,
        changes: Vec<Change>,
        place: Place,
    ) -> BoxFuture<'_, Result<(), EngineError>> {
        async move { Ok(self.inner.take_in(&changes, place).await?) }.boxed()
    }

    fn place(&self) -> BoxFuture<'_, Result<Place, EngineError>> {
        async move { Ok(self.inner.place().await?) }.boxed()
    }
}

impl Inner {
    /// Asks the live index, within the deadline of a search; looks for it again where it is gone.
    async fn asked<T, F: Future<Output = Result<T, CallError>>>(
        &self,
        ask: impl Fn(Arc<Live>) -> F,
    ) -> Result<T, EngineError> {
        within(self.settings.search_timeout, async {
            match ask(self.usable().await?).await {
                Err(error) if error.is_missing() => {
                    self.forget();
                    ask(self.usable().await?).await
                }
                answer => answer,
            }
        })
        .await
    }

    async fn documents(&self, live: &Live, ids: &[ProductId]) -> Result<Vec<Document>, CallError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let path = format!("/{}/_mget", live.index);
        let body = Some(Bytes::from(json!({"ids": ids}).to_string()));
        let deadline = self.settings.search_timeout;
        let found: Documents = self
            .client
            .call(Method::Post, &path, &[], body, deadline)
            .await?;
        let mut documents = Vec::with_capacity(ids.len());
        for (stored, id) in found.docs.into_iter().zip(ids) {
            if let Some(cause) = stored.error {
                return Err(CallError::of(503, cause)); // its shard does not answer
            }
            if let Some(source) = stored.source {
                documents.push(document::read(&source.body).map_err(|_| CallError::Damaged(id))?);
            }
        }
        Ok(documents)
    }

    async fn vector(&self, live: &Live, id: ProductId) -> Result<Option<Embedding>, CallError> {
        if !live.has_vectors(&self.settings) {
            return Ok(None);
        }
        let search = json!({
            "size": 1, "query": {"ids": {"values": [id.uuid()]}}, "_source": false,
            "docvalue_fields": [field::VECTOR],
        });
        let path = format!("/{}/_search", live.index);
        let params = [("allow_partial_search_results", "false")];
        let body = Some(Bytes::from(search.to_string()));
        let deadline = self.settings.search_timeout;
        let answer: Answer = self
            .client
            .call(Method::Post, &path, &params, body, deadline)
            .await?;
        Ok(answer
            .whole()?
            .into_hits()
            .first()
            .and_then(crate::answer::Hit::vector))
    }

    async fn take_in(&self, changes: &[Change], place: Place) -> Result<(), CallError> {
        const MOVED: CallError =
            CallError::Unusable("the index was replaced: go on from its own cursor");
        let mut reached = self.writing.lock().await;
        let live = self.usable().await?;
        if let Some(before) = reached.as_ref().filter(|reached| reached.key != live.key) {
            // The caller goes on from what another index took in.
            if self.place_of(&live.key).await?.cursor < before.cursor {
                return Err(MOVED);
            }
        }
        let vectors = index::vectors(&live.meta, &self.settings);
        match self
            .take(&self.settings.index, &live.index, changes, vectors)
            .await
        {
            Ok(Taken::All) => {}
            Ok(Taken::Elsewhere) => {
                self.forget();
                return Err(MOVED);
            }
            Err(error) => {
                if error.is_missing() {
                    self.forget();
                }
                return Err(error);
            }
        }
        self.put_place(&live.key, place).await?;
        *reached = Some(Reached::of(&live.key, place));
        Ok(())
    }

    async fn place(&self) -> Result<Place, CallError> {
        let mut reached = self.writing.lock().await;
        let live = self.usable().await?;
        let place = self.place_of(&live.key).await?;
        *reached = Some(Reached::of(&live.key, place));
        Ok(place)
    }
}

impl Reached {
    fn of(key: &str, place: Place) -> Self {
        Self {
            key: key.to_owned(),
            cursor: place.cursor,
        }
    }
}

async fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, CallError>>,
) -> Result<T, EngineError> {
    let done = tokio::time::timeout(deadline, work).await;
    Ok(done.unwrap_or(Err(CallError::Late))?)
}
