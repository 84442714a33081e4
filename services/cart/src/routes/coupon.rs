//! The coupon of a cart. Every write answers the whole cart.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::extract::{IfMatch, Json, Path, RequestMeta};
use common::limiter;
use garde::Validate;
use http::HeaderMap;
use kernel::CartId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::carts::answer;
use super::proof::Proof;
use crate::domain::view::Cart;
use crate::error::Error;
use crate::ops::coupon::{apply_coupon, remove_coupon};
use crate::state::AppState;

/// A coupon to put into a cart.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CouponCode {
    /// As the shopper typed it; case and spaces around it do not matter.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "WELCOME10")]
    code: String,
}

/// Puts a coupon into a cart
///
/// It replaces the one before. A coupon that later stops applying stays in the cart, takes nothing off, and says why.
#[utoipa::path(put, path = "/api/v1/carts/{id}/coupon", operation_id = "putCartCoupon", tag = "cart",
    security((), ("bearer" = [])),
    params(("id" = CartId, Path, description = "The cart"), ("Cart-Token" = Option<String>, Header, description = "A guest's proof of ownership")),
    request_body = CouponCode,
    responses(
        (status = 200, description = "The whole cart", body = Cart),
        (status = 404, description = "Missing, or not the caller's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The cart is being paid or closed", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "The cart has changed since the version in If-Match", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`coupon_unknown`, `coupon_disabled`, `coupon_not_started`, `coupon_expired`, `coupon_exhausted`, `coupon_customer_limit`, `coupon_minimum_not_reached` {minimum}, `coupon_other_currency`, `validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many tries, with Retry-After", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_cart_coupon(
    State(state): State<AppState>,
    Path(cart_id): Path<CartId>,
    Proof(sender): Proof,
    if_match: IfMatch,
    meta: RequestMeta,
    headers: HeaderMap,
    Json(body): Json<CouponCode>,
) -> Result<Response, Error> {
    let client = limiter::client(&headers, &meta);
    state.limiter.take(state.coupon_rule, &client).await?;
    let cart = apply_coupon(&state, cart_id, &sender, if_match, &body.code).await?;
    Ok(answer(&HeaderMap::new(), &cart))
}

/// Takes the coupon out of a cart
#[utoipa::path(delete, path = "/api/v1/carts/{id}/coupon", operation_id = "deleteCartCoupon", tag = "cart",
    security((), ("bearer" = [])),
    params(("id" = CartId, Path, description = "The cart"), ("Cart-Token" = Option<String>, Header, description = "A guest's proof of ownership")),
    responses(
        (status = 200, description = "The whole cart, with or without a coupon before", body = Cart),
        (status = 404, description = "Missing, or not the caller's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The cart is being paid or closed", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "The cart has changed since the version in If-Match", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn delete_cart_coupon(
    State(state): State<AppState>,
    Path(cart_id): Path<CartId>,
    Proof(sender): Proof,
    if_match: IfMatch,
) -> Result<Response, Error> {
    let cart = remove_coupon(&state, cart_id, &sender, if_match).await?;
    Ok(answer(&HeaderMap::new(), &cart))
}
