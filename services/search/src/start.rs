//! Puts an instance together: its index, what it knows, and what runs by itself.

use std::sync::Arc;
use std::time::Duration;

use common::access::Verifier;
use common::db::Db;
use common::jobs::Jobs;
use common::redis::Cache;
use kernel::{Currency, SharedClock};
use search_embedded::Embedded;
use search_lexis::analysis;
use search_opensearch::OpenSearch;

use crate::config::{OpenSearchSettings, Settings};
use crate::engines::{EngineKind, Engines};
use crate::jobs::follow::Follower;
use crate::jobs::{self, DOCUMENTS_CHANNEL};
use crate::knowledge::Knowledge;
use crate::merchandising::{self, Merchandising};
use crate::ops::source::Source;
use crate::pipeline::Pipeline;
use crate::pipeline::cache::Answers;
use crate::readiness::Readiness;
use crate::semantic::Semantic;
use crate::signals::{self, Recorder};
use crate::state::AppState;

/// What the process brings along.
#[derive(Debug)]
pub struct Parts {
    /// PostgreSQL.
    pub db: Db,
    /// Redis.
    pub cache: Cache,
    /// Who is asking.
    pub verifier: Verifier,
    /// The time.
    pub clock: SharedClock,
    /// Where everything that runs by itself belongs.
    pub jobs: Jobs,
}

/// An instance, following the catalogue. It answers once [`Readiness::is_complete`].
///
/// # Errors
/// When a setting names something that cannot be used.
pub async fn start(parts: Parts, settings: &Settings) -> anyhow::Result<AppState> {
    let Parts {
        db,
        cache,
        verifier,
        clock,
        jobs,
    } = parts;
    let semantic = Semantic::open(&settings.search.model_file, settings.search.query_vectors)?;
    let model = semantic.fingerprint().map(str::to_owned);
    let knowledge = Knowledge::new(settings.shop.currency);
    let embedded = open_embedded(settings, model.as_deref(), &knowledge).await?;
    let readiness = Readiness::default();

    jobs::apply::run(&db, &cache, &jobs);
    jobs::embed::run(&db, &cache, &semantic, settings.search.embed_batch, &jobs);
    jobs::milestones::run(&db, &jobs);
    let source = Source {
        db: db.clone(),
        model: model.clone(),
        limit: settings.search.changes_max,
    };
    let follower = Follower {
        engine: embedded.clone(),
        knowledge: knowledge.clone(),
        readiness: readiness.clone(),
        source: source.clone(),
    };
    let wakeups = cache.subscribe_wakeups(DOCUMENTS_CHANNEL, &jobs);
    follower.run(wakeups, &settings.search, &jobs);

    let engines = match settings.search.engine {
        EngineKind::Embedded => Engines::alone(Arc::new(embedded)),
        EngineKind::OpenSearch => {
            let currency = settings.shop.currency;
            let remote = open_remote(&settings.opensearch, model, currency)?;
            let (filled, watched) = (remote.clone(), remote.clone());
            jobs::remote::run(filled, source, &cache, &settings.search, &jobs);
            let pause = Duration::from_millis(settings.opensearch.retry_after_ms);
            let engines = Engines::with_remote(Arc::new(embedded), Arc::new(remote), pause);
            jobs::remote::watch(&watched, &engines, &jobs);
            engines
        }
    };
    let merchandising = Merchandising::new(db.clone());
    merchandising::follow(&cache, &merchandising, &jobs);
    jobs::learn::run(&merchandising, &knowledge, &jobs);
    jobs::learn::run_categories(&knowledge, &semantic, &jobs);
    let recorder = Recorder::new(cache.clone(), clock.clone(), &settings.signals);
    signals::run(&db, &cache, &recorder, &settings.signals, &jobs);
    let pipeline = Pipeline::new(
        engines,
        knowledge,
        semantic,
        merchandising.clone(),
        clock.clone(),
        settings.shop.currency,
        &settings.search,
    );
    let stale = Duration::from_millis(settings.search.cache_stale_ms);
    Ok(AppState {
        answers: Answers::new(cache.clone(), stale),
        db,
        cache,
        verifier,
        clock,
        pipeline: Arc::new(pipeline),
        readiness,
        merchandising,
        recorder,
        query_chars_max: settings.search.query_chars_max,
        filter_values_max: settings.search.filter_values_max,
    })
}

/// The index of this instance, with the lexicon learnt from what it holds already.
async fn open_embedded(
    settings: &Settings,
    model: Option<&str>,
    knowledge: &Knowledge,
) -> anyhow::Result<Embedded> {
    let dir = &settings.search.index_dir;
    let open = search_embedded::Settings {
        dir: (!dir.as_os_str().is_empty()).then(|| dir.clone()),
        memory_bytes: settings.search.index_memory_bytes,
        fingerprint: format!("{} {}", analysis::VERSION, model.unwrap_or("no model")),
    };
    let knowledge = knowledge.clone();
    let embedded = tokio::task::spawn_blocking(move || {
        Embedded::open(&open, |document, _| {
            knowledge.learn(std::slice::from_ref(document));
        })
    })
    .await??;
    Ok(embedded)
}

/// The index that all instances share, as the settings name it.
///
/// # Errors
/// When they do not, or name something that cannot be used.
pub fn open_remote(
    settings: &OpenSearchSettings,
    model: Option<String>,
    currency: Currency,
) -> anyhow::Result<OpenSearch> {
    anyhow::ensure!(
        !settings.url.is_empty(),
        "the engine is opensearch, but TECHMART_SEARCH__OPENSEARCH__URL is not set"
    );
    let shared = search_opensearch::Settings {
        login: (!settings.username.is_empty())
            .then(|| (settings.username.clone(), settings.password.clone())),
        shards: settings.shards,
        replicas: settings.replicas,
        search_timeout: Duration::from_millis(settings.search_timeout_ms),
        bulk_timeout: Duration::from_millis(settings.bulk_timeout_ms),
        terms: analysis::VERSION,
        nearest: settings.nearest.into(),
        model,
        ..search_opensearch::Settings::new(&settings.url, &settings.index, currency)
    };
    Ok(OpenSearch::new(shared)?)
}
