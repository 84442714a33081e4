//! Devices that have signed in before. Their cookie gives them attempts of their own, so that
//! someone who guesses an account's password from elsewhere cannot keep the owner out.
//!
//! A cookie is a random id and an HMAC over it and the account; nothing of it is stored. It gives
//! no access, only a separate count of attempts.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt as _;

const ID_LENGTH: usize = 16;
/// Base64 of an id and a SHA-256.
const TEXT_LENGTH: usize = 64;
const LABEL: &[u8] = b"techmart known device v1";

/// Makes and recognises device cookies.
#[derive(Debug, Clone)]
pub struct Devices {
    current: hmac::Key,
    /// While secrets change.
    previous: Option<hmac::Key>,
}

impl Devices {
    /// Makes cookies with a key that follows from `current`, and knows those of `previous` as well.
    pub fn new(current: &[u8], previous: Option<&[u8]>) -> Self {
        Self {
            current: key(current),
            previous: previous.map(key),
        }
    }

    /// A cookie for a device on which `account` has signed in.
    pub fn issue(&self, account: &str) -> String {
        let id: [u8; ID_LENGTH] = rand::rng().random();
        let mac = hmac::sign(&self.current, &message(&id, account));
        URL_SAFE_NO_PAD.encode([&id[..], mac.as_ref()].concat())
    }

    /// The id of the device, if its cookie was issued for `account`.
    pub fn recognise(&self, cookie: &str, account: &str) -> Option<String> {
        if cookie.len() != TEXT_LENGTH {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let (id, mac) = bytes.split_at_checked(ID_LENGTH)?;
        let message = message(id, account);
        let keys = std::iter::once(&self.current).chain(&self.previous);
        // Each key is tried whatever the others say.
        let genuine = keys
            .filter(|key| hmac::verify(key, &message, mac).is_ok())
            .count();
        (genuine > 0).then(|| hex::encode(id))
    }
}

fn key(secret: &[u8]) -> hmac::Key {
    let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let key = hmac::sign(&secret, LABEL);
    hmac::Key::new(hmac::HMAC_SHA256, key.as_ref())
}

fn message(id: &[u8], account: &str) -> Vec<u8> {
    [id, account.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_good_for_its_account_only_and_cannot_be_made_without_the_key() {
        let devices = Devices::new(b"a secret", None);
        let cookie = devices.issue("ada");
        let id = devices.recognise(&cookie, "ada").unwrap();
        assert_eq!(id.len(), 32);
        assert_ne!(devices.recognise(&devices.issue("ada"), "ada"), Some(id));
        assert_eq!(devices.recognise(&cookie, "bob"), None);
        let other = Devices::new(b"other", None);
        assert_eq!(other.recognise(&cookie, "ada"), None);
        for junk in ["", "x", &"A".repeat(64), &"ü".repeat(32), &cookie[1..]] {
            assert_eq!(devices.recognise(junk, "ada"), None, "{junk}");
        }
    }

    #[test]
    fn a_cookie_of_the_secret_before_is_known_until_that_is_gone() {
        let cookie = Devices::new(b"before", None).issue("ada");
        let changing = Devices::new(b"now", Some(b"before"));
        let changed = Devices::new(b"now", None);
        assert_eq!(changed.recognise(&cookie, "ada"), None);
        assert_eq!(changing.recognise(&cookie, "bob"), None);
        assert!(changing.recognise(&cookie, "ada").is_some());
        let new = changing.issue("ada");
        assert!(changed.recognise(&new, "ada").is_some());
    }
}
