//! Carts as a whole.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::access::{CurrentUser, Role};
use common::extract::Path;
use common::{Problem, etag};

use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::CartId;

use super::proof::{CART_TOKEN, Proof};
use crate::domain::view::Cart;
use crate::error::Error;
use crate::ops::{merge, open, view};
use crate::state::AppState;

/// Answers about a person are nobody else's to keep.
pub(super) const PRIVATE: &str = "private, no-store";

/// The cart as an answer with its `ETag`.
pub(super) fn answer(headers: &HeaderMap, cart: &Cart) -> Response {
    etag::versioned(headers, cart.version, PRIVATE, cart)
}

/// Opens a cart
///
/// A guest gets a new one and its token in the header `Cart-Token`, shown this once. A customer gets their open cart,
/// so that a second device finds it.
#[utoipa::path(post, path = "/api/v1/carts", operation_id = "createCart", tag = "cart",
    security((), ("bearer" = [])),
    responses(
        (status = 201, description = "A new cart", body = Cart, headers(("Cart-Token" = String, description = "The guest's proof of ownership"))),
        (status = 200, description = "The customer's open cart", body = Cart),
        (status = 401, description = "The bearer token is not valid", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn create_cart(
    State(state): State<AppState>,
    Proof(sender): Proof,
) -> Result<Response, Error> {
    let none = HeaderMap::new();
    let Some(customer_id) = sender.customer_id else {
        let (cart, token) = open::open_guest_cart(&state).await?;
        let mut response = created(answer(&none, &cart), &cart);
        let token = HeaderValue::from_str(token.as_str()).map_err(Problem::internal)?;
        response.headers_mut().insert(CART_TOKEN, token);
        return Ok(response);
    };
    let (cart, new) = open::open_customer_cart(&state, customer_id).await?;
    let response = answer(&none, &cart);
    Ok(if new {
        created(response, &cart)
    } else {
        response
    })
}

fn created(mut response: Response, cart: &Cart) -> Response {
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::try_from(format!("/api/v1/carts/{}", cart.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Shows a cart
#[utoipa::path(get, path = "/api/v1/carts/{id}", operation_id = "getCart", tag = "cart",
    security((), ("bearer" = [])),
    params(("id" = CartId, Path, description = "The cart"), ("Cart-Token" = Option<String>, Header, description = "A guest's proof of ownership")),
    responses(
        (status = 200, description = "The cart", body = Cart),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
        (status = 404, description = "Missing, or not the caller's", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_cart(
    State(state): State<AppState>,
    Path(cart_id): Path<CartId>,
    Proof(sender): Proof,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let cart = view::get_cart(&state, cart_id, &sender).await?;
    Ok(answer(&headers, &cart))
}

/// Merges a guest's cart into the customer's
///
/// Quantities are added up and cut to what can be bought; `merge` names every line of which fewer were kept.
#[utoipa::path(post, path = "/api/v1/carts/{id}/merge", operation_id = "mergeCart", tag = "cart",
    security(("bearer" = [])),
    params(("id" = CartId, Path, description = "The guest's cart"), ("Cart-Token" = String, Header, description = "The guest's proof of ownership")),
    responses(
        (status = 200, description = "The customer's cart", body = Cart),
        (status = 400, description = "The Cart-Token header is missing", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Staff have no carts", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Missing, or not the token's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "A cart is being paid, or closed", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn merge_cart(
    State(state): State<AppState>,
    Path(cart_id): Path<CartId>,
    user: CurrentUser,
    Proof(sender): Proof,
) -> Result<Response, Error> {
    if user.role != Role::Customer {
        return Ok(Problem::forbidden().into_response());
    }
    let token_hash = sender.token_hash.ok_or(Error::TokenMissing)?;
    let cart = merge::merge_carts(&state, cart_id, token_hash, user.user_id).await?;
    Ok(answer(&HeaderMap::new(), &cart))
}
