//! What a request proves about its sender.

use axum::extract::FromRequestParts;
use common::Problem;
use common::access::{MaybeUser, Role};
use http::request::Parts;

use crate::domain::principal::{self, Principal};
use crate::state::AppState;

/// Header that carries a guest's cart token.
pub(crate) const CART_TOKEN: &str = "cart-token";
/// Longer texts are no token of ours.
const TOKEN_LENGTH_MAX: usize = 128;

/// The sender: a customer by bearer token, a guest by `Cart-Token`, both, or neither. Staff have no carts.
pub(crate) struct Proof(pub(crate) Principal);

impl FromRequestParts<AppState> for Proof {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let MaybeUser(user) = MaybeUser::from_request_parts(parts, state).await?;
        let token = parts
            .headers
            .get(CART_TOKEN)
            .map(http::HeaderValue::as_bytes);
        Ok(Self(Principal {
            customer_id: user.filter(|u| u.role == Role::Customer).map(|u| u.user_id),
            token_hash: token
                .filter(|t| t.len() <= TOKEN_LENGTH_MAX)
                .map(principal::hash),
        }))
    }
}
