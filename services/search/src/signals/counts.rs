//! What was counted and not written down yet.

use std::collections::HashMap;

use kernel::ProductId;

use super::privacy::{Number, Verdict};

/// What was counted for a product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProductCounts {
    /// Looks at its page.
    pub views: u32,
    /// Opened from a list of results.
    pub clicks: u32,
    /// Put into carts.
    pub carts: u32,
}

/// What was counted for a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueryCounts {
    /// Searches.
    pub searches: u32,
    /// Of them, without results.
    pub zero_results: u32,
    /// Of them, corrected.
    pub corrected: u32,
    /// Searches from which a product was opened.
    pub clicks: u32,
    /// Of them, with a known place.
    pub placed_clicks: u32,
    /// Sum of those places.
    pub place_sum: u64,
    /// Searches from which a product was put into the cart.
    pub carts: u32,
}

/// What was counted and not written down yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By product.
    pub products: HashMap<ProductId, ProductCounts>,
    /// By text.
    pub queries: HashMap<String, QueryCounts>,
    /// By text that holds long numbers, which must be codes.
    pub numbered: HashMap<String, (Vec<Number>, QueryCounts)>,
}

impl ProductCounts {
    fn add(&mut self, other: Self) {
        self.views = self.views.saturating_add(other.views);
        self.clicks = self.clicks.saturating_add(other.clicks);
        self.carts = self.carts.saturating_add(other.carts);
    }
}

impl QueryCounts {
    fn add(&mut self, other: Self) {
        self.searches = self.searches.saturating_add(other.searches);
        self.zero_results = self.zero_results.saturating_add(other.zero_results);
        self.corrected = self.corrected.saturating_add(other.corrected);
        self.clicks = self.clicks.saturating_add(other.clicks);
        self.placed_clicks = self.placed_clicks.saturating_add(other.placed_clicks);
        self.place_sum = self.place_sum.saturating_add(other.place_sum);
        self.carts = self.carts.saturating_add(other.carts);
    }
}

impl Counts {
    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.products.is_empty() && self.queries.is_empty() && self.numbered.is_empty()
    }

    /// Counts for a product. False where there is no room among `max` products.
    pub fn add_product(&mut self, product: ProductId, added: ProductCounts, max: usize) -> bool {
        if self.products.len() >= max && !self.products.contains_key(&product) {
            return false;
        }
        self.products.entry(product).or_default().add(added);
        true
    }

    /// Counts for a text. False where there is no room among `max` texts.
    pub fn add_query(&mut self, verdict: Verdict, added: QueryCounts, max: usize) -> bool {
        let room = self.queries.len().saturating_add(self.numbered.len()) < max;
        let held = match verdict {
            Verdict::Forget => return true,
            Verdict::Keep(text) if room || self.queries.contains_key(&text) => {
                self.queries.entry(text).or_default()
            }
            Verdict::KeepIfCodes { text, numbers } if room || self.numbered.contains_key(&text) => {
                let held = self.numbered.entry(text);
                &mut held.or_insert_with(|| (numbers, QueryCounts::default())).1
            }
            Verdict::Keep(_) | Verdict::KeepIfCodes { .. } => return false,
        };
        held.add(added);
        true
    }

    /// Adds other counts. Answers for how many products and texts there was no room among `max`.
    pub fn merge(&mut self, other: Self, max: usize) -> usize {
        let mut refused = 0;
        for (product, added) in other.products {
            refused += usize::from(!self.add_product(product, added, max));
        }
        for (text, added) in other.queries {
            refused += usize::from(!self.add_query(Verdict::Keep(text), added, max));
        }
        for (text, (numbers, added)) in other.numbered {
            let verdict = Verdict::KeepIfCodes { text, numbers };
            refused += usize::from(!self.add_query(verdict, added, max));
        }
        refused
    }
}
