//! What the shop's own catalogue says about words: kept up to date product by product.

mod codes;
mod kinds;
mod lesson;
mod names;
mod prefixes;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use codes::Codes;
use kinds::Kinds;
pub(crate) use kinds::is_companion;
use lesson::Lesson;
pub(crate) use names::NameId;
use names::Names;
use prefixes::Prefixes;
pub(crate) use table::Id;
use table::Table;

use crate::analysis;
use crate::spelling::Spelling;
use crate::synonyms::Synonyms;

/// What a product teaches.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its title.
    pub title: &'a str,
    /// Slug and name of its brand.
    pub brand: Option<(&'a str, &'a str)>,
    /// Slug and name of its category.
    pub category: (&'a str, &'a str),
    /// Slugs and names of the categories above, from the root down.
    pub parents: &'a [(&'a str, &'a str)],
    /// Stock keeping units, barcodes, manufacturer's numbers.
    pub codes: &'a [&'a str],
    /// Further texts that it is found by: their words are known, no more.
    pub details: &'a [&'a str],
}

/// Words, brands, categories and codes of the catalogue, with how many products hold each.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    pub(crate) products: u32,
    pub(crate) terms: Table<TermUse>,
    pub(crate) words: Table<WordUse>,
    pub(crate) spelling: Spelling,
    pub(crate) prefixes: Prefixes,
    pub(crate) codes: Codes,
    pub(crate) brands: Names,
    /// Compacted names of brands.
    pub(crate) brand_keys: HashMap<String, NameId>,
    pub(crate) categories: Names,
    pub(crate) kinds: Kinds,
    /// Products by brand and category.
    pub(crate) brand_categories: HashMap<NameId, Vec<(NameId, u32)>>,
    pub(crate) synonyms: Option<Arc<Synonyms>>,
    pub(crate) minor_units: Option<i64>,
    /// Folded, in alphabetical order, with weights.
    pub(crate) popular: Vec<(String, f32)>,
    /// Terms and words that nothing holds any more.
    unused: (Vec<Id>, Vec<Id>),
}

/// Where a term is held.
#[derive(Debug, Clone, Default)]
pub(crate) struct TermUse {
    /// Products with it in title, brand or categories.
    pub(crate) products: u32,
    /// Further products with it elsewhere.
    pub(crate) details: u32,
    /// Products of which it says what they are, by category.
    pub(crate) kinds: Vec<(NameId, u32)>,
    /// Products of which it says what they are for, by category.
    pub(crate) purposes: Vec<(NameId, u32)>,
}

/// Where a word as written is held.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordUse {
    /// Products with it in title, brand or categories.
    pub(crate) products: u32,
    /// What follows it in titles, and in how many.
    pub(crate) next: Vec<(Id, u32)>,
}

/// How large a lexicon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Products learnt.
    pub products: u32,
    /// Different terms.
    pub terms: usize,
    /// Different words as written.
    pub words: usize,
    /// Different codes.
    pub codes: usize,
    /// Bytes in memory, about.
    pub bytes: usize,
}

/// What is not used any more is swept when it is more than this and a quarter of all.
const UNUSED_MIN: usize = 1_024;

impl Lexicon {
    /// Takes a product in.
    pub fn learn(&mut self, subject: &Subject<'_>) {
        let lesson = Lesson::of(subject);
        self.products = self.products.saturating_add(1);
        let (category, renamed) = self.categories.hold(subject.category.0, subject.category.1);
        if renamed {
            self.kinds.name(category, subject.category.1);
        }
        for (slug, name) in subject.parents {
            let (parent, renamed) = self.categories.hold(slug, name);
            if renamed {
                self.kinds.name(parent, name);
            }
        }
        if let Some((slug, name)) = subject.brand {
            let (brand, renamed) = self.brands.hold(slug, name);
            if renamed {
                self.brand_keys.insert(analysis::compact(name), brand);
            }
            count_in(
                self.brand_categories.entry(brand).or_default(),
                category,
                true,
            );
        }
        self.kinds.count(category, true);
        self.count(&lesson, category, true);
        self.sweep();
    }

    /// Takes back what [`Lexicon::learn`] was told; the same subject must be given.
    pub fn forget(&mut self, subject: &Subject<'_>) {
        let lesson = Lesson::of(subject);
        // Nobody told of it.
        let Some(category) = self.categories.release(subject.category.0) else {
            return;
        };
        self.products = self.products.saturating_sub(1);
        for (slug, _) in subject.parents {
            self.categories.release(slug);
        }
        if let Some(brand) = subject
            .brand
            .and_then(|(slug, _)| self.brands.release(slug))
            && let Some(categories) = self.brand_categories.get_mut(&brand)
        {
            count_in(categories, category, false);
        }
        self.kinds.count(category, false);
        self.count(&lesson, category, false);
        self.sweep();
    }

    /// An empty one that reads queries with the same synonyms and currency: to be taught anew.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self {
            synonyms: self.synonyms.clone(),
            minor_units: self.minor_units,
            popular: self.popular.clone(),
            ..Self::default()
        }
    }

    /// How large it is.
    pub fn size(&self) -> Size {
        let kinds: usize = self
            .terms
            .iter()
            .map(|(_, _, t)| (t.kinds.capacity() + t.purposes.capacity()) * 8)
            .sum();
        let next: usize = self
            .words
            .iter()
            .map(|(_, _, w)| w.next.capacity() * 8)
            .sum();
        Size {
            products: self.products,
            terms: self.terms.iter().filter(|(_, _, t)| !t.is_unused()).count(),
            words: self.words.iter().filter(|(_, _, w)| w.products > 0).count(),
            codes: self.codes.len(),
            bytes: self.terms.bytes()
                + self.words.bytes()
                + self.codes.bytes()
                + self.spelling.bytes()
                + self.prefixes.bytes()
                + kinds
                + next,
        }
    }

    /// The synonyms that queries are read with. Until they are set, the usual ones of the trade.
    pub fn set_synonyms(&mut self, synonyms: Arc<Synonyms>) {
        self.synonyms = Some(synonyms);
    }

    /// How many minor units the shop's currency has in a major one: 100 (the default) for dollars, 1 for yen.
    pub fn set_minor_units(&mut self, per_major: i64) {
        self.minor_units = Some(per_major.max(1));
    }

    /// Slugs and names of the categories that products are in, or in one below.
    pub fn category_names(&self) -> Vec<(String, String)> {
        let used = self.categories.all().iter().filter(|name| name.count > 0);
        used.map(|name| (name.slug.clone(), name.shown.clone()))
            .collect()
    }

    /// The name of a category.
    pub fn category_name(&self, slug: &str) -> Option<&str> {
        self.categories
            .find(slug)
            .map(|id| self.categories.get(id).shown.as_str())
    }

    /// The name of a brand.
    pub fn brand_name(&self, slug: &str) -> Option<&str> {
        self.brands
            .find(slug)
            .map(|id| self.brands.get(id).shown.as_str())
    }

    fn count(&mut self, lesson: &Lesson, category: NameId, learn: bool) {
        // What was never learnt is not counted down.
        let term_id = |terms: &mut Table<TermUse>, term: &str| {
            if learn {
                Some(terms.insert(term))
            } else {
                terms.find(term)
            }
        };
        let word_id = |words: &mut Table<WordUse>, word: &str| {
            if learn {
                Some(words.insert(word))
            } else {
                words.find(word)
            }
        };
        for term in &lesson.terms {
            let Some(id) = term_id(&mut self.terms, term) else {
                continue;
            };
            count(&mut self.terms.value_mut(id).products, learn);
        }
        for term in &lesson.details {
            let Some(id) = term_id(&mut self.terms, term) else {
                continue;
            };
            count(&mut self.terms.value_mut(id).details, learn);
        }
        for term in &lesson.things {
            let Some(id) = term_id(&mut self.terms, term) else {
                continue;
            };
            count_in(&mut self.terms.value_mut(id).kinds, category, learn);
        }
        for term in &lesson.purposes {
            let Some(id) = term_id(&mut self.terms, term) else {
                continue;
            };
            count_in(&mut self.terms.value_mut(id).purposes, category, learn);
        }
        for word in &lesson.words {
            let Some(id) = word_id(&mut self.words, word) else {
                continue;
            };
            let products = &mut self.words.value_mut(id).products;
            count(products, learn);
            let products = *products;
            self.prefixes.changed(word, id, products, learn);
            if learn && products == 1 {
                self.spelling.insert(word, id);
            }
        }
        for (first, next) in &lesson.pairs {
            let first = word_id(&mut self.words, first);
            let (Some(first), Some(next)) = (first, word_id(&mut self.words, next)) else {
                continue;
            };
            count_in(&mut self.words.value_mut(first).next, next, learn);
        }
        for code in &lesson.codes {
            if learn {
                self.codes.add(code);
            } else {
                self.codes.remove(code);
            }
        }
        if !learn {
            let terms = lesson
                .terms
                .iter()
                .chain(&lesson.details)
                .filter_map(|term| self.terms.find(term));
            self.unused
                .0
                .extend(terms.filter(|id| self.terms.value(*id).is_unused()));
            let words = lesson.words.iter().filter_map(|word| self.words.find(word));
            self.unused
                .1
                .extend(words.filter(|id| self.words.value(*id).products == 0));
        }
    }

    /// Takes what is not used any more away, once it is much.
    fn sweep(&mut self) {
        let much = |unused: usize, all: usize| unused > UNUSED_MIN && unused > all / 4;
        if much(self.unused.0.len(), self.terms.len()) {
            let mut unused = std::mem::take(&mut self.unused.0);
            unused.sort_unstable();
            unused.dedup();
            unused.retain(|id| self.terms.value(*id).is_unused());
            self.terms.purge(unused);
        }
        if much(self.unused.1.len(), self.words.len()) {
            let mut unused = std::mem::take(&mut self.unused.1);
            unused.sort_unstable();
            unused.dedup();
            unused.retain(|id| self.words.value(*id).products == 0);
            self.spelling.remove(&unused);
            self.words.purge(unused);
        }
    }
}

impl TermUse {
    fn is_unused(&self) -> bool {
        self.products == 0 && self.details == 0
    }
}

fn count(value: &mut u32, up: bool) {
    *value = if up {
        value.saturating_add(1)
    } else {
        value.saturating_sub(1)
    };
}

/// Counts in a list that is sorted by its keys.
fn count_in(list: &mut Vec<(u32, u32)>, key: u32, up: bool) {
    match list.binary_search_by_key(&key, |(k, _)| *k) {
        Ok(i) => {
            count(&mut list[i].1, up);
            if list[i].1 == 0 {
                list.remove(i);
            }
        }
        Err(i) if up => list.insert(i, (key, 1)),
        Err(_) => {}
    }
}

#[cfg(test)]
mod tests;
