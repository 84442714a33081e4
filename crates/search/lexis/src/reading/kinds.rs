//! Which kinds of products a query names: `laptop` names laptops, not their bags.

use std::collections::HashMap;

use super::reader::{Read, Reader};
use crate::analysis::Shape;
use crate::lexicon::{Lexicon, NameId, is_companion};

/// Kinds in an answer at most.
const KINDS_MAX: usize = 8;
/// Less likely kinds are left out.
const WEIGHT_MIN: f32 = 0.08;
/// What a synonym counts.
const SYNONYM: f32 = 0.9;
/// What a thing counts that is not the last word: `laptop` in `laptop black`.
const NOT_LAST: f32 = 0.9;
/// From this weight on a kind is surely what is named; its own name leaves the kinds above it out.
pub const SURE: f32 = 0.75;
/// From this weight on the first kind is what is meant, unless the shop has nothing of the sort.
pub(super) const LIKELY: f32 = 0.4;
/// What titles count at most.
const TITLES: f32 = 0.7;
/// What titles count at most beside names that say it all.
const TITLES_BESIDE_NAME: f32 = 0.15;
/// What a kind counts that only goes with what was asked for.
const COMPANION: f32 = 0.35;
/// What a word counts that another thing of the list brought along.
const SHARED: f32 = 0.4;
/// What a thing counts that a category lists behind others: `Tablets` are tablets before `Pens, tablets and presenters`.
const LISTED_LATER: f32 = 0.9;
/// What a kind counts that is not made for what else is said, beside one that is.
const UNFIT: f32 = 0.6;
/// How much of a word's use is believed to be chance.
const CHANCE: f32 = 0.05;

/// Weights by category.
type Weights = HashMap<NameId, f32>;

impl Reader<'_> {
    /// Slugs of categories with weights, the surest first.
    pub(super) fn kinds(&self) -> Vec<(String, f32)> {
        let things: Vec<&Read> = self
            .reads
            .iter()
            .filter(|read| {
                read.tokens.start < self.thing_end && !read.brand && !read.concept.optional
            })
            .collect();
        let mut kinds = self.named(&things);
        self.prefer_purposes(&mut kinds);
        let named = kinds.values().copied().fold(0.0, f32::max);
        let most = TITLES - (TITLES - TITLES_BESIDE_NAME) * named;
        for (category, share) in self.learnt(&things) {
            let known = kinds.entry(category).or_default();
            *known = 1.0 - (1.0 - *known) * (1.0 - share * most);
        }
        let is_leaf = |category: &NameId| self.lexicon.kinds.products(*category) > 0;
        let sure = kinds
            .iter()
            .any(|(category, weight)| *weight >= SURE && is_leaf(category));
        let mut kinds: Vec<(String, f32)> = kinds
            .into_iter()
            .filter(|(category, weight)| *weight >= WEIGHT_MIN && (!sure || is_leaf(category)))
            .map(|(category, weight)| (self.lexicon.categories.get(category), weight.min(1.0)))
            .filter(|(category, _)| category.count > 0)
            .map(|(category, weight)| (category.slug.clone(), weight))
            .collect();
        kinds.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        kinds.truncate(KINDS_MAX);
        kinds
    }

    /// Categories whose names hold the thing that is asked for: the last word that is a thing.
    fn named(&self, things: &[&Read]) -> Weights {
        let typed: Vec<&String> = things.iter().flat_map(|read| &read.wordings[0]).collect();
        for (place, read) in things.iter().enumerate().rev() {
            let mut found = Weights::new();
            for (i, wording) in read.wordings.iter().enumerate() {
                let weight = if i == 0 { 1.0 } else { SYNONYM };
                for (wording, weight) in self.called(wording, weight) {
                    for (category, share) in self.lexicon.named(&wording, &typed) {
                        let known = found.entry(category).or_default();
                        *known = known.max(share * weight);
                    }
                }
            }
            if !found.is_empty() {
                let last = place + 1 == things.len() || !self.is_wordy(things[place + 1]);
                for weight in found.values_mut() {
                    *weight *= if last { 1.0 } else { NOT_LAST };
                }
                return found;
            }
        }
        Weights::new()
    }

    /// Of kinds that are named alike, those count more that are made for what else is said: `case for iphone`.
    #[expect(clippy::cast_precision_loss, reason = "shares of counts")]
    fn prefer_purposes(&self, kinds: &mut Weights) {
        let lexicon = self.lexicon;
        let sure = kinds.values().any(|weight| *weight >= SURE);
        let covered: Vec<&String> = kinds
            .keys()
            .flat_map(|category| lexicon.kinds.phrases(*category))
            .flat_map(|phrase| phrase.words.iter().chain(&phrase.shared))
            .collect();
        let said = |read: &&Read| {
            let purpose = read.tokens.start >= self.thing_end;
            !read.concept.optional && !read.brand && (purpose || !sure)
        };
        let words = self.reads.iter().filter(said);
        let uses: Vec<_> = words
            .flat_map(|read| &read.wordings[0])
            .filter(|word| !covered.contains(word))
            .filter_map(|word| lexicon.terms.get(word))
            .filter(|term| !term.purposes.is_empty())
            .collect();
        for term in uses {
            let count = |category: &NameId| -> f32 {
                let of = |list: &[(NameId, u32)]| {
                    list.binary_search_by_key(category, |k| k.0)
                        .map_or(0, |at| list[at].1)
                };
                (of(&term.kinds) + of(&term.purposes)) as f32
            };
            let most = kinds.keys().map(count).fold(0.0, f32::max);
            if most > 0.0 {
                for (category, weight) in &mut *kinds {
                    *weight *= UNFIT + (1.0 - UNFIT) * count(category) / most;
                }
            }
        }
    }

    /// A wording, and the same with other names of its thing: `flat screen tv` for `television`.
    fn called(&self, wording: &[String], weight: f32) -> Vec<(Vec<String>, f32)> {
        let mut all = vec![(wording.to_vec(), weight)];
        let Some((thing, before)) = wording
            .split_last()
            .filter(|(_, before)| !before.is_empty())
        else {
            return all;
        };
        for other in self
            .synonyms
            .begin(&[thing])
            .map_or(&[][..], |found| found.1)
        {
            all.push((
                before.iter().chain(other).cloned().collect(),
                weight * SYNONYM,
            ));
        }
        all
    }

    /// Categories of the products whose titles hold the words.
    fn learnt(&self, things: &[&Read]) -> Weights {
        let wordy: Vec<&&Read> = things.iter().filter(|read| self.is_wordy(read)).collect();
        let typed = |i: usize| wordy[i].wordings[0].as_slice();
        let mut wordings = vec![((0..wordy.len()).flat_map(typed).collect::<Vec<_>>(), 1.0)];
        // Of the thing alone, what else it is called.
        if let Some((last, before)) = wordy.split_last() {
            for other in last.wordings.iter().skip(1) {
                wordings.push((
                    (0..before.len()).flat_map(typed).chain(other).collect(),
                    SYNONYM,
                ));
            }
        }
        let mut found = Weights::new();
        for (words, weight) in &wordings {
            for (category, share) in self.lexicon.learnt(words) {
                let known = found.entry(category).or_default();
                *known = known.max(share * weight);
            }
        }
        found
    }

    /// Whether it is a word, not a number or a size.
    fn is_wordy(&self, read: &Read) -> bool {
        let shape = self.tokens.get(read.tokens.start).map(|t| t.shape);
        read.wordings.len() > 1
            || read.tokens.len() > 1
            || matches!(
                shape,
                Some(Shape::Word | Shape::Compound | Shape::Ideographs | Shape::Code)
            )
    }
}

impl Lexicon {
    /// Categories that list the thing that a wording ends with: the share of the category's words that were typed, times
    /// the share of the wording's words that the category has.
    #[expect(clippy::cast_precision_loss, reason = "a share of few words")]
    fn named(&self, wording: &[String], typed: &[&String]) -> Vec<(NameId, f32)> {
        let Some(thing) = wording.last() else {
            return Vec::new();
        };
        let has = |word: &&String| wording.contains(word) || typed.contains(word);
        let mut found = Vec::new();
        for &category in self.kinds.of_thing(thing) {
            for phrase in self
                .kinds
                .phrases(category)
                .iter()
                .filter(|p| p.words.last() == Some(thing))
            {
                let own = phrase.words.iter().filter(has).count() as f32;
                let shared = phrase.shared.iter().filter(has).count() as f32;
                let all = phrase.words.len() as f32 + SHARED * phrase.shared.len() as f32;
                let covers =
                    |word: &&String| phrase.words.contains(word) || phrase.shared.contains(word);
                let covered = wording.iter().filter(covers).count() as f32 / wording.len() as f32;
                let place = if phrase.first { 1.0 } else { LISTED_LATER };
                found.push((category, (own + SHARED * shared) / all * covered * place));
            }
        }
        found
    }

    /// Categories of the products whose titles hold the words, with how likely each is.
    #[expect(clippy::cast_precision_loss, reason = "shares of counts")]
    fn learnt(&self, words: &[&String]) -> Vec<(NameId, f32)> {
        let uses: Vec<_> = words
            .iter()
            .filter_map(|w| self.terms.get(w))
            .map(|t| &t.kinds)
            .filter(|k| !k.is_empty())
            .collect();
        let mut scores = Weights::new();
        for kinds in &uses {
            for (category, _) in *kinds {
                scores.entry(*category).or_default();
            }
        }
        for kinds in &uses {
            let total: u32 = kinds.iter().map(|k| k.1).sum();
            // Rare words say more.
            let weight = (1.0 + self.products as f32 / total as f32).ln()
                / (1.0 + self.products as f32).ln();
            for (category, score) in &mut scores {
                let held = kinds
                    .binary_search_by_key(category, |k| k.0)
                    .map_or(0, |at| kinds[at].1);
                let share = held as f32 / total as f32;
                *score += (0.5 + weight) * (share * (1.0 - CHANCE) + CHANCE * CHANCE).ln();
            }
        }
        let companions = words.iter().any(|w| is_companion(w));
        let best = scores.values().copied().fold(f32::MIN, f32::max);
        let mut found: Vec<(NameId, f32)> = scores
            .into_iter()
            .map(|(category, score)| (category, (score - best).exp()))
            .collect();
        let total: f32 = found.iter().map(|f| f.1).sum();
        for (_, score) in &mut found {
            *score /= total.max(f32::MIN_POSITIVE);
        }
        if !companions {
            let is_companion = |f: &&mut (NameId, f32)| self.kinds.are_companions(f.0);
            found
                .iter_mut()
                .filter(is_companion)
                .for_each(|f| f.1 *= COMPANION);
        }
        // Few products are little evidence.
        let seen: u32 = uses
            .iter()
            .map(|kinds| kinds.iter().map(|k| k.1).sum::<u32>())
            .min()
            .unwrap_or(0);
        // And so are some words of several.
        let known = uses.len() as f32 / words.len().max(1) as f32;
        let evidence = seen as f32 / (seen as f32 + 2.0) * known * known;
        found
            .iter()
            .map(|(category, score)| (*category, score * evidence))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Lexicon, Subject};

    #[test]
    fn a_list_that_begins_with_the_thing_names_it_more_surely() {
        let mut shop = Lexicon::default();
        for (slug, name, title) in [
            (
                "input",
                "Pens, tablets and presenters",
                "Acme laser pointer",
            ),
            ("tablets", "Tablets and e-readers", "Acme Tab 7"),
            ("input", "Pens, tablets and presenters", "Acme stylus"),
        ] {
            shop.learn(&Subject {
                title,
                brand: None,
                category: (slug, name),
                parents: &[],
                codes: &[],
                details: &[],
            });
        }
        for (query, wanted) in [
            ("presenter", "input"),
            ("e-reader", "tablets"),
            ("tablet", "tablets"),
        ] {
            let kinds = shop.read(query).kinds;
            assert_eq!(kinds[0].0, wanted, "{query}: {kinds:?}");
        }
        let kinds = shop.read("tablet").kinds;
        assert!(kinds[0].1 > kinds[1].1, "{kinds:?}");
    }
}
