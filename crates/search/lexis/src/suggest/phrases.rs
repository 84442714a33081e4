//! Words and phrases that go on from what was typed.

use super::{Begun, Scored, logarithm};
use crate::analysis::{self, compact};
use crate::lexicon::{Id, Lexicon};
use crate::words::is_optional;

/// Ways to go on that are compared for one beginning.
const TRIED_MAX: usize = 24;
impl Lexicon {
    /// One word that begins so, and phrases that it begins.
    pub(super) fn words_from(&self, last: &str, found: &mut Vec<Scored>) {
        for (id, products) in self.top(self.prefixes.begun(last).map(|(_, id)| id), |_| true) {
            let word = self.words.text(id);
            if word == last || word.chars().count() > 2 {
                found.push((word.to_owned(), logarithm(products)));
            }
            // Who has typed a whole word goes on behind it.
            let whole = if word == last { 1.5 } else { -1.0 };
            for (next, together) in
                self.nexts(id, "")
                    .into_iter()
                    .take(if word == last { 12 } else { 2 })
            {
                found.push((
                    self.phrase(&[], id, next),
                    logarithm(together) + whole + self.names_thing(next),
                ));
            }
            self.brand_kinds(word, word, "", found);
        }
    }

    /// Phrases that go on behind whole words.
    pub(super) fn phrases_from(
        &self,
        before: &str,
        others: &[String],
        begun: &Begun,
        found: &mut Vec<Scored>,
    ) {
        let head = begun.head.join(" ");
        if let Some(id) = self.words.find(before) {
            for (next, together) in self.nexts(id, &begun.last) {
                let earlier = others.last().map_or(0, |word| self.follows(word, before));
                let known = if others.is_empty() || earlier > 0 {
                    1.0
                } else {
                    0.0
                };
                found.push((
                    self.phrase(others, id, next),
                    logarithm(together) + known + self.names_thing(next),
                ));
            }
        }
        self.brand_kinds(&compact(&head), &head, &begun.last, found);
        if begun.last.is_empty() {
            return;
        }
        // Words that are said of the same things, wherever they stand.
        let stem = analysis::stem(before);
        for (id, products) in self.top(self.prefixes.begun(&begun.last).map(|(_, id)| id), |id| {
            !is_optional(self.words.text(id))
        }) {
            let word = self.words.text(id);
            let together = self.together(word, &stem);
            if together > 0.1 && word.chars().count() > 2 && !begun.head.iter().any(|w| w == word) {
                found.push((
                    format!("{head} {word}"),
                    logarithm(products) * together - 2.0,
                ));
            }
        }
    }

    /// A brand with the categories that it is found in.
    fn brand_kinds(&self, key: &str, shown: &str, last: &str, found: &mut Vec<Scored>) {
        let Some(&brand) = self.brand_keys.get(key) else {
            return;
        };
        for (category, products) in self.brand_categories.get(&brand).into_iter().flatten() {
            for thing in self
                .kinds
                .shown(*category)
                .take(1)
                .filter(|thing| thing.starts_with(last))
            {
                found.push((format!("{shown} {thing}"), logarithm(*products) + 0.5));
            }
        }
    }

    /// What follows a word in titles, the most frequent first.
    fn nexts(&self, id: Id, begin: &str) -> Vec<(Id, u32)> {
        let usable = |word: &str| {
            let long = word.chars().count() > 2
                || word.bytes().any(|b| b.is_ascii_digit())
                || word == "tv"
                || word == "pc";
            word.starts_with(begin) && !is_optional(word) && long
        };
        let mut nexts: Vec<(Id, u32)> = self
            .words
            .value(id)
            .next
            .iter()
            .filter(|(next, _)| usable(self.words.text(*next)))
            .copied()
            .collect();
        nexts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        nexts.truncate(TRIED_MAX);
        nexts
    }

    /// Two words with those before them, and the one behind them that hardly ever lacks.
    fn phrase(&self, others: &[String], id: Id, next: Id) -> String {
        let mut words: Vec<&str> = others.iter().map(String::as_str).collect();
        words.extend([self.words.text(id), self.words.text(next)]);
        let products = self.words.value(next).products;
        let share = if self.names_thing(next) > 0.0 { 7 } else { 4 };
        let mostly = |(_, together): &&(Id, u32)| {
            together.saturating_mul(10) >= products.saturating_mul(share) && products >= 3
        };
        let always = self
            .words
            .value(next)
            .next
            .iter()
            .filter(mostly)
            .max_by_key(|(_, together)| *together);
        let always = always
            .map(|(last, _)| self.words.text(*last))
            .filter(|w| !is_optional(w) && w.len() > 2 && !words.contains(w));
        words.extend(always);
        words.join(" ")
    }

    /// What it counts that a word is the name of a thing.
    pub(super) fn names_thing(&self, id: Id) -> f32 {
        let thing = !self
            .kinds
            .of_thing(&analysis::stem(self.words.text(id)))
            .is_empty();
        if thing { 1.5 } else { 0.0 }
    }

    /// The words of most products.
    fn top(&self, ids: impl Iterator<Item = Id>, usable: impl Fn(Id) -> bool) -> Vec<(Id, u32)> {
        let mut top: Vec<(Id, u32)> = ids.map(|id| (id, self.words.value(id).products)).collect();
        let order = |a: &(Id, u32), b: &(Id, u32)| b.1.cmp(&a.1).then(a.0.cmp(&b.0));
        if top.len() > 4 * TRIED_MAX {
            top.select_nth_unstable_by(4 * TRIED_MAX, order);
            top.truncate(4 * TRIED_MAX);
        }
        top.sort_unstable_by(order);
        top.retain(|(id, _)| usable(*id));
        top.truncate(TRIED_MAX);
        top
    }
}
