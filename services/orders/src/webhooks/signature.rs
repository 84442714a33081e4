//! Secrets and signatures as <https://www.standardwebhooks.com> describes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::RngExt as _;
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// The length of a new secret, in bytes.
const LENGTH: usize = 32;

/// A new secret in its text form, `whsec_` and base 64.
pub fn new_secret() -> String {
    let bytes: [u8; LENGTH] = rand::rng().random();
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// The header `webhook-signature`: one signature for each secret, so that receivers may change theirs at leisure.
/// A secret that cannot be read signs nothing.
pub fn sign(secrets: &[String], id: &str, timestamp: i64, body: &str) -> String {
    let each = secrets.iter().filter_map(|secret| {
        let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        Some(format!(
            "v1,{}",
            STANDARD.encode(mac.finalize().into_bytes())
        ))
    });
    each.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_comes_out() {
        // From the test vectors of the reference libraries.
        let secret = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()];
        let signed = sign(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn every_secret_signs_and_none_is_like_another() {
        let secrets = [new_secret(), new_secret()];
        assert_ne!(secrets[0], secrets[1]);
        assert!(secrets[0].starts_with("whsec_") && secrets[0].len() == 50);
        let signed = sign(&secrets, "evt_1", 1, "{}");
        let parts: Vec<&str> = signed.split(' ').collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1], sign(&secrets[1..], "evt_1", 1, "{}"));
    }
}
