//! Whether a report comes from the provider: `Stripe-Signature`.
//!
//! The header is `t=<unix seconds>,v1=<hex>[,v1=<hex>…]`; each `v1` is the HMAC-SHA256 of `<t>.<body>` under one of
//! the endpoint's secrets. Schemes other than `v1` are ignored.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// How old a signature may be, and how far in the future, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Tolerance {
    /// Older is refused.
    pub past_s: i64,
    /// Newer is refused.
    pub future_s: i64,
}

/// Why a report is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header is not of the form above.
    #[error("the signature cannot be read")]
    Malformed,
    /// The time lies outside the tolerance.
    #[error("the signature is too old or too new")]
    Outdated,
    /// No secret explains any of the signatures.
    #[error("the signature is not genuine")]
    Forged,
}

/// Checks a report's signature. During a rotation either of the secrets will do.
///
/// # Errors
/// See [`SignatureError`].
pub fn verify(
    header: &str,
    body: &[u8],
    secrets: &[SecretString],
    now: Timestamp,
    tolerance: Tolerance,
) -> Result<(), SignatureError> {
    let mut time: Option<&str> = None;
    let mut signatures = Vec::new();
    for item in header.split(',') {
        match item.trim().split_once('=') {
            Some(("t", value)) if time.is_none() => time = Some(value),
            Some(("t", _)) | None => return Err(SignatureError::Malformed),
            Some(("v1", value)) => {
                signatures.push(hex::decode(value).map_err(|_| SignatureError::Malformed)?);
            }
            Some(_) => {}
        }
    }
    let time = time.ok_or(SignatureError::Malformed)?;
    if signatures.is_empty() {
        return Err(SignatureError::Malformed);
    }
    let signed_at: i64 = time.parse().map_err(|_| SignatureError::Malformed)?;
    let age = now.as_second().saturating_sub(signed_at);
    if age > tolerance.past_s || age < -tolerance.future_s {
        return Err(SignatureError::Outdated);
    }
    let genuine = secrets.iter().any(|secret| {
        signatures.iter().any(|signature| {
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
            else {
                return false;
            };
            mac.update(time.as_bytes());
            mac.update(b".");
            mac.update(body);
            // Compares in constant time.
            mac.verify_slice(signature).is_ok()
        })
    });
    if genuine {
        Ok(())
    } else {
        Err(SignatureError::Forged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    // printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_x
    const GENUINE: &str = "366e40c480fe3a9e6a03609dca079cea86d77ae82d5a56b5348208247317a8d1";

    fn check(header: &str, body: &[u8], secrets: &[&str], now: i64) -> Result<(), SignatureError> {
        let secrets: Vec<SecretString> = secrets.iter().map(|&secret| secret.into()).collect();
        let tolerance = Tolerance {
            past_s: 300,
            future_s: 60,
        };
        verify(
            header,
            body,
            &secrets,
            Timestamp::from_second(now).unwrap(),
            tolerance,
        )
    }

    #[test]
    fn only_a_genuine_and_fresh_signature_passes() {
        let header = format!("t={NOW},v1={GENUINE}");
        let forged = Err(SignatureError::Forged);
        assert_eq!(
            check(&header, BODY, &["whsec_y"], NOW),
            forged,
            "another secret"
        );
        assert_eq!(
            check(&header, br#"{"id":"evt_2"}"#, &["whsec_x"], NOW),
            forged,
            "another body"
        );
        assert_eq!(check(&header, BODY, &[], NOW), forged, "no secret");
        let other_time = format!("t={},v1={GENUINE}", NOW + 1);
        assert_eq!(
            check(&other_time, BODY, &["whsec_x"], NOW),
            forged,
            "another time"
        );
        let outdated = Err(SignatureError::Outdated);
        assert_eq!(check(&header, BODY, &["whsec_x"], NOW + 301), outdated);
        assert_eq!(check(&header, BODY, &["whsec_x"], NOW - 61), outdated);
        for now in [NOW, NOW + 300, NOW - 60] {
            assert_eq!(check(&header, BODY, &["whsec_x"], now), Ok(()));
        }
    }

    #[test]
    fn unreadable_headers_and_other_schemes_are_refused() {
        for header in [
            String::new(),
            "t=1".to_owned(),
            format!("v1={GENUINE}"),
            format!("t={NOW},v0={GENUINE}"),
            format!("t={NOW},t={NOW},v1={GENUINE}"),
            format!("t=soon,v1={GENUINE}"),
            format!("t={NOW},v1=zz"),
        ] {
            assert_eq!(
                check(&header, BODY, &["whsec_x"], NOW),
                Err(SignatureError::Malformed),
                "{header}"
            );
        }
    }

    #[test]
    fn a_rotation_accepts_both_secrets() {
        let other = "00".repeat(32);
        let header = format!("t={NOW},v1={other},v1={GENUINE}");
        assert_eq!(check(&header, BODY, &["whsec_y", "whsec_x"], NOW), Ok(()));
    }
}
