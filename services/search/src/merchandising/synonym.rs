//! Synonyms as staff write them.

use std::collections::HashSet;

use common::problem::FieldError;
use garde::Validate;
use jiff::Timestamp;
use kernel::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::invalid;
use super::id::SynonymId;
use super::{text, wordings};

/// Terms of one entry, on both sides together.
pub const TERMS_MAX: usize = 20;
/// Characters of one term.
pub const TERM_CHARS_MAX: usize = 64;
/// Words of one term.
pub const TERM_WORDS_MAX: usize = 6;
/// Entries of a shop.
pub const SYNONYMS_MAX: i64 = 2_000;
/// Other wordings that one term of a query may get from all entries of a shop together.
pub const WORDINGS_MAX: usize = 40;

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SynonymKind {
    /// Whoever searches one of `from` finds what the others name.
    Equivalent,
    /// Whoever searches one of `from` also finds what `to` names, never the reverse.
    OneWay,
    /// Switches the built-in entry with these terms off.
    Disabled,
}

impl SynonymKind {
    /// The name, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::OneWay => "one_way",
            Self::Disabled => "disabled",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Equivalent, Self::OneWay, Self::Disabled]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// An entry of the shop's synonyms, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Synonym {
    /// The entry.
    pub id: SynonymId,
    /// What it does.
    pub kind: SynonymKind,
    /// The terms that it applies to.
    pub from: Vec<String>,
    /// What they also find; empty for `equivalent`.
    pub to: Vec<String>,
    /// What staff remember about it.
    pub note: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// Rises with every change.
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A built-in entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DefaultSynonym {
    /// What it does: `equivalent` or `one_way`.
    pub kind: SynonymKind,
    /// The terms that it applies to.
    pub from: Vec<String>,
    /// What they also find.
    pub to: Vec<String>,
    /// The entry of kind `disabled` that switches it off; delete that to switch it on again.
    #[schema(required)]
    pub disabled_by: Option<SynonymId>,
}

/// The built-in entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DefaultSynonyms {
    /// All of them, in their order.
    pub items: Vec<DefaultSynonym>,
}

/// An entry to be made. At most 20 terms on both sides together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewSynonym {
    /// What it does.
    pub kind: SynonymKind,
    /// The terms that it applies to; of `disabled` the terms of the built-in entry. Each at most 64 characters and 6 words,
    /// without `,`, `#` and `=>`.
    #[garde(length(min = 1, max = TERMS_MAX))]
    #[schema(min_items = 1, max_items = 20, example = json!(["laptop", "notebook"]))]
    pub from: Vec<String>,
    /// What they also find. Required for `one_way`, empty for `equivalent`.
    #[serde(default)]
    #[garde(length(max = TERMS_MAX))]
    #[schema(max_items = 20)]
    pub to: Vec<String>,
    /// What staff should remember about it.
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    pub note: String,
    /// Whether it is in force; it is if not given.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub enabled: bool,
}

/// Changes to an entry; what is not given stays.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(allow_unvalidated)]
pub struct SynonymPatch {
    /// What it does.
    pub kind: Option<SynonymKind>,
    /// The terms that it applies to, all of them.
    #[garde(inner(length(min = 1, max = TERMS_MAX)))]
    #[schema(min_items = 1, max_items = 20)]
    pub from: Option<Vec<String>>,
    /// What they also find, all of it.
    #[garde(inner(length(max = TERMS_MAX)))]
    #[schema(max_items = 20)]
    pub to: Option<Vec<String>>,
    /// What staff should remember about it.
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// Whether it is in force.
    pub enabled: Option<bool>,
}

/// An entry that keeps the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynonymTerms {
    /// What it does.
    pub kind: SynonymKind,
    /// The terms that it applies to.
    pub from: Vec<String>,
    /// What they also find.
    pub to: Vec<String>,
    /// `from`, as queries are compared with it.
    pub keys: Vec<String>,
    /// What staff remember about it.
    pub note: String,
    /// Whether it is in force.
    pub enabled: bool,
}

const fn yes() -> bool {
    true
}

impl SynonymTerms {
    /// How many other wordings each of its terms gets from it.
    pub fn wordings(&self) -> usize {
        match self.kind {
            SynonymKind::Equivalent => self.from.len().saturating_sub(1),
            SynonymKind::OneWay => self.to.len(),
            SynonymKind::Disabled => 0,
        }
    }
}

impl From<&Synonym> for NewSynonym {
    fn from(stored: &Synonym) -> Self {
        Self {
            kind: stored.kind,
            from: stored.from.clone(),
            to: stored.to.clone(),
            note: stored.note.clone(),
            enabled: stored.enabled,
        }
    }
}

impl SynonymPatch {
    /// The entry after the change.
    pub fn applied_to(self, stored: &Synonym) -> NewSynonym {
        let before = NewSynonym::from(stored);
        NewSynonym {
            kind: self.kind.unwrap_or(before.kind),
            from: self.from.unwrap_or(before.from),
            to: self.to.unwrap_or(before.to),
            note: self.note.unwrap_or(before.note),
            enabled: self.enabled.unwrap_or(before.enabled),
        }
    }
}

impl NewSynonym {
    /// The entry, if it keeps the rules.
    ///
    /// # Errors
    /// Every field that breaks one.
    pub fn checked(self) -> Result<SynonymTerms, Vec<FieldError>> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let (from, keys) = terms("/from", &self.from, &mut seen, &mut found);
        let (to, _) = terms("/to", &self.to, &mut seen, &mut found);
        if self.from.len() + self.to.len() > TERMS_MAX {
            found.push(invalid(
                "/to",
                "invalid_length",
                format!("an entry holds at most {TERMS_MAX} terms"),
            ));
        }
        match self.kind {
            SynonymKind::Equivalent if self.from.len() < 2 => {
                found.push(invalid(
                    "/from",
                    "invalid_length",
                    "needs two terms at least",
                ));
            }
            SynonymKind::Equivalent if !self.to.is_empty() => {
                found.push(invalid(
                    "/to",
                    "invalid",
                    "must be empty: all terms stand in from",
                ));
            }
            SynonymKind::OneWay if self.to.is_empty() => {
                found.push(invalid(
                    "/to",
                    "required",
                    "is required: what the terms also find",
                ));
            }
            _ => {}
        }
        if self.note.contains('\0') {
            found.push(invalid("/note", "invalid", "must not hold NUL"));
        }
        if !found.is_empty() {
            return Err(found);
        }
        if self.kind == SynonymKind::Disabled && !wordings::is_built_in(&from, &to) {
            let detail = "is no built-in entry; from and to must be its terms";
            return Err(vec![invalid("/from", "unknown_value", detail)]);
        }
        let terms = SynonymTerms {
            kind: self.kind,
            from,
            to,
            keys,
            note: self.note.trim().to_owned(),
            enabled: self.enabled,
        };
        match wordings::refusal(&terms) {
            Some(reason) => Err(vec![invalid("/from", "invalid", reason)]),
            None => Ok(terms),
        }
    }
}

/// The terms of one side, tidied and as they are compared. `seen` holds those of the entry so far.
fn terms(
    side: &str,
    given: &[String],
    seen: &mut HashSet<String>,
    found: &mut Vec<FieldError>,
) -> (Vec<String>, Vec<String>) {
    let (mut tidied, mut keys) = (Vec::new(), Vec::new());
    for (place, term) in given.iter().enumerate() {
        let term = text::tidy(term);
        let key = text::normalise(&term);
        let problem = if !key.chars().any(char::is_alphanumeric) {
            Some(("required", "needs a letter or a digit"))
        } else if term.chars().count() > TERM_CHARS_MAX {
            Some(("invalid_length", "must be at most 64 characters"))
        } else if key.split(' ').count() > TERM_WORDS_MAX {
            Some(("invalid_length", "must be at most 6 words"))
        } else if term.contains([',', '#']) || term.contains("=>") || text::has_invisible(&term) {
            Some((
                "invalid",
                "must not hold , # => or signs that cannot be seen",
            ))
        } else if !seen.insert(key.clone()) {
            Some(("duplicate", "stands in the entry already"))
        } else {
            None
        };
        if let Some((code, detail)) = problem {
            found.push(invalid(format!("{side}/{place}"), code, detail));
        }
        tidied.push(term);
        keys.push(key);
    }
    (tidied, keys)
}
