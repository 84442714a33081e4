//! What searches use: everything that is in force, as of one revision.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use kernel::ProductId;
use search_lexis::Synonyms;

use super::id::RuleId;
use super::rule::{RuleMatch, RuleTerms};
use super::synonym::SynonymTerms;
use super::{text, wordings};

/// What staff decided, as of one revision.
#[derive(Debug, Clone)]
pub struct Active {
    /// Rises with every change by staff; 0 before the first look at the database.
    pub revision: i64,
    /// The built-in synonyms and those of the shop.
    pub synonyms: Arc<Synonyms>,
    /// What many search for, with weights above 0 up to 1, the most popular first.
    pub popular: Vec<(String, f32)>,
    rules: Arc<RuleBook>,
}

/// What becomes of a query's results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// The page of the shop that opens instead of results.
    pub redirect: Option<String>,
    /// Products that come first, in this order.
    pub pinned: Vec<ProductId>,
    /// Products that come last.
    pub buried: Vec<ProductId>,
}

impl From<RuleTerms> for Rule {
    fn from(terms: RuleTerms) -> Self {
        Self {
            redirect: terms.redirect,
            pinned: terms.pinned,
            buried: terms.buried,
        }
    }
}

impl Active {
    /// What is in force when staff decided nothing.
    pub fn built_in() -> Self {
        Self::new(0, &[], Vec::new(), Vec::new())
    }

    /// What is in force with these synonyms, rules and popular queries. What is not enabled is left out.
    pub fn new(
        revision: i64,
        synonyms: &[SynonymTerms],
        rules: Vec<(RuleId, RuleTerms)>,
        popular: Vec<(String, f32)>,
    ) -> Self {
        Self {
            revision,
            synonyms: Arc::new(wordings::merge(synonyms)),
            popular,
            rules: Arc::new(RuleBook::new(rules)),
        }
    }

    /// The same with other popular queries.
    #[must_use]
    pub fn with_popular(&self, popular: Vec<(String, f32)>) -> Self {
        Self {
            popular,
            ..self.clone()
        }
    }

    /// The rule for what a shopper typed. An exact one wins over one that is contained, a longer one of these over a
    /// shorter, then the one that began last, then the newer.
    pub fn rule(&self, typed: &str, now: Timestamp) -> Option<&Rule> {
        self.rules.find(typed, now)
    }
}

/// The enabled rules, to be found by the words of a text.
#[derive(Debug, Default)]
struct RuleBook {
    /// By the whole text.
    exact: HashMap<String, Vec<Entry>>,
    /// By the first word of the rule's text, the longest text first.
    contained: HashMap<String, Vec<Entry>>,
}

#[derive(Debug)]
struct Entry {
    key: String,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    rule: Rule,
}

impl Entry {
    fn applies(&self, now: Timestamp) -> bool {
        self.starts_at.is_none_or(|starts| starts <= now)
            && self.ends_at.is_none_or(|ends| now < ends)
    }
}

impl RuleBook {
    fn new(mut rules: Vec<(RuleId, RuleTerms)>) -> Self {
        rules.retain(|(_, terms)| terms.enabled);
        // The first that applies wins.
        rules.sort_by(|(a_id, a), (b_id, b)| {
            let length = b.query_key.len().cmp(&a.query_key.len());
            length
                .then_with(|| b.starts_at.cmp(&a.starts_at))
                .then_with(|| b_id.cmp(a_id))
        });
        let mut book = Self::default();
        for (_, terms) in rules {
            let key = terms.query_key.clone();
            let (place, name) = match terms.matches {
                RuleMatch::Exact => (&mut book.exact, key.clone()),
                RuleMatch::Contains => {
                    let first = key.split(' ').next().unwrap_or_default();
                    (&mut book.contained, first.to_owned())
                }
            };
            place.entry(name).or_default().push(Entry {
                key,
                starts_at: terms.starts_at,
                ends_at: terms.ends_at,
                rule: terms.into(),
            });
        }
        book
    }

    fn find(&self, typed: &str, now: Timestamp) -> Option<&Rule> {
        if self.exact.is_empty() && self.contained.is_empty() {
            return None;
        }
        let key = text::normalise(typed);
        let exact = self.exact.get(&key).into_iter().flatten();
        if let Some(entry) = exact.into_iter().find(|entry| entry.applies(now)) {
            return Some(&entry.rule);
        }
        let mut best: Option<&Entry> = None;
        let mut start = 0;
        for word in key.split(' ') {
            let rest = &key[start..];
            start += word.len() + 1;
            let here = self.contained.get(word).into_iter().flatten();
            let longer = |entry: &&Entry| best.is_none_or(|best| best.key.len() < entry.key.len());
            let found = here
                .filter(longer)
                .find(|entry| begins(rest, &entry.key) && entry.applies(now));
            best = found.or(best);
        }
        best.map(|entry| &entry.rule)
    }
}

/// Whether the words of `text` begin with those of `words`.
fn begins(text: &str, words: &str) -> bool {
    text.strip_prefix(words)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::merchandising::rule::NewSearchRule;

    fn rule(query: &str, matches: RuleMatch, redirect: &str) -> NewSearchRule {
        NewSearchRule {
            query: query.to_owned(),
            matches,
            pinned: vec![],
            buried: vec![],
            redirect: Some(redirect.to_owned()),
            starts_at: None,
            ends_at: None,
            enabled: true,
            note: String::new(),
        }
    }

    fn book(rules: Vec<NewSearchRule>) -> Active {
        let checked = |rule: NewSearchRule| (RuleId::generate(), rule.checked().expect("in order"));
        let rules = rules.into_iter().map(checked).collect();
        Active::new(1, &[], rules, Vec::new())
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).expect("a time")
    }

    fn found<'a>(active: &'a Active, typed: &str) -> Option<&'a str> {
        active.rule(typed, now())?.redirect.as_deref()
    }

    #[test]
    fn exact_before_contained_and_the_longest_first() {
        let active = book(vec![
            rule("laptop", RuleMatch::Contains, "/c1"),
            rule("Gaming Laptop", RuleMatch::Contains, "/c2"),
            rule("GAMING   láptop", RuleMatch::Exact, "/e"),
            rule("bag", RuleMatch::Contains, "/c3"),
            rule("sale", RuleMatch::Exact, "/sale"),
        ]);
        for (typed, redirect) in [
            ("", None),
            ("laptops", None),
            ("mylaptop", None),
            ("laptop", Some("/c1")),
            (" cheap LAPTOP 15", Some("/c1")),
            ("gaming laptop", Some("/e")),
            ("cheap gaming laptop", Some("/c2")),
            ("gaming laptop bag", Some("/c2")),
            ("bag for a gaming laptop", Some("/c2")),
            ("gaming laptops bag", Some("/c3")),
            ("sale", Some("/sale")),
            ("sale laptop", Some("/c1")),
            ("sale now", None),
        ] {
            assert_eq!(found(&active, typed), redirect, "{typed}");
        }
    }

    #[test]
    fn only_in_its_time_and_while_enabled() {
        let hour = SignedDuration::from_hours(1);
        let timed = |redirect: &str, starts: SignedDuration, ends: SignedDuration| NewSearchRule {
            starts_at: Some(now() + starts),
            ends_at: Some(now() + ends),
            ..rule("tv", RuleMatch::Exact, redirect)
        };
        let off = NewSearchRule {
            enabled: false,
            ..rule("tv", RuleMatch::Exact, "/off")
        };
        let always = rule("tv", RuleMatch::Exact, "/always");
        let past = timed("/past", -hour * 2, -hour);
        let ended = timed("/ended", -hour, SignedDuration::ZERO);
        let future = timed("/future", hour, hour * 2);
        let running = timed("/running", -hour, hour);
        let begun = timed("/begun", SignedDuration::ZERO, hour);
        let contained = rule("tv", RuleMatch::Contains, "/contained");
        let active = book(vec![
            off.clone(),
            past.clone(),
            ended.clone(),
            future.clone(),
        ]);
        assert_eq!(found(&active, "tv"), None);
        let active = book(vec![off, past, ended, future, contained]);
        assert_eq!(found(&active, "tv"), Some("/contained"));
        let active = book(vec![running.clone(), always.clone()]);
        assert_eq!(found(&active, "tv"), Some("/running"));
        let active = book(vec![begun, running, always]);
        assert_eq!(found(&active, "tv"), Some("/begun"));
    }

    #[test]
    fn of_the_same_time_the_newer_one() {
        let active = book(vec![
            rule("tv", RuleMatch::Contains, "/old"),
            rule("tv", RuleMatch::Contains, "/new"),
        ]);
        assert_eq!(found(&active, "a tv"), Some("/new"));
    }

    #[test]
    fn what_shoppers_type_is_harmless() {
        let active = book(vec![rule("a b", RuleMatch::Contains, "/")]);
        for typed in [
            "\0",
            "a\u{200b} b",
            "\u{1f3a7} a b \u{1f3a7}",
            "ﬀ a b",
            "İ a b",
        ] {
            found(&active, typed);
        }
        assert_eq!(found(&active, "\u{1f3a7} a b \u{1f3a7}"), Some("/"));
    }
}
