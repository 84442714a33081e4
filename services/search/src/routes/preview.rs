//! What a change of synonyms, rules, engine or mode would do to a query, side by side.

use std::collections::HashMap;
use std::time::Instant;

use axum::extract::State;
use common::Problem;
use common::extract::{Json, Permitted};
use common::problem::FieldError;
use contract_catalog::ProductSummary;
use garde::Validate;
use kernel::{PageSize, ProductId};
use search_core::{Filters, Sort};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::permission::SearchRead;
use crate::domain::query::SearchRequest;
use crate::domain::results::{Mode, SearchedQuery};
use crate::engines::EngineKind;
use crate::error::Error;
use crate::merchandising::Active;
use crate::merchandising::rule::NewSearchRule;
use crate::merchandising::synonym::{NewSynonym, SynonymTerms};
use crate::pipeline::{Options, Outcome};
use crate::state::AppState;
use crate::store::synonyms;

/// Variants in one preview at most.
const VARIANTS_MAX: usize = 4;

/// One way to search.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct SearchVariant {
    /// What it is called in the answer.
    #[garde(length(chars, max = 60))]
    #[schema(max_length = 60)]
    name: String,
    /// The engine; the one of the settings unless given.
    engine: Option<EngineKind>,
    /// By words only or by meaning too; as shoppers get it unless given.
    mode: Option<Mode>,
    /// These synonyms beside those in force.
    #[serde(default)]
    #[garde(length(max = 50), dive)]
    #[schema(max_items = 50)]
    synonyms: Vec<NewSynonym>,
    /// This rule in place of the one in force.
    #[garde(dive)]
    rule: Option<NewSearchRule>,
    /// No rule at all.
    #[serde(default)]
    without_rule: bool,
}

/// A query, and the ways to search for it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct SearchPreviewRequest {
    /// What is typed.
    q: String,
    /// Results of each variant, 1 to 100.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    limit: PageSize,
    /// 1 to 4 ways to search.
    #[garde(length(min = 1, max = VARIANTS_MAX), dive)]
    #[schema(min_items = 1, max_items = 4)]
    variants: Vec<SearchVariant>,
}

/// A result with what it was ranked by.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchPreviewItem {
    /// The product.
    product: ProductSummary,
    /// What it is ordered by.
    score: f32,
    /// How well its words match; null: they do not.
    #[schema(required)]
    lexical: Option<f32>,
    /// How near it is in meaning; null: unknown.
    #[schema(required)]
    cosine: Option<f32>,
    /// How much shoppers want it, 0 to 1.
    popularity: f32,
    /// Whether the rule put it here.
    pinned: bool,
    /// Its rank in each of the variants, counted from 1; null: not among their results.
    ranks: Vec<Option<usize>>,
}

/// What one variant finds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchPreviewVariant {
    /// As asked.
    name: String,
    /// The engine that answered.
    engine: String,
    /// How it searched.
    mode: Mode,
    /// Results over all pages.
    total: u64,
    /// How long it took, in microseconds.
    took_us: u64,
    /// The results in order.
    items: Vec<SearchPreviewItem>,
    /// How the query was understood.
    query: SearchedQuery,
    /// Where the rule leads.
    #[schema(required)]
    redirect: Option<String>,
}

/// The variants side by side.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchPreview {
    /// In the order asked.
    variants: Vec<SearchPreviewVariant>,
}

/// Previews a search side by side
///
/// Nothing is changed, nothing counted, nothing cached.
#[utoipa::path(post, path = "/api/v1/admin/search/preview", operation_id = "previewSearch", tag = "staff",
    security(("bearer" = [])), request_body = SearchPreviewRequest,
    responses(
        (status = 200, description = "What each variant finds", body = SearchPreview),
        (status = 400, description = "A variant cannot be read, or names an engine that is not set up here", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The permission is missing", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field breaks a rule", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The index is being built, with Retry-After", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn preview_search(
    _: Permitted<SearchRead>,
    State(state): State<AppState>,
    Json(asked): Json<SearchPreviewRequest>,
) -> Result<Json<SearchPreview>, Error> {
    let text = super::typed(Some(&asked.q), &state)?;
    super::ready(&state)?;
    let request = SearchRequest {
        text,
        filters: Filters::default(),
        sort: Sort::Relevance,
        size: asked.limit,
        cursor: None,
    };
    let mut conn = state.db.read().await?;
    let in_force = synonyms::list_enabled(&mut conn).await?;
    drop(conn);
    let mut variants = Vec::with_capacity(asked.variants.len());
    for (place, variant) in asked.variants.into_iter().enumerate() {
        let name = variant.name.clone();
        let options = variant.options(place, &in_force)?;
        let start = Instant::now();
        let outcome = state.pipeline.search(&request, &options).await?;
        let took_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        variants.push(shown(&state, &request, name, took_us, outcome)?);
    }
    rank(&mut variants);
    Ok(Json(SearchPreview { variants }))
}

impl SearchVariant {
    fn options(self, place: usize, in_force: &[SynonymTerms]) -> Result<Options, Problem> {
        let at = |field: &str| format!("/variants/{place}/{field}");
        let synonyms = if self.synonyms.is_empty() {
            None
        } else {
            let mut terms = in_force.to_vec();
            for (number, draft) in self.synonyms.into_iter().enumerate() {
                let checked = draft.checked();
                terms.push(checked.map_err(|e| wrong(&at(&format!("synonyms/{number}")), e))?);
            }
            Some(Active::new(0, &terms, Vec::new(), Vec::new()).synonyms)
        };
        let rule = match self.rule {
            _ if self.without_rule => Some(None),
            Some(draft) => {
                let checked = draft.checked().map_err(|e| wrong(&at("rule"), e))?;
                Some(Some(checked.into()))
            }
            None => None,
        };
        Ok(Options {
            engine: self.engine,
            mode: self.mode,
            synonyms,
            rule,
        })
    }
}

/// The problem of a draft, with the place of the draft before the place of the field.
fn wrong(at: &str, errors: Vec<FieldError>) -> Problem {
    Problem::validation(errors.into_iter().map(|mut error| {
        error.pointer = format!("{at}{}", error.pointer);
        error
    }))
}

fn shown(
    state: &AppState,
    request: &SearchRequest,
    name: String,
    took_us: u64,
    outcome: Outcome,
) -> Result<SearchPreviewVariant, Problem> {
    let engine = outcome.engine.name().to_owned();
    let ranked: Vec<_> = outcome.results.iter().map(|(r, _)| r.clone()).collect();
    let results = state.pipeline.answer(request, outcome);
    let results = results.map_err(Problem::internal)?;
    let items = results
        .items
        .into_iter()
        .zip(ranked)
        .map(|(hit, ranked)| SearchPreviewItem {
            product: hit.product,
            score: ranked.score,
            lexical: ranked.candidate.lexical,
            cosine: ranked.candidate.cosine,
            popularity: ranked.candidate.features.popularity,
            pinned: hit.pinned,
            ranks: Vec::new(),
        })
        .collect();
    Ok(SearchPreviewVariant {
        name,
        engine,
        mode: results.mode,
        total: results.total,
        took_us,
        items,
        query: results.query,
        redirect: results.redirect,
    })
}

/// Tells every result its rank in every variant.
fn rank(variants: &mut [SearchPreviewVariant]) {
    let ranks: Vec<HashMap<ProductId, usize>> = variants
        .iter()
        .map(|variant| {
            let ids = variant.items.iter().map(|item| item.product.id);
            ids.zip(1..).collect()
        })
        .collect();
    for item in variants.iter_mut().flat_map(|v| v.items.iter_mut()) {
        item.ranks = ranks
            .iter()
            .map(|of| of.get(&item.product.id).copied())
            .collect();
    }
}
