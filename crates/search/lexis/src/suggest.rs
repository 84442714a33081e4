//! What somebody who types may go on with: queries and categories.

mod phrases;
mod slips;
use crate::analysis::{self, fold};
use crate::lexicon::Lexicon;
use crate::words::is_optional;

/// Characters of a text that are looked at.
const CHARS_MAX: usize = 100;
/// Words of a text that are looked at.
const WORDS_MAX: usize = 8;

/// A way to go on, and how good it is.
type Scored = (String, f32);

/// What was typed, in words: the last one may go on.
struct Begun {
    head: Vec<String>,
    last: String,
}

impl Lexicon {
    /// The queries that are popular in the shop, with weights above 0 up to 1, instead of those told before.
    pub fn set_popular(&mut self, queries: Vec<(String, f32)>) {
        let mut popular: Vec<(String, f32)> = queries
            .into_iter()
            .map(|(text, weight)| {
                (
                    tidy(&text),
                    if weight.is_finite() {
                        weight.clamp(0.0, 1.0)
                    } else {
                        0.0
                    },
                )
            })
            .filter(|(text, _)| !text.is_empty())
            .collect();
        popular.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.total_cmp(&a.1)));
        popular.dedup_by(|next, kept| next.0 == kept.0);
        self.popular = popular;
    }

    /// Queries that go on from a text, the best first, each in lower case and other than the text itself: popular
    /// ones, names of categories, words and phrases of titles, brands with their categories. Slips are forgiven when
    /// nothing begins as typed.
    pub fn complete(&self, text: &str, limit: usize) -> Vec<String> {
        let Some(begun) = Begun::of(text) else {
            return Vec::new();
        };
        let mut found = self.going_on(&begun, 0.0);
        if found.len() < limit
            && let Some(better) = self.without_slips(&begun)
        {
            found.extend(self.going_on(&better, -20.0));
        }
        found.sort_by(|a, b| {
            b.1.total_cmp(&a.1)
                .then_with(|| a.0.len().cmp(&b.0.len()))
                .then_with(|| a.0.cmp(&b.0))
        });
        let typed = begun.text();
        let mut seen: Vec<Vec<String>> = Vec::new();
        let mut out = Vec::new();
        for (query, _) in found {
            if out.len() == limit {
                break;
            }
            let mut stems = analysis::stems(&query);
            stems.sort_unstable();
            if query != typed && !seen.contains(&stems) {
                seen.push(stems);
                out.push(as_written(&query));
            }
        }
        out
    }

    /// Categories that a text names or begins to name: slugs and names, the best first.
    pub fn categories(&self, text: &str, limit: usize) -> Vec<(String, String)> {
        let Some(begun) = Begun::of(text) else {
            return Vec::new();
        };
        let mut found: Vec<(u32, f32)> = self.categories_begun(&begun);
        let long = begun.head.len() * 2 + begun.last.chars().count() >= 2;
        if long {
            let reading = self.read(text);
            let kinds = match &reading.correction {
                Some(better) if found.is_empty() => &better.kinds,
                _ => &reading.kinds,
            };
            let named = kinds.iter().filter(|(_, weight)| *weight >= 0.3);
            found.extend(
                named.filter_map(|(slug, weight)| Some((self.categories.find(slug)?, *weight))),
            );
        }
        if found.is_empty()
            && let Some(better) = self.without_slips(&begun)
        {
            found = self.categories_begun(&better);
        }
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut out: Vec<(String, String)> = Vec::new();
        for (category, _) in found {
            let category = self.categories.get(category);
            if out.len() < limit && !out.iter().any(|(slug, _)| *slug == category.slug) {
                out.push((category.slug.clone(), category.shown.clone()));
            }
        }
        out
    }

    /// Categories whose names have all words, the last one begun.
    fn categories_begun(&self, begun: &Begun) -> Vec<(u32, f32)> {
        let used = self
            .categories
            .all()
            .iter()
            .zip(0..)
            .filter(|(name, _)| name.count > 0);
        let scored = used.filter_map(|(name, id)| {
            let words = self.kinds.name_words(id);
            let head = begun.head.iter().all(|word| {
                is_optional(word)
                    || words
                        .iter()
                        .any(|(w, stem)| w == word || *stem == analysis::stem(word))
            });
            let place = words
                .iter()
                .position(|(word, _)| word.starts_with(&begun.last))
                .filter(|_| head)?;
            let first = if place == begun.head.len() { 1.0 } else { 0.0 };
            Some((id, 1.0 + first + logarithm(name.count) / 20.0))
        });
        scored.collect()
    }

    fn going_on(&self, begun: &Begun, base: f32) -> Vec<Scored> {
        let text = begun.text();
        let mut found: Vec<Scored> = Vec::new();
        let from = self.popular.partition_point(|(query, _)| *query < text);
        let popular = self
            .popular
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|(query, _)| query.starts_with(&text));
        found.extend(popular.map(|(query, weight)| (query.clone(), 10.0 + 10.0 * weight)));
        for (products, id) in (0..)
            .zip(self.categories.all())
            .map(|(id, _)| (self.kinds.products(id), id))
            .filter(|c| c.0 > 0)
        {
            for thing in self
                .kinds
                .shown(id)
                .filter(|thing| thing.starts_with(&text))
            {
                found.push((thing.to_owned(), 2.0 + logarithm(products)));
            }
        }
        match begun.head.split_last() {
            None => self.words_from(&begun.last, &mut found),
            Some((before, others)) => self.phrases_from(before, others, begun, &mut found),
        }
        for (_, score) in &mut found {
            *score += base;
        }
        found
    }
}

impl Begun {
    fn of(text: &str) -> Option<Self> {
        let text: String = text.trim_start().chars().take(CHARS_MAX).collect();
        let mut words: Vec<String> = fold(&text)
            .split_whitespace()
            .map(whole)
            .filter(|w| !w.is_empty())
            .collect();
        let ended = text.ends_with(char::is_whitespace);
        words.truncate(WORDS_MAX);
        let last = if ended { String::new() } else { words.pop()? };
        (!last.is_empty() || !words.is_empty()).then_some(Self { head: words, last })
    }

    fn text(&self) -> String {
        let mut text = self.head.join(" ");
        if !text.is_empty() {
            text.push(' ');
        }
        text + &self.last
    }
}

/// A word as titles have it: `wi-fi` is one.
fn whole(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(*c))
        .collect()
}

fn tidy(text: &str) -> String {
    let text: String = text.chars().take(CHARS_MAX).collect();
    fold(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words as people write them that terms hold in one.
fn as_written(query: &str) -> String {
    let word = |word: &str| match word {
        "usba" | "usbb" | "usbc" => format!("usb-{}", &word[3..]),
        "typea" | "typeb" | "typec" => format!("type-{}", &word[4..]),
        "wifi" => "wi-fi".to_owned(),
        _ => word.to_owned(),
    };
    query.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[expect(clippy::cast_precision_loss, reason = "a score")]
fn logarithm(count: u32) -> f32 {
    (1.0 + count as f32).ln()
}

#[cfg(test)]
mod tests;
