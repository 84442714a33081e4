//! Postal addresses.

use garde::Validate;
use kernel::CountryCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::address_rules::{self, Region};

const NAME_MAX: usize = 100;
const LINE_MAX: usize = 200;
const CITY_MAX: usize = 100;
const REGION_MAX: usize = 100;
const POSTAL_CODE_MAX: usize = 20;
const PHONE_MAX: usize = 30;
/// A region of at most this many characters is a code, such as a state's.
const REGION_CODE_MAX: usize = 3;

/// Where something is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Ada Lovelace", "line1": "12 Analytical Way", "line2": null, "city": "San Francisco", "region": "CA",
    "postal_code": "94105", "country": "US", "phone": null
}))]
pub struct Address {
    /// Who receives it.
    #[garde(custom(text(NAME_MAX)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Street and number.
    #[garde(custom(text(LINE_MAX)))]
    #[schema(min_length = 1, max_length = 200)]
    pub line1: String,
    /// Flat, floor, company.
    #[garde(inner(custom(text(LINE_MAX))))]
    #[serde(default)]
    #[schema(max_length = 200)]
    pub line2: Option<String>,
    /// City.
    #[garde(custom(text(CITY_MAX)))]
    #[schema(min_length = 1, max_length = 100)]
    pub city: String,
    /// State or province; where taxes depend on it, its code, such as `CA`.
    #[garde(inner(custom(text(REGION_MAX))))]
    #[serde(default)]
    #[schema(max_length = 100)]
    pub region: Option<String>,
    /// Postal code.
    #[garde(custom(text(POSTAL_CODE_MAX)))]
    #[schema(min_length = 1, max_length = 20)]
    pub postal_code: String,
    /// Country.
    #[garde(skip)]
    pub country: CountryCode,
    /// For the carrier.
    #[garde(inner(custom(telephone)))]
    #[serde(default)]
    #[schema(max_length = 30)]
    pub phone: Option<String>,
}

/// A field that no address of the country can have like this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressProblem {
    /// Which field.
    pub field: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// One sentence for a person.
    pub detail: String,
}

impl Address {
    /// The address as it is kept: without surrounding space, empty parts left out, codes as the country writes them.
    ///
    /// # Errors
    /// What cannot be in this country.
    pub fn canonical(self) -> Result<Self, Vec<AddressProblem>> {
        let country = self.country;
        let mut problems = Vec::new();
        let mut refuse = |field, code, detail: &str| {
            let detail = format!("{detail} {country}");
            problems.push(AddressProblem {
                field,
                code,
                detail,
            });
        };
        let region = match address_rules::region(country, self.region.as_deref()) {
            Region::Known(region) => region.map(|region| {
                if region.chars().count() <= REGION_CODE_MAX {
                    region.to_uppercase()
                } else {
                    region
                }
            }),
            Region::Missing => {
                refuse("region", "required", "is required in addresses of");
                None
            }
            Region::Unknown => {
                refuse("region", "unknown", "is no state or province of");
                None
            }
        };
        let postal_code = address_rules::postal_code(country, &self.postal_code);
        if postal_code.is_none() {
            refuse("postal_code", "invalid", "is no postal code of");
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            name: self.name.trim().to_owned(),
            line1: self.line1.trim().to_owned(),
            line2: optional(self.line2),
            city: self.city.trim().to_owned(),
            region,
            postal_code: postal_code.unwrap_or_default(),
            country,
            phone: optional(self.phone),
        })
    }
}

fn optional(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// One line of at most `max` characters that is not blank.
fn text(max: usize) -> impl FnOnce(&str, &()) -> garde::Result {
    move |value, ()| {
        let length = value.trim().chars().count();
        if length == 0 {
            return Err(garde::Error::new("must not be blank"));
        }
        if length > max {
            return Err(garde::Error::new(format!("has at most {max} characters")));
        }
        if value.trim().chars().any(char::is_control) {
            return Err(garde::Error::new("must be one line of text"));
        }
        Ok(())
    }
}

fn telephone<C>(value: &str, _: &C) -> garde::Result {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let known = value
        .chars()
        .all(|c| c.is_ascii_digit() || " +-().".contains(c));
    if value.trim().is_empty() || (known && digits >= 5 && value.chars().count() <= PHONE_MAX) {
        return Ok(());
    }
    Err(garde::Error::new(
        "expected a telephone number such as +1 555 010 0000",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        serde_json::from_str(
            r#"{"name": " Ada ", "line1": "1 Way", "city": "Reno", "region": " nv ", "postal_code": "89501",
                "country": "US", "line2": "Flat 1"}"#,
        )
        .unwrap()
    }

    #[test]
    fn is_kept_in_canonical_form() {
        let kept = address().canonical().unwrap();
        assert_eq!(
            (
                kept.name.as_str(),
                kept.region.as_deref(),
                kept.line2.as_deref()
            ),
            ("Ada", Some("NV"), Some("Flat 1"))
        );
        let long = Address {
            region: Some("Nevada".into()),
            phone: Some("  ".into()),
            ..address()
        };
        let kept = long.canonical().unwrap();
        assert_eq!((kept.region.as_deref(), kept.phone), (Some("NV"), None));
    }

    #[test]
    fn what_cannot_be_in_the_country_is_named() {
        let wrong = Address {
            region: Some("Bayern".into()),
            postal_code: "K1A 0B1".into(),
            ..address()
        };
        let problems = wrong.canonical().unwrap_err();
        let fields: Vec<(&str, &str)> = problems.iter().map(|p| (p.field, p.code)).collect();
        assert_eq!(fields, [("region", "unknown"), ("postal_code", "invalid")]);
        assert_eq!(problems[0].detail, "is no state or province of US");
    }

    #[test]
    fn bad_fields_are_named() {
        assert!(address().validate().is_ok());
        let cases = [
            (
                "name",
                Address {
                    name: "  ".into(),
                    ..address()
                },
            ),
            (
                "line1",
                Address {
                    line1: "a\nb".into(),
                    ..address()
                },
            ),
            (
                "line2",
                Address {
                    line2: Some("x".repeat(201)),
                    ..address()
                },
            ),
            (
                "city",
                Address {
                    city: String::new(),
                    ..address()
                },
            ),
            (
                "postal_code",
                Address {
                    postal_code: "9".repeat(21),
                    ..address()
                },
            ),
            (
                "phone",
                Address {
                    phone: Some("call me".into()),
                    ..address()
                },
            ),
        ];
        for (field, bad) in cases {
            let report = bad.validate().unwrap_err().to_string();
            assert!(report.starts_with(field), "{field}: {report}");
        }
    }

    #[test]
    fn unknown_fields_and_countries_are_refused() {
        let refuse = |json: &str| {
            serde_json::from_str::<Address>(json)
                .unwrap_err()
                .to_string()
        };
        let rest = r#""name": "A", "line1": "1", "city": "C", "postal_code": "1""#;
        assert!(refuse(&format!(r#"{{{rest}, "country": "XX"}}"#)).contains("country"));
        assert!(refuse(&format!(r#"{{{rest}, "country": "US", "zip": "1"}}"#)).contains("zip"));
    }
}
