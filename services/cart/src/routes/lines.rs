//! Lines of a cart. Every write answers the whole cart.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::extract::{IfMatch, Json, Path};
use garde::Validate;
use http::HeaderMap;
use kernel::{CartId, CartLineId, Quantity, VariantId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::carts::answer;
use super::proof::Proof;
use crate::domain::view::Cart;
use crate::error::Error;
use crate::ops::change::{Change, change_cart};
use crate::state::AppState;

/// What to put into a cart.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct NewCartLine {
    /// The variant.
    variant_id: VariantId,
    /// How many to add.
    quantity: Quantity,
}

/// How many of a line.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct CartLinePatch {
    /// How many the line shall hold.
    quantity: Quantity,
}

/// Adds to a cart
///
/// A cart has one line per variant: adding a variant again adds to its line.
#[utoipa::path(post, path = "/api/v1/carts/{id}/lines", operation_id = "addCartLine", tag = "cart",
    security((), ("bearer" = [])),
    params(("id" = CartId, Path, description = "The cart"), ("Cart-Token" = Option<String>, Header, description = "A guest's proof of ownership")),
    request_body = NewCartLine,
    responses(
        (status = 200, description = "The whole cart", body = Cart),
        (status = 404, description = "Missing, or not the caller's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Cannot be bought, or the cart is full, being paid or closed", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "The cart has changed since the version in If-Match", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field breaks a rule", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn add_cart_line(
    State(state): State<AppState>,
    Path(cart_id): Path<CartId>,
    Proof(sender): Proof,
    if_match: IfMatch,
    Json(line): Json<NewCartLine>,
) -> Result<Response, Error> {
    let change = Change::Add(line.variant_id, line.quantity);
    let cart = change_cart(&state, cart_id, &sender, if_match, change).await?;
    Ok(answer(&HeaderMap::new(), &cart))
}

/// Sets how many of a line
#[utoipa::path(patch, path = "/api/v1/carts/{id}/lines/{line_id}", operation_id = "updateCartLine", tag = "cart",
    security((), ("bearer" = [])),
    params(("id" = CartId, Path, description = "The cart"), ("line_id" = CartLineId, Path, description = "The line"),
        ("Cart-Token" = Option<String>, Header, description = "A guest's proof of ownership")),
    request_body = CartLinePatch,
    responses(
        (status = 200, description = "The whole cart", body = Cart),
        (status = 404, description = "Missing, or not the caller's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Cannot be bought, or the cart is being paid or closed", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "The cart has changed since the version in If-Match", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field breaks a rule", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn update_cart_line(
    State(state): State<AppState>,
    Path((cart_id, line_id)): Path<(CartId, CartLineId)>,
    Proof(sender): Proof,
    if_match: IfMatch,
    Json(patch): Json<CartLinePatch>,
) -> Result<Response, Error> {
    let change = Change::Set(line_id, patch.quantity);
    let cart = change_cart(&state, cart_id, &sender, if_match, change).await?;
    Ok(answer(&HeaderMap::new(), &cart))
}

/// Takes a line out of a cart
#[utoipa::path(delete, path = "/api/v1/carts/{id}/lines/{line_id}", operation_id = "deleteCartLine", tag = "cart",
    security((), ("bearer" = [])),
    params(("id" = CartId, Path, description = "The cart"), ("line_id" = CartLineId, Path, description = "The line"),
        ("Cart-Token" = Option<String>, Header, description = "A guest's proof of ownership")),
    responses(
        (status = 200, description = "The whole cart", body = Cart),
        (status = 404, description = "Missing, or not the caller's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The cart is being paid or closed", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete_cart_line(
    State(state): State<AppState>,
    Path((cart_id, line_id)): Path<(CartId, CartLineId)>,
    Proof(sender): Proof,
    if_match: IfMatch,
) -> Result<Response, Error> {
    let cart = change_cart(&state, cart_id, &sender, if_match, Change::Remove(line_id)).await?;
    Ok(answer(&HeaderMap::new(), &cart))
}
