//! Category rules: the first rule that fits names the category.
//!
//! Rules are tried by priority (highest first), then in file order. Within a rule every given condition must
//! hold; within a condition one entry is enough. Entries are phrases (`toner cartridge*`, whole words, `*` for an
//! open end), phrases that must all occur (`usb + cable`), or `/regular expressions/` on the lower-case text.

use super::attributes::Prefixes;
use super::format::{ConditionFormat, RuleFormat};
use super::phrases::{PhraseTable, words};
use regex::Regex;
use serde_json::{Map, Value};

/// The texts of a row that rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Clean title.
    pub title: &'a str,
    /// Clean description.
    pub description: &'a str,
    /// Brand.
    pub brand: &'a str,
    /// The source's own product type, if it has one.
    pub product_type: &'a str,
    /// The row, for its attributes.
    pub row: &'a Map<String, Value>,
}

/// Compiled rules.
#[derive(Debug)]
pub struct Rules {
    table: PhraseTable,
    list: Vec<Rule>,
    fallback: String,
    prefixes: Prefixes,
}

#[derive(Debug)]
struct Rule {
    category: String,
    number: usize,
    when: Condition,
    unless: Condition,
}

#[derive(Debug, Default)]
struct Condition {
    title: Vec<Entry>,
    text: Vec<Entry>,
    product_type: Vec<Entry>,
    brand: Vec<Vec<String>>,
    has: Vec<String>,
    attributes: Vec<(String, Vec<Entry>)>,
}

#[derive(Debug)]
enum Entry {
    /// Phrases that must all occur.
    Phrases(Vec<usize>),
    Pattern(Regex),
}

/// What the phrase table found in each text.
struct Found {
    title: Vec<bool>,
    text: Vec<bool>,
    product_type: Vec<bool>,
    brand: Vec<String>,
    lower_title: String,
    lower_text: String,
}

impl Rules {
    /// Compiles rules; the error names the rule and what is wrong with it.
    ///
    /// # Errors
    /// An empty or unreadable phrase, a bad regular expression, a rule without condition.
    pub fn compile(
        rules: &[RuleFormat],
        fallback: &str,
        prefixes: Prefixes,
    ) -> Result<Self, String> {
        let mut table = PhraseTable::default();
        let mut compiled = Vec::with_capacity(rules.len());
        for (at, rule) in rules.iter().enumerate() {
            let context = |reason: String| {
                format!(
                    "categories.rules[{at}] (category `{}`): {reason}",
                    rule.category
                )
            };
            let when = Condition::compile(&rule.when, &mut table).map_err(context)?;
            let unless = Condition::compile(&rule.unless, &mut table).map_err(context)?;
            if when.is_empty() {
                return Err(context("needs at least one condition".to_owned()));
            }
            compiled.push((
                rule.priority,
                Rule {
                    category: rule.category.clone(),
                    number: at,
                    when,
                    unless,
                },
            ));
        }
        compiled.sort_by_key(|(priority, _)| -priority);
        let list = compiled.into_iter().map(|(_, rule)| rule).collect();
        Ok(Self {
            table,
            list,
            fallback: fallback.to_owned(),
            prefixes,
        })
    }

    /// The category of a row.
    pub fn category(&self, subject: Subject<'_>) -> &str {
        self.explain(subject).0
    }

    /// The category and the number of the rule in the file that gave it; `None` for the fallback.
    pub fn explain(&self, subject: Subject<'_>) -> (&str, Option<usize>) {
        let title = self.table.find(&words(subject.title));
        let mut text = title.clone();
        self.table.find_into(&words(subject.description), &mut text);
        let found = Found {
            title,
            text,
            product_type: self.table.find(&words(subject.product_type)),
            brand: words(subject.brand),
            lower_title: subject.title.to_lowercase(),
            lower_text: format!("{}\n{}", subject.title, subject.description).to_lowercase(),
        };
        self.list
            .iter()
            .find(|rule| {
                rule.when.all(&found, subject, self)
                    && (rule.unless.is_empty() || !rule.unless.any(&found, subject, self))
            })
            .map_or((self.fallback.as_str(), None), |rule| {
                (rule.category.as_str(), Some(rule.number))
            })
    }

    /// Every category a rule can give, for checking against the category tree.
    pub fn categories(&self) -> impl Iterator<Item = &str> {
        self.list
            .iter()
            .map(|rule| rule.category.as_str())
            .chain([self.fallback.as_str()])
    }
}

impl Condition {
    fn compile(format: &ConditionFormat, table: &mut PhraseTable) -> Result<Self, String> {
        let mut entries = |list: &[String]| {
            list.iter()
                .map(|text| Entry::compile(text, table))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            title: entries(&format.title)?,
            text: entries(&format.text)?,
            product_type: entries(&format.product_type)?,
            brand: format.brand.iter().map(|brand| words(brand)).collect(),
            has: format.has.clone(),
            attributes: format
                .attributes
                .iter()
                .map(|(code, list)| Ok((code.clone(), entries(list)?)))
                .collect::<Result<_, String>>()?,
        })
    }

    fn is_empty(&self) -> bool {
        self.title.is_empty()
            && self.text.is_empty()
            && self.product_type.is_empty()
            && self.brand.is_empty()
            && self.has.is_empty()
            && self.attributes.is_empty()
    }

    /// All given conditions hold.
    fn all(&self, found: &Found, subject: Subject<'_>, rules: &Rules) -> bool {
        (self.brand.is_empty() || self.brand_matches(found))
            && (self.title.is_empty() || Entry::any(&self.title, &found.title, &found.lower_title))
            && (self.text.is_empty() || Entry::any(&self.text, &found.text, &found.lower_text))
            && (self.product_type.is_empty()
                || Entry::any(
                    &self.product_type,
                    &found.product_type,
                    subject.product_type,
                ))
            && (self.has.is_empty() || self.has_any(subject, rules))
            && self
                .attributes
                .iter()
                .all(|(code, entries)| attribute_matches(code, entries, subject, rules))
    }

    /// One of the given conditions holds.
    fn any(&self, found: &Found, subject: Subject<'_>, rules: &Rules) -> bool {
        self.brand_matches(found)
            || Entry::any(&self.title, &found.title, &found.lower_title)
            || Entry::any(&self.text, &found.text, &found.lower_text)
            || Entry::any(
                &self.product_type,
                &found.product_type,
                subject.product_type,
            )
            || self.has_any(subject, rules)
            || self
                .attributes
                .iter()
                .any(|(code, entries)| attribute_matches(code, entries, subject, rules))
    }

    fn brand_matches(&self, found: &Found) -> bool {
        self.brand.contains(&found.brand)
    }

    fn has_any(&self, subject: Subject<'_>, rules: &Rules) -> bool {
        self.has
            .iter()
            .any(|code| rules.prefixes.get(subject.row, code).is_some())
    }
}

fn attribute_matches(code: &str, entries: &[Entry], subject: Subject<'_>, rules: &Rules) -> bool {
    let Some(value) = rules.prefixes.get(subject.row, code) else {
        return false;
    };
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_lowercase);
    Entry::any(entries, &rules.table.find(&words(&text)), &text)
}

impl Entry {
    fn compile(text: &str, table: &mut PhraseTable) -> Result<Self, String> {
        if let Some(pattern) = text
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'))
        {
            return Regex::new(pattern)
                .map(Self::Pattern)
                .map_err(|error| format!("`{text}`: {error}"));
        }
        text.split(" + ")
            .map(|phrase| table.add(phrase))
            .collect::<Result<_, _>>()
            .map(Self::Phrases)
    }

    fn any(entries: &[Self], found: &[bool], text: &str) -> bool {
        entries.iter().any(|entry| match entry {
            Self::Phrases(numbers) => numbers.iter().all(|number| found[*number]),
            Self::Pattern(regex) => regex.is_match(text),
        })
    }
}
