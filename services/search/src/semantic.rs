//! What texts mean, as vectors: the model of this process, and the vectors of queries that were asked before.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use moka::future::Cache;
use search_core::ranking::{Categories, Nearness};
use search_vectors::{Embedding, Model};

/// The model and its query vectors. Cheap to clone. Without a model nothing has a vector.
#[derive(Debug, Clone)]
pub struct Semantic {
    model: Option<Arc<Model>>,
    queries: Cache<String, Embedding>,
    categories: Arc<ArcSwap<Named>>,
}

/// Categories with the names that their vectors are of.
#[derive(Debug, Default)]
struct Named {
    names: HashMap<String, String>,
    vectors: Categories,
}

impl Semantic {
    /// The model in a file. A path that is empty or leads nowhere means: words only, which the log says.
    ///
    /// # Errors
    /// When there is a file that is no model.
    pub fn open(path: &Path, queries_max: u64) -> anyhow::Result<Self> {
        let model = if path.as_os_str().is_empty() || !path.exists() {
            tracing::warn!(path = %path.display(), "no sentence model: search by words only");
            None
        } else {
            let model = Model::open(path)?;
            tracing::info!(model = model.fingerprint(), "sentence vectors are on");
            Some(Arc::new(model))
        };
        Ok(Self {
            model,
            queries: Cache::new(queries_max),
            categories: Arc::default(),
        })
    }

    /// Words only.
    pub fn none() -> Self {
        Self {
            model: None,
            queries: Cache::new(0),
            categories: Arc::default(),
        }
    }

    /// What tells vectors of this model from those of others.
    pub fn fingerprint(&self) -> Option<&str> {
        self.model.as_deref().map(Model::fingerprint)
    }

    /// The vector of a query; `None` without a model or without words.
    pub async fn query(&self, text: &str) -> Option<Embedding> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let model = Arc::clone(self.model.as_ref()?);
        let key = text.to_lowercase();
        // The work is cut off only when the process ends.
        self.queries
            .try_get_with(key.clone(), async move {
                metrics::counter!("techmart_search_query_vectors_total").increment(1);
                tokio::task::spawn_blocking(move || model.embed(&key)).await
            })
            .await
            .ok()
    }

    /// The vectors of texts, in their order; empty without a model. Takes milliseconds of CPU for each.
    pub async fn embed(&self, texts: Vec<String>) -> anyhow::Result<Vec<Embedding>> {
        let Some(model) = self.model.clone() else {
            return Ok(Vec::new());
        };
        Ok(tokio::task::spawn_blocking(move || {
            texts.iter().map(|text| model.embed(text)).collect()
        })
        .await?)
    }

    /// How near a query is to the name of each category.
    pub fn nearness(&self, query: &Embedding) -> Nearness {
        self.categories.load().vectors.nearness(query)
    }

    /// Makes the names of categories known, by their slugs. Computes what is new and nothing else.
    ///
    /// # Errors
    /// When the work is cut off.
    pub async fn learn_categories(&self, names: Vec<(String, String)>) -> anyhow::Result<()> {
        let known = self.categories.load_full();
        let is_new = |(slug, name): &&(String, String)| known.names.get(slug) != Some(name);
        let new: Vec<(String, String)> = names.iter().filter(is_new).cloned().collect();
        if new.is_empty() || self.model.is_none() {
            return Ok(());
        }
        let texts = new.iter().map(|(_, name)| name.clone()).collect();
        let computed = self.embed(texts).await?;
        let (mut names, mut vectors) = (known.names.clone(), known.vectors.clone());
        for ((slug, name), vector) in new.into_iter().zip(computed) {
            vectors.extend([(slug.clone(), vector)]);
            names.insert(slug, name);
        }
        self.categories.store(Arc::new(Named { names, vectors }));
        Ok(())
    }
}
