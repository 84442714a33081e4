//! The token by which a guest reaches an order: `<order id>.<expiry, unix seconds>.<HMAC-SHA256, base64url>`.
//! Signed rather than stored, so that a message sent later can carry one as well.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use kernel::OrderId;
use sha2::Sha256;

const CONTEXT: &[u8] = b"techmart order token v1\0";

/// The secret that signs order tokens. Shared by checkout and orders.
#[derive(Clone)]
pub struct OrderTokenKey([u8; 32]);

/// The keys that are in force: the one that signs, and while keys change one more whose tokens are good, too. It is the
/// next key until every instance knows it, and then the one before.
#[derive(Debug, Clone)]
pub struct OrderTokenKeys {
    current: OrderTokenKey,
    previous: Option<OrderTokenKey>,
}

/// The setting is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order token key is 64 hexadecimal digits")]
pub struct OrderTokenKeyError;

impl fmt::Debug for OrderTokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrderTokenKey(…)")
    }
}

impl std::str::FromStr for OrderTokenKey {
    type Err = OrderTokenKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut key = [0; 32];
        hex::decode_to_slice(text, &mut key).map_err(|_| OrderTokenKeyError)?;
        Ok(Self(key))
    }
}

impl OrderTokenKey {
    /// A token for `order_id` that is good until `expires_at`.
    pub fn sign(&self, order_id: OrderId, expires_at: Timestamp) -> String {
        let text = format!("{order_id}.{}", expires_at.as_second());
        let tag = BASE64_URL_SAFE_NO_PAD.encode(self.mac(&text).finalize().into_bytes());
        format!("{text}.{tag}")
    }

    /// The order that `token` opens, if the token is genuine and not expired.
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<OrderId> {
        let (text, tag) = token.rsplit_once('.')?;
        let (order_id, expires_at) = text.split_once('.')?;
        let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?;
        self.mac(text).verify_slice(&tag).ok()?;
        let expires_at: i64 = expires_at.parse().ok()?;
        if expires_at <= now.as_second() {
            return None;
        }
        order_id.parse().ok()
    }

    fn mac(&self, text: &str) -> Hmac<Sha256> {
        // HMAC pads a key with zeros to the 64 bytes of a SHA-256 block (RFC 2104).
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(CONTEXT);
        mac.update(text.as_bytes());
        mac
    }
}

impl OrderTokenKeys {
    /// Signs with `current` and accepts both.
    pub fn new(current: OrderTokenKey, previous: Option<OrderTokenKey>) -> Self {
        Self { current, previous }
    }

    /// A token for `order_id` that is good until `expires_at`, by the current key.
    pub fn sign(&self, order_id: OrderId, expires_at: Timestamp) -> String {
        self.current.sign(order_id, expires_at)
    }

    /// The order that `token` opens, if the token is genuine by one of the keys and not expired. Both keys are tried
    /// whatever the first one says, so the time does not tell which of them signed.
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<OrderId> {
        let previous = self.previous.as_ref();
        let by_current = self.current.verify(token, now);
        let by_previous = previous.and_then(|key| key.verify(token, now));
        by_current.or(by_previous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: char) -> OrderTokenKey {
        digit.to_string().repeat(64).parse().expect("a key")
    }

    #[test]
    fn refuses_foreign_changed_and_expired_tokens() {
        let (order, other) = (OrderId::generate(), OrderId::generate());
        let now = Timestamp::from_second(1_000).expect("a time");
        let token = key('a').sign(order, Timestamp::from_second(2_000).expect("a time"));

        assert_eq!(key('b').verify(&token, now), None, "another key");
        let swapped = token.replace(&order.to_string(), &other.to_string());
        assert_eq!(key('a').verify(&swapped, now), None, "another order");
        assert_eq!(
            key('a').verify(&token.replace(".2000.", ".9000."), now),
            None,
            "another expiry"
        );
        assert_eq!(
            key('a').verify(&token, Timestamp::from_second(2_000).expect("a time")),
            None
        );
        for garbage in ["", ".", "..", "a.b.c", &token[..token.len() - 1]] {
            assert_eq!(key('a').verify(garbage, now), None, "{garbage}");
        }
        assert_eq!(key('a').verify(&token, now), Some(order));
    }

    #[test]
    fn while_keys_change_both_open_and_the_current_one_signs() {
        let order = OrderId::generate();
        let [now, later] = [1_000, 2_000].map(|at| Timestamp::from_second(at).expect("a time"));
        let (old, foreign) = (key('a').sign(order, later), key('c').sign(order, later));
        let changing = OrderTokenKeys::new(key('b'), Some(key('a')));
        let changed = OrderTokenKeys::new(key('b'), None);

        assert_eq!(changing.verify(&foreign, now), None, "an unknown key");
        assert_eq!(changed.verify(&old, now), None, "a removed key");
        assert_eq!(changing.verify(&old, later), None, "expired");
        assert_eq!(changing.verify(&old, now), Some(order));
        let new = changing.sign(order, later);
        assert_eq!(new, key('b').sign(order, later), "the current key signs");
        for keys in [&changing, &changed] {
            assert_eq!(keys.verify(&new, now), Some(order));
        }
        // Instances that sign with the old key know the next one beforehand.
        let before = OrderTokenKeys::new(key('a'), Some(key('b')));
        assert_eq!(before.verify(&new, now), Some(order));
    }
}
