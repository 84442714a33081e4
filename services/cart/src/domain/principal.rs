//! Who asks for a cart: a signed-in customer, the bearer of a cart token, or both.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::UserId;
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 of a cart token: all that is kept of it.
pub type TokenHash = [u8; 32];

/// What a request can prove. A cart is its owner's if either part matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The signed-in customer.
    pub customer_id: Option<UserId>,
    /// Of the cart token that came along.
    pub token_hash: Option<TokenHash>,
}

impl Principal {
    /// Whether both prove the same customer or hold the same token.
    pub fn shares_proof_with(&self, other: &Self) -> bool {
        let customer = self.customer_id.is_some() && self.customer_id == other.customer_id;
        let guest = self.token_hash.is_some() && self.token_hash == other.token_hash;
        customer || guest
    }
}

/// A new cart token: 256 random bits, shown once.
#[derive(Clone)]
pub struct CartToken(String);

impl CartToken {
    /// Makes a token.
    pub fn generate() -> Self {
        let mut bits = [0_u8; 32];
        rand::rng().fill_bytes(&mut bits);
        Self(BASE64_URL_SAFE_NO_PAD.encode(bits))
    }

    /// The text that the guest keeps.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the shop keeps.
    pub fn hash(&self) -> TokenHash {
        hash(self.0.as_bytes())
    }
}

impl std::fmt::Debug for CartToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CartToken(…)")
    }
}

/// The hash of a token as it came.
pub fn hash(token: &[u8]) -> TokenHash {
    Sha256::digest(token).into()
}
