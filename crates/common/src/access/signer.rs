//! Signs access tokens.

use std::fmt;

use anyhow::Context;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use sha2::{Digest, Sha256};

use super::{AccessClaims, PublicKey, TYPE};

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";
const PEM_LINE: usize = 64;

/// An Ed25519 signing key.
#[derive(Clone)]
pub struct Signer {
    key: EncodingKey,
    public: PublicKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("kid", &self.public.kid)
            .finish_non_exhaustive()
    }
}

impl Signer {
    /// The signer with this key, PKCS#8 in PEM. Line breaks may be written as `\n`, as they often
    /// are in environment variables.
    pub fn from_pkcs8_pem(pem: &str) -> anyhow::Result<Self> {
        let body: String = pem
            .replace("\\n", "\n")
            .split_once(PEM_BEGIN)
            .and_then(|(_, rest)| rest.split_once(PEM_END))
            .map(|(body, _)| body.split_whitespace().collect())
            .context("expected a PEM block `PRIVATE KEY`")?;
        let der = STANDARD
            .decode(body)
            .ok()
            .context("the PEM block is not base64")?;
        let pair = Ed25519KeyPair::from_pkcs8(&der)
            .ok()
            .context("the PEM block holds no Ed25519 key in PKCS#8")?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        // RFC 7638: the required members in lexical order, without white space.
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(canonical.as_bytes()));
        Ok(Self {
            key: EncodingKey::from_ed_der(&der),
            public: PublicKey { kid, x },
        })
    }

    /// A new key, PKCS#8 in PEM.
    pub fn generate_pem() -> anyhow::Result<String> {
        let pair = Ed25519KeyPair::generate().ok().context("no randomness")?;
        let der = pair
            .to_pkcs8v1()
            .ok()
            .context("the key cannot be written")?;
        let body = STANDARD.encode(der.as_ref());
        let mut pem = String::from(PEM_BEGIN);
        for (place, letter) in body.chars().enumerate() {
            if place % PEM_LINE == 0 {
                pem.push('\n');
            }
            pem.push(letter);
        }
        pem.push('\n');
        pem.push_str(PEM_END);
        pem.push('\n');
        Ok(pem)
    }

    /// The token with these claims.
    pub fn sign(&self, claims: &AccessClaims) -> anyhow::Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.public.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.key).context("the token cannot be signed")
    }

    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The public half as a member of a JSON Web Key Set.
    pub fn jwk(&self) -> serde_json::Value {
        self.public.to_jwk()
    }
}
