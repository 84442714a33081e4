//! One case, and the table of all.

use std::fmt;

use anyhow::{Context, Result, bail, ensure};

const HEAD: &str = "kind\tquery\tfirst";

/// A query and what must come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) kind: String,
    pub(super) query: String,
    pub(super) first: First,
}

/// How the first result is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum First {
    /// It is this product (slug).
    Product(String),
    /// It is of this category, and of this brand if one is named (slugs).
    Kind {
        category: String,
        brand: Option<String>,
    },
    /// It is of this category, and this attribute (code) has this value.
    Value {
        category: String,
        code: String,
        value: String,
    },
}

impl fmt::Display for First {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product(slug) => write!(f, "product={slug}"),
            Self::Kind {
                category,
                brand: None,
            } => write!(f, "category={category}"),
            Self::Kind {
                category,
                brand: Some(brand),
            } => {
                write!(f, "category={category} brand={brand}")
            }
            Self::Value {
                category,
                code,
                value,
            } => {
                write!(f, "category={category} {code}={value}")
            }
        }
    }
}

impl std::str::FromStr for First {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let pair = |text: &str| {
            let pair = text.split_once('=');
            pair.map(|(key, value)| (key.to_owned(), value.to_owned()))
        };
        // Only the last value may hold a blank.
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let (key, value) = pair(first).context("is no key=value")?;
        match (key.as_str(), pair(rest)) {
            ("product", None) if rest.is_empty() => Ok(Self::Product(value)),
            ("category", None) if rest.is_empty() => Ok(Self::Kind {
                category: value,
                brand: None,
            }),
            ("category", Some((key, brand))) if key == "brand" => Ok(Self::Kind {
                category: value,
                brand: Some(brand),
            }),
            ("category", Some((code, wanted))) => Ok(Self::Value {
                category: value,
                code,
                value: wanted,
            }),
            _ => bail!("{text:?} says nothing that can be judged"),
        }
    }
}

/// The table of cases.
pub(super) fn table(cases: &[Case]) -> String {
    let mut text = format!("{HEAD}\n");
    for case in cases {
        let first = case.first.to_string();
        text.extend([&case.kind, "\t", &case.query, "\t", &first, "\n"]);
    }
    text
}

/// Reads the table of cases.
pub(super) fn read(text: &str) -> Result<Vec<Case>> {
    let mut lines = text.lines();
    ensure!(lines.next() == Some(HEAD), "the header is not {HEAD:?}");
    (2..)
        .zip(lines)
        .map(|(number, line)| {
            let [kind, query, first] = line.split('\t').collect::<Vec<_>>()[..] else {
                bail!("line {number} has not three columns");
            };
            let first = first.parse().with_context(|| format!("line {number}"))?;
            Ok(Case {
                kind: kind.to_owned(),
                query: query.to_owned(),
                first,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_judged_is_refused() {
        for first in ["", "product", "brand=acme", "product=a b=c"] {
            assert!(
                read(&format!("{HEAD}\nsku\tA1\t{first}\n")).is_err(),
                "{first}"
            );
        }
        assert!(read("kind\tquery\nsku\tA1\n").is_err());
        assert!(read(&format!("{HEAD}\nsku\tA1\n")).is_err());
    }

    #[test]
    fn a_table_is_read_as_it_is_written() {
        let kind = |brand: Option<&str>| First::Kind {
            category: "laptops".to_owned(),
            brand: brand.map(str::to_owned),
        };
        let value = First::Value {
            category: "monitors".to_owned(),
            code: "display_diagonal".to_owned(),
            value: "21.5".to_owned(),
        };
        let cases: Vec<Case> = [
            First::Product("a-1".to_owned()),
            kind(None),
            kind(Some("acme")),
            value,
        ]
        .into_iter()
        .map(|first| Case {
            kind: "kind".to_owned(),
            query: "21.5\" monitor".to_owned(),
            first,
        })
        .collect();
        assert_eq!(read(&table(&cases)).unwrap(), cases);
    }
}
