//! `/media/art`: generated product art.

use axum::response::{IntoResponse as _, Response};
use common::Problem;
use common::extract::{Path, Query};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde::Deserialize;
use utoipa::IntoParams;

use super::products::refuse;
use crate::art::{self, ArtKind, Rgb, Theme};
use crate::error::Error;

/// The drawing never changes: its address holds everything it depends on.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// A drawing opened as a page of its own may do nothing.
const NOTHING: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/// The longest seed, in bytes.
const SEED_MAX: usize = 64;

/// The query of a drawing.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ArtQuery {
    /// The product's colour, `rrggbb`; chosen by the seed if not given.
    #[param(pattern = "^[0-9a-fA-F]{6}$", example = "4a4d53")]
    color: Option<String>,
    /// The page's colours; light if not given.
    #[param(inline, value_type = Option<String>, pattern = "^(light|dark)$", example = "dark")]
    theme: Option<Theme>,
}

/// Draw a product
///
/// The drawing depends on its address alone.
#[utoipa::path(get, path = "/api/v1/media/art/{kind}/{file}", operation_id = "getArt", tag = "catalog",
    params(
        ("kind" = String, Path, description = "Kind of product, as categories name it", example = "laptop"),
        ("file" = String, Path, description = "Seed and `.svg`: 1 to 64 letters, digits, `_` or `-`", example = "prd_01h455vb4pex5vsknk084sn02q.svg"),
        ArtQuery,
    ),
    responses(
        (status = 200, body = String, content_type = "image/svg+xml", headers(("Cache-Control" = String))),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`invalid_query`"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn get_art(
    Path((kind, file)): Path<(String, String)>,
    Query(query): Query<ArtQuery>,
) -> Result<Response, Error> {
    let kind: ArtKind = kind.parse().map_err(|_| Error::NotFound)?;
    let seed = file
        .strip_suffix(".svg")
        .filter(|seed| is_seed(seed))
        .ok_or(Error::NotFound)?;
    let color = query
        .color
        .map(|text| {
            text.parse::<Rgb>()
                .map_err(|error| refuse("color", &error.to_string()))
        })
        .transpose()?;
    let svg = art::render(kind, seed, color, query.theme.unwrap_or_default());
    let headers = [
        (CONTENT_TYPE, "image/svg+xml"),
        (CACHE_CONTROL, IMMUTABLE),
        (CONTENT_SECURITY_POLICY, NOTHING),
    ];
    Ok((headers, svg).into_response())
}

fn is_seed(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=SEED_MAX).contains(&text.len()) && text.bytes().all(fits)
}
