//! Who asks for a checkout: a customer by access token, a guest by cart token.

use axum::extract::{FromRef, FromRequestParts};
use common::access::{MaybeUser, Verifier};
use contract_cart::Owner;
use http::request::Parts;
use sha2::{Digest as _, Sha256};

use crate::error::Error;
use crate::store::checkouts::Principal;

/// The header that carries a guest's cart token.
const CART_TOKEN: &str = "cart-token";

/// The principal of a request. 401 where there is neither token, or an access token is not valid.
#[derive(Debug, Clone)]
pub struct Asking(pub Principal);

impl Asking {
    /// The owners that it may act for, the customer first.
    pub fn owners(&self) -> impl Iterator<Item = Owner> {
        let customer = self.0.customer_id.map(Owner::Customer);
        customer
            .into_iter()
            .chain(self.0.token_hash.map(Owner::Guest))
    }
}

impl<S> FromRequestParts<S> for Asking
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let MaybeUser(user) = MaybeUser::from_request_parts(parts, state).await?;
        let token_hash = parts
            .headers
            .get(CART_TOKEN)
            .map(|token| Sha256::digest(token.as_bytes()).into());
        if user.is_none() && token_hash.is_none() {
            return Err(Error::Anonymous);
        }
        Ok(Self(Principal {
            customer_id: user.map(|user| user.user_id),
            token_hash,
        }))
    }
}
