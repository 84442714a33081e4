//! How the search engines are doing.

use axum::extract::State;
use common::Problem;
use common::extract::{Json, Permitted};
use serde::Serialize;
use utoipa::ToSchema;

use super::permission::SearchRead;
use crate::engines::EngineKind;
use crate::error::Error;
use crate::state::AppState;
use crate::store::{documents, embeddings};

/// One engine of the instance that answers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EngineStatus {
    /// Which one.
    engine: EngineKind,
    /// Whether it answers shoppers.
    chosen: bool,
    /// Whether it can be asked.
    available: bool,
    /// The last change that it has taken in.
    #[schema(required)]
    cursor: Option<i64>,
    /// Changes that it has not taken in yet, at most.
    #[schema(required)]
    behind: Option<i64>,
}

/// The state of search.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchStatus {
    /// The engines.
    engines: Vec<EngineStatus>,
    /// Whether the embedded index answers in place of the chosen engine.
    degraded: bool,
    /// The number of the catalogue's last change.
    last_change: i64,
    /// Products on sale.
    products: i64,
    /// How many of them have a vector.
    embedded: i64,
    /// The sentence model; null: by words only.
    #[schema(required)]
    model: Option<String>,
    /// The number of the last change to synonyms and rules.
    merchandising_revision: i64,
}

/// Shows how the search engines are doing
#[utoipa::path(get, path = "/api/v1/admin/search/status", operation_id = "showSearchStatus", tag = "staff",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The state of search, as the instance that answers knows it", body = SearchStatus),
        (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The permission is missing", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show_status(
    _: Permitted<SearchRead>,
    State(state): State<AppState>,
) -> Result<Json<SearchStatus>, Error> {
    let mut conn = state.db.read().await?;
    let last_change = documents::last_change(&mut conn).await?;
    let model = state.pipeline.semantic.fingerprint();
    let (products, embedded) = embeddings::count(&mut conn, model.unwrap_or_default()).await?;
    drop(conn);
    let mut engines = Vec::new();
    for kind in [EngineKind::Embedded, EngineKind::OpenSearch] {
        let Some(engine) = state.engines().get(kind) else {
            continue;
        };
        let cursor = engine.cursor().await.ok();
        engines.push(EngineStatus {
            engine: kind,
            chosen: state.engines().chosen() == kind,
            available: cursor.is_some(),
            cursor,
            behind: cursor.map(|cursor| last_change.saturating_sub(cursor).max(0)),
        });
    }
    Ok(Json(SearchStatus {
        engines,
        degraded: state.engines().is_degraded(),
        last_change,
        products,
        embedded,
        model: model.map(str::to_owned),
        merchandising_revision: state.merchandising.current().revision,
    }))
}
