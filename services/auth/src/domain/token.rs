//! Refresh tokens: 256 random bits, of which the database keeps the SHA-256.
//!
//! A token works once and is replaced by its child. The child's text is kept beside it, sealed with
//! a key that follows from the parent's text: a client that lost the answer and asks again with the
//! parent gets the same child. Without the parent's text the sealed text is noise.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

const LENGTH: usize = 32;
/// What the sealing key is for, so that it is good for nothing else.
const SEAL_LABEL: &[u8] = b"techmart refresh token child v1";

/// A token's SHA-256, its key in the database.
pub type TokenHash = [u8; LENGTH];

/// A refresh token. Has no `Debug`: it must not be logged.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "a secret")]
pub struct RefreshToken([u8; LENGTH]);

impl RefreshToken {
    /// A new one, from the cryptographic generator.
    pub fn generate() -> Self {
        Self(rand::rng().random())
    }

    /// The token with this text.
    pub fn parse(text: &str) -> Option<Self> {
        // Longer texts are refused before they are decoded.
        if text.len() > 64 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The text that the client keeps.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Its key in the database.
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.0).into()
    }

    /// The child's text, readable only with this token. The pad is used once: a token has one child.
    pub fn seal(&self, child: &Self) -> [u8; LENGTH] {
        self.mask(child.0)
    }

    /// The child that [`RefreshToken::seal`] was given.
    pub fn unseal(&self, sealed: &[u8]) -> Option<Self> {
        Some(Self(self.mask(sealed.try_into().ok()?)))
    }

    fn mask(&self, mut bytes: [u8; LENGTH]) -> [u8; LENGTH] {
        let pad = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), SEAL_LABEL);
        for (byte, pad) in bytes.iter_mut().zip(pad.as_ref()) {
            *byte ^= pad;
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_from_its_text_and_no_other_text_is_one() {
        let token = RefreshToken::generate();
        assert_eq!(token.text().len(), 43);
        assert!(RefreshToken::parse(&token.text()) == Some(token.clone()));
        let (long, padded) = ("A".repeat(1000), format!("{}=", token.text()));
        for text in [
            "",
            "short",
            "A".repeat(42).as_str(),
            &long,
            &padded,
            "ü",
            "A B",
        ] {
            assert!(RefreshToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn only_the_parent_opens_the_seal() {
        let (parent, child) = (RefreshToken::generate(), RefreshToken::generate());
        let sealed = parent.seal(&child);
        assert!(sealed != child.hash() && sealed != child.0);
        assert!(parent.unseal(&sealed) == Some(child.clone()));
        assert!(RefreshToken::generate().unseal(&sealed) != Some(child));
        assert!(parent.unseal(&sealed[1..]).is_none());
    }
}
