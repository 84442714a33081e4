//! ISO 3166-1 countries.

use std::fmt;
use std::str::FromStr;

use iso_currency::Country;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::text;

/// An ISO 3166-1 alpha-2 country code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode(Country);

/// The text is not the code of a country.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected an ISO 3166-1 alpha-2 country code in capitals, such as US")]
pub struct CountryCodeError;

impl CountryCode {
    /// The country's English name.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }
}

impl FromStr for CountryCode {
    type Err = CountryCodeError;

    fn from_str(code: &str) -> Result<Self, CountryCodeError> {
        if code.len() != 2 {
            return Err(CountryCodeError);
        }
        code.parse().map(Self).map_err(|_| CountryCodeError)
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for CountryCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CountryCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "a country code as a string")
    }
}

impl utoipa::PartialSchema for CountryCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("ISO 3166-1 alpha-2 code"))
            .pattern(Some("^[A-Z]{2}$"))
            .examples(["US"])
            .build()
            .into()
    }
}

impl utoipa::ToSchema for CountryCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codes_in_capitals_only() {
        let code: CountryCode = "DE".parse().unwrap();
        assert_eq!((code.to_string().as_str(), code.name()), ("DE", "Germany"));
        assert_eq!(serde_json::to_string(&code).unwrap(), r#""DE""#);
        for text in ["", "de", "D", "DEU", "QQ", "ß"] {
            assert_eq!(text.parse::<CountryCode>(), Err(CountryCodeError), "{text}");
        }
    }
}
