//! The engine that finds candidates.

use std::fmt::Debug;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::ProductId;
use search_vectors::Embedding;

use crate::card::Card;
use crate::document::Document;
use crate::entry::Entry;
use crate::found::Found;
use crate::place::Place;
use crate::plan::Plan;

/// A change of one product. Changes of a product come in the order in which they happened.
#[derive(Debug, Clone)]
pub struct Change {
    /// The product.
    pub product_id: ProductId,
    /// Its number among all changes of all products.
    pub revision: i64,
    /// What it is now; `None` when it is gone.
    pub entry: Option<Box<Entry>>,
}

/// What went wrong in an engine. Nothing that a shopper can type leads here.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// It cannot be reached, or does not answer in time, or refuses work: try again later, meanwhile ask another engine.
    #[error("the engine is away: {0}")]
    Away(String),
    /// It failed.
    #[error("the engine failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Finds candidates. Understanding queries before and ranking after are the same for every engine.
pub trait SearchEngine: Send + Sync + Debug {
    /// Its name in settings, metrics and answers.
    fn name(&self) -> &'static str;

    /// Finds the candidates of a plan.
    fn search<'a>(&'a self, plan: &'a Plan) -> BoxFuture<'a, Result<Found, EngineError>>;

    /// The documents of these products as the engine holds them, in this order; those that are gone are left out.
    fn documents<'a>(
        &'a self,
        ids: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Document>, EngineError>>;

    /// What answers show of these products, in this order; those that are gone are left out.
    fn cards<'a>(
        &'a self,
        ids: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Arc<Card>>, EngineError>> {
        async move {
            let documents = self.documents(ids).await?;
            let cards = documents
                .iter()
                .map(|document| Card::of(document).map(Arc::new));
            cards
                .collect::<Result<_, _>>()
                .map_err(|error| EngineError::Failed(error.into()))
        }
        .boxed()
    }

    /// The vector of a product, where it has one.
    fn vector(&self, id: ProductId) -> BoxFuture<'_, Result<Option<Embedding>, EngineError>>;

    /// Takes changes in, oldest first. A change older than what is held does nothing. They are durable as far as the
    /// engine is, and visible within a second, when this returns; `place` is what [`SearchEngine::place`] answers then.
    fn take_in(&self, changes: Vec<Change>, place: Place)
    -> BoxFuture<'_, Result<(), EngineError>>;

    /// As [`SearchEngine::take_in`], also with a cursor alone for a place.
    fn apply(
        &self,
        changes: Vec<Change>,
        place: impl Into<Place>,
    ) -> BoxFuture<'_, Result<(), EngineError>>
    where
        Self: Sized,
    {
        self.take_in(changes, place.into())
    }

    /// Where to go on: behind the last change taken in.
    fn place(&self) -> BoxFuture<'_, Result<Place, EngineError>>;

    /// The last change taken in. 0 for an empty engine.
    fn cursor(&self) -> BoxFuture<'_, Result<i64, EngineError>> {
        self.place()
            .map(|place| place.map(|place| place.cursor))
            .boxed()
    }
}
