//! The engine: the live index, and building another to replace it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use futures::FutureExt as _;
use futures::future::{BoxFuture, ready};
use kernel::ProductId;
use search_core::{Card, Change, Document, EngineError, Found, Place, Plan, SearchEngine};
use search_vectors::Embedding;
use tokio::task::spawn_blocking;

use crate::home::Home;
use crate::index::Index;

/// How an index is kept.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where it is kept; `None`: in memory, to be filled again after every start.
    pub dir: Option<PathBuf>,
    /// Memory for taking changes in, beside that of the index itself; 15 MB at least are used.
    pub memory_bytes: usize,
    /// What vectors and terms depend on: an index of another fingerprint is not gone on with.
    pub fingerprint: String,
}

/// The search engine inside the process. Cheap to clone.
#[derive(Clone)]
pub struct Embedded {
    shared: Arc<Shared>,
}

/// An index that is being built to replace the live one, which answers meanwhile. Dropped without
/// [`Embedded::swap`], it is gone.
pub struct Rebuild {
    index: Arc<Index>,
}

struct Shared {
    live: ArcSwap<Index>,
    /// Held while changes go into the live index, and while another takes its place.
    turn: Mutex<()>,
    home: Option<Home>,
    memory_bytes: usize,
    fingerprint: String,
}

impl Embedded {
    /// Opens the index, or begins a new one where there is none that can be gone on with: of another version or
    /// fingerprint, or damaged. `replay` hears of every product that the index holds already, with its revision. Blocks.
    ///
    /// # Errors
    /// When not even an index in memory can be made.
    pub fn open(
        settings: &Settings,
        replay: impl FnMut(&Document, i64),
    ) -> Result<Self, EngineError> {
        let Settings {
            dir,
            memory_bytes,
            fingerprint,
        } = settings;
        let kept = dir
            .as_deref()
            .map(|dir| keep(dir, *memory_bytes, fingerprint, replay));
        let (index, home) = match kept {
            Some(Ok((index, home))) => (index, Some(home)),
            Some(Err(error)) => {
                tracing::error!(%error, "the index cannot be kept in its directory, it is kept in memory");
                (create(*memory_bytes, fingerprint)?, None)
            }
            None => (create(*memory_bytes, fingerprint)?, None),
        };
        let shared = Shared {
            live: ArcSwap::from_pointee(index),
            turn: Mutex::default(),
            home,
            memory_bytes: *memory_bytes,
            fingerprint: fingerprint.clone(),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// How many products can be found.
    pub fn len(&self) -> usize {
        self.shared.live.load().len()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Begins an empty index beside the live one.
    ///
    /// # Errors
    /// When it cannot be made: no room, no right to write.
    pub async fn rebuild(&self) -> Result<Rebuild, EngineError> {
        let shared = Arc::clone(&self.shared);
        blocking(move || {
            let dir = shared.home.as_ref().map(Home::create).transpose()?;
            Index::create(dir, shared.memory_bytes, &shared.fingerprint)
        })
        .await
        .map(|index| Rebuild {
            index: Arc::new(index),
        })
    }

    /// Puts a rebuilt index in the place of the live one: every search sees wholly the one or wholly the other, also
    /// across a crash. [`SearchEngine::place`] answers the new one's from then on, so whoever follows changes goes on
    /// from there.
    ///
    /// # Errors
    /// When the change cannot be made durable; the live index stays then.
    pub async fn swap(&self, rebuilt: Rebuild) -> Result<(), EngineError> {
        let shared = Arc::clone(&self.shared);
        blocking(move || {
            let _turn = shared.turn.lock().unwrap_or_else(PoisonError::into_inner);
            if let (Some(home), Some(dir)) = (&shared.home, rebuilt.index.dir()) {
                home.set_current(dir)?;
                dir.keep(true);
            }
            let old = shared.live.swap(rebuilt.index);
            if let Some(dir) = old.dir() {
                dir.keep(false);
            }
            Ok(())
        })
        .await
    }
}

impl SearchEngine for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn search<'a>(&'a self, plan: &'a Plan) -> BoxFuture<'a, Result<Found, EngineError>> {
        let index = self.shared.live.load_full();
        if let Some(found) = index.search_now(plan) {
            return ready(found.map_err(failed)).boxed();
        }
        let plan = plan.clone();
        blocking(move || index.search(&plan)).boxed()
    }

    fn documents<'a>(
        &'a self,
        ids: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Document>, EngineError>> {
        let (index, ids) = (self.shared.live.load_full(), ids.to_vec());
        blocking(move || index.documents(&ids)).boxed()
    }

    fn cards<'a>(
        &'a self,
        ids: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Arc<Card>>, EngineError>> {
        let index = self.shared.live.load_full();
        if let Some(kept) = index.kept_cards(ids) {
            return ready(Ok(kept)).boxed();
        }
        let ids = ids.to_vec();
        blocking(move || index.cards(&ids)).boxed()
    }

    fn vector(&self, id: ProductId) -> BoxFuture<'_, Result<Option<Embedding>, EngineError>> {
        let index = self.shared.live.load_full();
        blocking(move || Ok(index.vector(id))).boxed()
    }

    fn take_in(
        &self,
        changes: Vec<Change>,
        place: Place,
    ) -> BoxFuture<'_, Result<(), EngineError>> {
        let shared = Arc::clone(&self.shared);
        blocking(move || {
            let _turn = shared.turn.lock().unwrap_or_else(PoisonError::into_inner);
            shared.live.load().apply(&changes, place)
        })
        .boxed()
    }

    fn place(&self) -> BoxFuture<'_, Result<Place, EngineError>> {
        let place = self.shared.live.load().place();
        async move { Ok(place) }.boxed()
    }
}

impl Rebuild {
    /// Takes changes in, as [`SearchEngine::apply`] does.
    ///
    /// # Errors
    /// When the index fails; nothing of the changes is in it then.
    pub async fn apply(
        &self,
        changes: Vec<Change>,
        place: impl Into<Place>,
    ) -> Result<(), EngineError> {
        let (index, place) = (Arc::clone(&self.index), place.into());
        blocking(move || index.apply(&changes, place)).await
    }

    /// The last change taken in.
    pub fn cursor(&self) -> i64 {
        self.index.place().cursor
    }

    /// How many products it holds.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An index in memory.
fn create(memory_bytes: usize, fingerprint: &str) -> Result<Index, EngineError> {
    Index::create(None, memory_bytes, fingerprint).map_err(failed)
}

/// The index of a directory; a new one, if there is none that can be gone on with.
fn keep(
    dir: &Path,
    memory_bytes: usize,
    fingerprint: &str,
    replay: impl FnMut(&Document, i64),
) -> Result<(Index, Home), tantivy::TantivyError> {
    let home = Home::claim(dir)?;
    if let Some(current) = home.current() {
        let path = current.path().to_owned();
        match Index::open(current, memory_bytes, fingerprint, replay) {
            Ok(index) => {
                if let Some(dir) = index.dir() {
                    dir.keep(true);
                    home.tidy(dir)?;
                }
                tracing::info!(dir = %path.display(), products = index.len(), cursor = index.place().cursor, "the index goes on");
                return Ok((index, home));
            }
            Err(reason) => {
                tracing::warn!(dir = %path.display(), %reason, "a new index begins");
            }
        }
    }
    let index = Index::create(Some(home.create()?), memory_bytes, fingerprint)?;
    if let Some(dir) = index.dir() {
        home.set_current(dir)?;
        dir.keep(true);
        home.tidy(dir)?;
    }
    Ok((index, home))
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> tantivy::Result<T> + Send + 'static,
) -> Result<T, EngineError> {
    match spawn_blocking(work).await {
        Ok(result) => result.map_err(failed),
        Err(stopped) => Err(failed(io::Error::other(stopped))),
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> EngineError {
    EngineError::Failed(Box::new(error))
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded")
            .field("products", &self.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Rebuild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rebuild")
            .field("products", &self.len())
            .finish_non_exhaustive()
    }
}
