//! Rules for single queries as staff write them.

use std::collections::HashSet;

use common::problem::FieldError;
use garde::Validate;
use jiff::Timestamp;
use kernel::{ProductId, UserId};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::error::invalid;
use super::id::RuleId;
use super::{redirect, text};

/// Products that a rule puts first.
pub const PINNED_MAX: usize = 20;
/// Products that a rule puts last.
pub const BURIED_MAX: usize = 100;
/// Rules of a shop.
pub const RULES_MAX: i64 = 2_000;

/// The first second of the year 2200.
const YEAR_2200: i64 = 7_258_118_400;

/// Which texts a rule applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleMatch {
    /// The whole text is the rule's query.
    Exact,
    /// The rule's query stands in the text, as whole words next to each other.
    Contains,
}

impl RuleMatch {
    /// The name, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Contains => "contains",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Exact, Self::Contains]
            .into_iter()
            .find(|matches| matches.as_str() == name)
    }
}

/// A rule as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchRule {
    /// The rule.
    pub id: RuleId,
    /// The text that it is for. Case, accents and superfluous white space do not matter.
    pub query: String,
    /// Which texts it applies to.
    pub matches: RuleMatch,
    /// Products that come first, in this order.
    pub pinned: Vec<ProductId>,
    /// Products that come last.
    pub buried: Vec<ProductId>,
    /// The page of the shop that opens instead of results.
    #[schema(required)]
    pub redirect: Option<String>,
    /// When it begins to apply.
    #[schema(required)]
    pub starts_at: Option<Timestamp>,
    /// When it no longer applies.
    #[schema(required)]
    pub ends_at: Option<Timestamp>,
    /// Whether it applies, within its time.
    pub enabled: bool,
    /// What staff remember about it.
    pub note: String,
    /// Of `pinned` and `buried`: products that are not on sale now. They have no effect until they are.
    pub unknown_products: Vec<ProductId>,
    /// Rises with every change.
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A rule to be made. It pins, buries or redirects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewSearchRule {
    /// The text that it is for.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "gaming laptop")]
    pub query: String,
    /// Which texts it applies to.
    pub matches: RuleMatch,
    /// Products that come first, in this order.
    #[serde(default)]
    #[garde(length(max = PINNED_MAX))]
    #[schema(max_items = 20)]
    pub pinned: Vec<ProductId>,
    /// Products that come last.
    #[serde(default)]
    #[garde(length(max = BURIED_MAX))]
    #[schema(max_items = 100)]
    pub buried: Vec<ProductId>,
    /// The page of the shop that opens instead of results: a path such as `/c/laptops`.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub redirect: Option<String>,
    /// When it begins to apply; at once if not given.
    #[serde(default)]
    pub starts_at: Option<Timestamp>,
    /// When it no longer applies; never if not given.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// Whether it applies; it does if not given.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub enabled: bool,
    /// What staff should remember about it.
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    pub note: String,
}

/// Changes to a rule; what is not given stays.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(allow_unvalidated)]
pub struct SearchRulePatch {
    /// The text that it is for.
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub query: Option<String>,
    /// Which texts it applies to.
    pub matches: Option<RuleMatch>,
    /// Products that come first, all of them.
    #[garde(inner(length(max = PINNED_MAX)))]
    #[schema(max_items = 20)]
    pub pinned: Option<Vec<ProductId>>,
    /// Products that come last, all of them.
    #[garde(inner(length(max = BURIED_MAX)))]
    #[schema(max_items = 100)]
    pub buried: Option<Vec<ProductId>>,
    /// The page that opens instead of results; null for none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub redirect: Option<Option<String>>,
    /// When it begins to apply; null for at once.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Option<Timestamp>>,
    /// When it no longer applies; null for never.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Option<Timestamp>>,
    /// Whether it applies.
    pub enabled: Option<bool>,
    /// What staff should remember about it.
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A rule that is in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTerms {
    /// The text that it is for, as staff wrote it.
    pub query: String,
    /// The text as it is compared.
    pub query_key: String,
    /// Which texts it applies to.
    pub matches: RuleMatch,
    /// Products that come first.
    pub pinned: Vec<ProductId>,
    /// Products that come last.
    pub buried: Vec<ProductId>,
    /// The page that opens instead.
    pub redirect: Option<String>,
    /// When it begins to apply.
    pub starts_at: Option<Timestamp>,
    /// When it no longer applies.
    pub ends_at: Option<Timestamp>,
    /// Whether it applies.
    pub enabled: bool,
    /// What staff remember about it.
    pub note: String,
}

const fn yes() -> bool {
    true
}

/// Tells `null` from a field that is not there.
#[expect(
    clippy::option_option,
    reason = "a field of a patch is missing, null or given"
)]
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

impl From<&SearchRule> for NewSearchRule {
    fn from(stored: &SearchRule) -> Self {
        Self {
            query: stored.query.clone(),
            matches: stored.matches,
            pinned: stored.pinned.clone(),
            buried: stored.buried.clone(),
            redirect: stored.redirect.clone(),
            starts_at: stored.starts_at,
            ends_at: stored.ends_at,
            enabled: stored.enabled,
            note: stored.note.clone(),
        }
    }
}

impl SearchRulePatch {
    /// The rule after the change.
    pub fn applied_to(self, stored: &SearchRule) -> NewSearchRule {
        let before = NewSearchRule::from(stored);
        NewSearchRule {
            query: self.query.unwrap_or(before.query),
            matches: self.matches.unwrap_or(before.matches),
            pinned: self.pinned.unwrap_or(before.pinned),
            buried: self.buried.unwrap_or(before.buried),
            redirect: self.redirect.unwrap_or(before.redirect),
            starts_at: self.starts_at.unwrap_or(before.starts_at),
            ends_at: self.ends_at.unwrap_or(before.ends_at),
            enabled: self.enabled.unwrap_or(before.enabled),
            note: self.note.unwrap_or(before.note),
        }
    }
}

impl NewSearchRule {
    /// The rule, if it is in order.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn checked(self) -> Result<RuleTerms, Vec<FieldError>> {
        let mut found = Vec::new();
        let query = text::tidy(&self.query);
        let query_key = text::normalise(&query);
        if !query_key.chars().any(char::is_alphanumeric) {
            found.push(invalid("/query", "required", "needs a letter or a digit"));
        } else if text::has_invisible(&query) {
            found.push(invalid(
                "/query",
                "invalid",
                "must not hold signs that cannot be seen",
            ));
        }
        let mut seen = HashSet::new();
        for (list, products) in [("/pinned", &self.pinned), ("/buried", &self.buried)] {
            for (place, product) in products.iter().enumerate() {
                if !seen.insert(*product) {
                    found.push(invalid(
                        format!("{list}/{place}"),
                        "duplicate",
                        "is pinned or buried already",
                    ));
                }
            }
        }
        if let Some(reason) = self.redirect.as_deref().and_then(redirect::refusal) {
            found.push(invalid("/redirect", "invalid", reason));
        }
        if self.pinned.is_empty() && self.buried.is_empty() && self.redirect.is_none() {
            found.push(invalid(
                "/pinned",
                "required",
                "is required, or buried, or redirect: a rule does something",
            ));
        }
        found.extend(times(self.starts_at, self.ends_at));
        if self.note.contains('\0') {
            found.push(invalid("/note", "invalid", "must not hold NUL"));
        }
        if !found.is_empty() {
            return Err(found);
        }
        Ok(RuleTerms {
            query,
            query_key,
            matches: self.matches,
            pinned: self.pinned,
            buried: self.buried,
            redirect: self.redirect,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            enabled: self.enabled,
            note: self.note.trim().to_owned(),
        })
    }
}

/// What is wrong with a rule's time.
fn times(starts_at: Option<Timestamp>, ends_at: Option<Timestamp>) -> Vec<FieldError> {
    let mut found = Vec::new();
    for (name, time) in [("/starts_at", starts_at), ("/ends_at", ends_at)] {
        if time.is_some_and(|time| !(0..YEAR_2200).contains(&time.as_second())) {
            found.push(invalid(
                name,
                "out_of_range",
                "must lie between 1970 and 2200",
            ));
        }
    }
    // As the database tells times apart.
    if let (Some(starts), Some(ends)) = (starts_at, ends_at)
        && starts.as_microsecond() >= ends.as_microsecond()
    {
        found.push(invalid(
            "/ends_at",
            "out_of_range",
            "must lie after starts_at",
        ));
    }
    found
}
