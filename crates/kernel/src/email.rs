//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};

use crate::text;

/// An address that mail can plausibly reach, without surrounding space and in lower case, so that
/// equal texts mean the same mailbox. `Debug` hides most of it: logs are no place for addresses.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

/// The text is not an e-mail address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EmailError {
    /// No text.
    #[error("an e-mail address is needed")]
    Empty,
    /// Longer than any mail server takes.
    #[error("an e-mail address has at most {} characters", Email::MAX_LENGTH)]
    TooLong,
    /// Not `name@domain`.
    #[error("expected an e-mail address such as name@example.com")]
    Malformed,
}

impl Email {
    /// The most characters an address has.
    pub const MAX_LENGTH: usize = 254;

    /// The address in canonical form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        if text.len() > Self::MAX_LENGTH {
            return Err(EmailError::TooLong);
        }
        match text.split_once('@') {
            Some((local, domain)) if is_local(local) && is_domain(domain) => {
                Ok(Self(text.to_ascii_lowercase()))
            }
            _ => Err(EmailError::Malformed),
        }
    }
}

/// A dot-atom of RFC 5322, at most 64 characters.
fn is_local(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    local.len() <= 64 && local.split('.').all(is_atom)
}

/// Two or more host name labels, the last of which is not a number.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.split('.').all(is_label)
        && domain.rsplit_once('.').is_some_and(|(_, top)| {
            top.len() >= 2 && top.bytes().any(|byte| byte.is_ascii_alphabetic())
        })
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email(…@{})", self.domain())
    }
}

impl AsRef<str> for Email {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl Serialize for Email {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "an e-mail address as a string")
    }
}

impl utoipa::PartialSchema for Email {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
            .max_length(Some(Self::MAX_LENGTH))
            .examples(["ada@example.com"])
            .build()
            .into()
    }
}

impl utoipa::ToSchema for Email {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_form_is_trimmed_and_lower_case() {
        let email: Email = "  Ada.Lovelace+shop@Example.COM \n".parse().unwrap();
        assert_eq!(email.as_str(), "ada.lovelace+shop@example.com");
        assert_eq!(email.domain(), "example.com");
        assert_eq!(email, "ADA.lovelace+SHOP@example.com".parse().unwrap());
    }

    #[test]
    fn debug_hides_the_mailbox() {
        let email: Email = "ada@example.com".parse().unwrap();
        assert_eq!(format!("{email:?}"), "Email(…@example.com)");
        assert_eq!(email.to_string(), "ada@example.com");
    }

    #[test]
    fn refuses_what_mail_cannot_reach() {
        assert_eq!("  ".parse::<Email>(), Err(EmailError::Empty));
        for text in [
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "a@b@example.com",
            "a b@example.com",
            ".ada@example.com",
            "ada.@example.com",
            "a..b@example.com",
            "ada@example..com",
            "ada@-example.com",
            "ada@example-.com",
            "ada@127.0.0.1",
            "ada@example.c",
            "ada@exa_mple.com",
            "ada\r\nbcc@example.com",
            "ädä@example.com",
            "ada@exämple.com",
        ] {
            assert_eq!(
                text.parse::<Email>(),
                Err(EmailError::Malformed),
                "{text:?}"
            );
        }
    }

    #[test]
    fn length_limits() {
        let label = "d".repeat(61);
        let domain = [label.as_str(); 3].join(".");
        let longest = format!("{}@{domain}.com", "l".repeat(64));
        assert_eq!(longest.len(), 254);
        assert!(longest.parse::<Email>().is_ok());
        assert_eq!(
            format!("{longest}m").parse::<Email>(),
            Err(EmailError::TooLong)
        );
        let local = format!("{}@example.com", "l".repeat(65));
        assert_eq!(local.parse::<Email>(), Err(EmailError::Malformed));
    }

    #[test]
    fn serde_is_the_text() {
        let email: Email = serde_json::from_str(r#"" Ada@Example.com""#).unwrap();
        assert_eq!(
            serde_json::to_string(&email).unwrap(),
            r#""ada@example.com""#
        );
    }
}
