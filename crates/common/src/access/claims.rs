//! What an access token says, and the keys it is checked with.

use kernel::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessClaims {
    /// Who issued it: the public origin.
    pub iss: String,
    /// Whom it speaks for.
    pub sub: UserId,
    /// What it is for.
    pub aud: Audience,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// Its own id.
    pub jti: String,
    /// The session it belongs to; ends with it.
    pub sid: SessionId,
    /// What its holder is.
    pub role: Role,
    /// What its holder may do, parted by spaces (RFC 9068, 2.2.3.1). Only staff have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The site that everyone sees.
    Shop,
    /// The pages of staff.
    Admin,
}

/// What the holder of a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Uses the site.
    Customer,
    /// Runs the site.
    Staff,
}

impl Role {
    /// As on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
        }
    }

    /// The audience of the tokens of this role.
    pub fn audience(self) -> Audience {
        match self {
            Self::Customer => Audience::Shop,
            Self::Staff => Audience::Admin,
        }
    }
}

/// The public half of a signing key (Ed25519).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Its name in a token's header: the RFC 7638 thumbprint.
    pub kid: String,
    /// The key, base64url without padding.
    pub x: String,
}

impl PublicKey {
    /// The key as a member of a JSON Web Key Set.
    pub fn to_jwk(&self) -> Value {
        json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
            "kid": self.kid, "x": self.x,
        })
    }
}
