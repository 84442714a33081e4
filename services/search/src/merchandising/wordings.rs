//! The built-in synonyms and those of the shop, put together for searches.

use std::collections::HashSet;
use std::sync::LazyLock;

use search_lexis::Synonyms;

use super::id::SynonymId;
use super::synonym::{DefaultSynonym, SynonymKind, SynonymTerms};
use super::text;

/// Both sides of an entry as they are compared: in any order and spelling.
type Sides = (Vec<String>, Vec<String>);

/// A built-in entry.
struct Line {
    text: &'static str,
    kind: SynonymKind,
    from: Vec<&'static str>,
    to: Vec<&'static str>,
    sides: Sides,
}

static BUILT_IN: LazyLock<Vec<Line>> = LazyLock::new(|| {
    let lines = search_lexis::synonyms::USUAL.lines();
    lines.filter_map(read).collect()
});

fn read(line: &'static str) -> Option<Line> {
    let text = line.split('#').next().unwrap_or_default().trim();
    if text.is_empty() {
        return None;
    }
    let terms =
        |side: &'static str| -> Vec<&'static str> { side.split(',').map(str::trim).collect() };
    let (kind, from, to) = match text.split_once("=>") {
        Some((from, to)) => (SynonymKind::OneWay, terms(from), terms(to)),
        None => (SynonymKind::Equivalent, terms(text), Vec::new()),
    };
    Some(Line {
        sides: sides(&from, &to),
        text,
        kind,
        from,
        to,
    })
}

fn sides(from: &[impl AsRef<str>], to: &[impl AsRef<str>]) -> Sides {
    let side = |terms: Vec<String>| {
        let mut terms = terms;
        terms.sort_unstable();
        terms
    };
    let from = from.iter().map(|term| text::normalise(term.as_ref()));
    let to = to.iter().map(|term| text::normalise(term.as_ref()));
    (side(from.collect()), side(to.collect()))
}

fn sides_of(terms: &SynonymTerms) -> Sides {
    sides(&terms.from, &terms.to)
}

/// Whether there is a built-in entry with these terms.
pub fn is_built_in(from: &[String], to: &[String]) -> bool {
    let wanted = sides(from, to);
    BUILT_IN.iter().any(|line| line.sides == wanted)
}

/// What is wrong with an entry for those who read queries, in words that follow the field's name.
pub fn refusal(terms: &SynonymTerms) -> Option<String> {
    let errors = Synonyms::parse(&line(terms)?).err()?;
    errors.first().map(|error| error.reason.to_string())
}

/// The built-in entries, with those of the shop that switch them off.
pub fn defaults(disabling: &[(SynonymId, SynonymTerms)]) -> Vec<DefaultSynonym> {
    let disabling: Vec<(SynonymId, Sides)> = disabling
        .iter()
        .map(|(id, terms)| (*id, sides_of(terms)))
        .collect();
    let owned = |terms: &[&str]| terms.iter().map(|term| (*term).to_owned()).collect();
    let entries = BUILT_IN.iter().map(|line| {
        let by = disabling.iter().find(|(_, sides)| *sides == line.sides);
        DefaultSynonym {
            kind: line.kind,
            from: owned(&line.from),
            to: owned(&line.to),
            disabled_by: by.map(|(id, _)| *id),
        }
    });
    entries.collect()
}

/// The built-in synonyms that are not switched off, and the shop's: what both say of a term counts, the shop's first.
pub fn merge(entries: &[SynonymTerms]) -> Synonyms {
    let entries = entries.iter().filter(|entry| entry.enabled);
    let (off, own): (Vec<_>, Vec<_>) = entries.partition(|e| e.kind == SynonymKind::Disabled);
    let off: HashSet<Sides> = off.into_iter().map(sides_of).collect();
    let built_in = if off.is_empty() {
        Synonyms::default()
    } else {
        let left = BUILT_IN.iter().filter(|line| !off.contains(&line.sides));
        parse(left.map(|line| line.text.to_owned()))
    };
    if own.is_empty() {
        built_in
    } else {
        built_in.with(&parse(own.into_iter().filter_map(line)))
    }
}

/// An entry as a line; nothing for one that only switches another off.
fn line(terms: &SynonymTerms) -> Option<String> {
    let from = terms.from.join(", ");
    match terms.kind {
        SynonymKind::Equivalent => Some(from),
        SynonymKind::OneWay => Some(format!("{from} => {}", terms.to.join(", "))),
        SynonymKind::Disabled => None,
    }
}

/// Reads lines. Each was read before it was stored; one that another version of the program does not take is left out.
fn parse(lines: impl Iterator<Item = String>) -> Synonyms {
    let mut lines: Vec<String> = lines.collect();
    match Synonyms::parse(&lines.join("\n")) {
        Ok(synonyms) => synonyms,
        Err(errors) => {
            for error in &errors {
                tracing::error!(line = error.line, reason = %error.reason, "a synonym is left out");
                if let Some(line) = lines.get_mut(error.line.saturating_sub(1)) {
                    line.clear();
                }
            }
            Synonyms::parse(&lines.join("\n")).unwrap_or_else(|_| Synonyms::none())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merchandising::synonym::{NewSynonym, TERMS_MAX};

    fn entry(kind: SynonymKind, from: &[&str], to: &[&str]) -> NewSynonym {
        let owned = |terms: &[&str]| terms.iter().map(|term| (*term).to_owned()).collect();
        NewSynonym {
            kind,
            from: owned(from),
            to: owned(to),
            note: String::new(),
            enabled: true,
        }
    }

    fn checked(entry: NewSynonym) -> SynonymTerms {
        entry.checked().expect("in order")
    }

    #[test]
    fn every_built_in_entry_can_be_switched_off() {
        assert!(BUILT_IN.len() > 100);
        let usual = Synonyms::default();
        assert_eq!(merge(&[]), usual);
        let mut off = Vec::new();
        for default in defaults(&[]) {
            assert!(
                default.from.len() + default.to.len() <= TERMS_MAX,
                "{default:?}"
            );
            let entry = NewSynonym {
                kind: SynonymKind::Disabled,
                from: default
                    .from
                    .iter()
                    .rev()
                    .map(|t| t.to_uppercase())
                    .collect(),
                to: default.to.clone(),
                note: String::new(),
                enabled: true,
            };
            let terms = entry
                .checked()
                .unwrap_or_else(|e| panic!("{default:?}: {e:?}"));
            off.push((SynonymId::generate(), terms));
        }
        let first = merge(&[off[0].1.clone()]);
        assert!(first != usual && !first.is_empty());
        let all: Vec<SynonymTerms> = off.iter().map(|(_, terms)| terms.clone()).collect();
        assert!(merge(&all).is_empty());
        let shown = defaults(&off[..1]);
        assert_eq!(shown[0].disabled_by, Some(off[0].0));
        assert!(shown[1].disabled_by.is_none());
    }

    #[test]
    fn the_shops_own_count_besides_the_built_in_ones() {
        let own = [
            checked(entry(
                SynonymKind::Equivalent,
                &["Klapprechner", "laptop"],
                &[],
            )),
            checked(entry(SynonymKind::OneWay, &["kiste"], &["desktop pc"])),
        ];
        let merged = merge(&own);
        assert_eq!(merged.len(), Synonyms::default().len() + 2);
        let mut off = own.clone();
        off[1].enabled = false;
        assert_eq!(merge(&off).len(), Synonyms::default().len() + 1);
    }

    #[test]
    fn entries_that_name_each_other_do_no_harm() {
        let cycle = [
            checked(entry(SynonymKind::OneWay, &["qqa"], &["qqb"])),
            checked(entry(SynonymKind::OneWay, &["qqb"], &["qqc", "qqa"])),
            checked(entry(SynonymKind::Equivalent, &["qqa", "qqc"], &[])),
        ];
        assert_eq!(merge(&cycle).len(), Synonyms::default().len() + 3);
    }
}
