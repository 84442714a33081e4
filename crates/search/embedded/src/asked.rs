//! Filters with their names looked up.

use search_core::Filters;
use search_core::plan::Wanted;

use crate::columns::{Columns, NO_BRAND, Row};

/// Filters that a product does not pass, a bit for each.
pub(crate) type Fails = u64;

/// It is in none of the categories asked for.
pub(crate) const CATEGORY: Fails = 1;
/// It is of none of the brands asked for.
pub(crate) const BRAND: Fails = 1 << 1;
/// Its price is not in the range asked for.
pub(crate) const PRICE: Fails = 1 << 2;
/// It cannot be had now.
pub(crate) const STOCK: Fails = 1 << 3;
/// It is not there, or cannot pass whatever else is chosen.
pub(crate) const GONE: Fails = 1 << 63;
/// Bit of the first attribute asked for.
const ATTRIBUTE: u8 = 4;
/// Attributes asked for at most: no product passes more.
const ATTRIBUTES_MAX: u8 = 58;

/// Filters as products are asked.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Which positions pass; empty: all.
    positions: Vec<bool>,
    /// Which brands pass; empty: all, and those without.
    brands: Vec<bool>,
    price_min: Option<i64>,
    price_max: Option<i64>,
    in_stock: bool,
    /// The bit's number of the attribute that each value passes; empty when no attribute is asked for.
    passes: Vec<u8>,
    /// Bits of all attributes asked for.
    attributes: Fails,
    /// The attributes asked for, with the bits' numbers.
    codes: Vec<(u32, u8)>,
    nothing: bool,
}

impl Asked {
    /// Looks the names up. What nobody knows lets nothing pass.
    pub(crate) fn new(filters: &Filters, columns: &Columns) -> Self {
        let mut asked = Self {
            price_min: filters.price_min,
            price_max: filters.price_max,
            in_stock: filters.in_stock,
            ..Self::default()
        };
        if !filters.categories.is_empty() {
            let slugs = filters.categories.iter();
            let wanted: Vec<u32> = slugs
                .filter_map(|slug| columns.categories.find(slug))
                .collect();
            let within = |ids: &[u32]| ids.iter().any(|id| wanted.contains(id));
            asked.positions = columns.positions().iter().map(|ids| within(ids)).collect();
            // One more, so that an empty catalogue does not read as "all".
            asked.positions.push(false);
        }
        if !filters.brands.is_empty() {
            asked.brands = vec![false; columns.brands.len().saturating_add(1)];
            for brand in filters
                .brands
                .iter()
                .filter_map(|slug| columns.brands.find(slug))
            {
                asked.brands[brand as usize] = true;
            }
        }
        let mut bit = ATTRIBUTE;
        for (code, wanted) in &filters.attributes {
            if wanted.is_empty() {
                continue;
            }
            if bit >= ATTRIBUTE + ATTRIBUTES_MAX {
                asked.nothing = true;
                break;
            }
            asked.attribute(bit, code, wanted, columns);
            bit += 1;
        }
        asked
    }

    fn attribute(&mut self, bit: u8, code: &str, wanted: &[Wanted], columns: &Columns) {
        self.attributes |= 1 << bit;
        let known = &columns.attributes;
        if self.passes.is_empty() {
            self.passes = vec![0; known.code_of().len()];
        }
        let Some(code) = known.find(code) else {
            return;
        };
        self.codes.push((code, bit));
        for wanted in wanted {
            match wanted {
                Wanted::Value(value) => {
                    if let Some(id) = known.find_value(code, value) {
                        self.passes[id as usize] = bit;
                    }
                }
                Wanted::Range { min, max } => {
                    for &id in &known.code(code).values {
                        let within =
                            |n| min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max);
                        if known.value(id).number.is_some_and(within) {
                            self.passes[id as usize] = bit;
                        }
                    }
                }
            }
        }
    }

    /// Whether every product that is there passes.
    pub(crate) fn is_open(&self) -> bool {
        self.positions.is_empty()
            && self.brands.is_empty()
            && self.price_min.is_none()
            && self.price_max.is_none()
            && !self.in_stock
            && self.attributes == 0
            && !self.nothing
    }

    /// The filters that a product does not pass.
    #[inline]
    pub(crate) fn fails(&self, row: &Row, columns: &Columns) -> Fails {
        let mut fails = 0;
        if !row.alive || self.nothing {
            fails |= GONE;
        }
        if !self.positions.is_empty() && !self.positions[row.position as usize] {
            fails |= CATEGORY;
        }
        if !self.brands.is_empty() && (row.brand == NO_BRAND || !self.brands[row.brand as usize]) {
            fails |= BRAND;
        }
        if self.price_min.is_some_and(|min| row.price < min)
            || self.price_max.is_some_and(|max| row.price > max)
        {
            fails |= PRICE;
        }
        if self.in_stock && !row.in_stock {
            fails |= STOCK;
        }
        if self.attributes != 0 {
            let mut passes = 0;
            for &value in columns.values(row) {
                passes |= 1 << self.passes[value as usize];
            }
            fails |= self.attributes & !passes;
        }
        fails
    }

    /// The bit's number of an attribute that is asked for.
    pub(crate) fn bit_of(&self, code: u32) -> Option<u8> {
        let mut codes = self.codes.iter();
        codes.find(|(known, _)| *known == code).map(|(_, bit)| *bit)
    }

    /// The attribute whose filter alone a product does not pass.
    pub(crate) fn code_of(&self, fails: Fails) -> Option<u32> {
        let mut codes = self.codes.iter();
        codes
            .find(|(_, bit)| fails == 1 << bit)
            .map(|(code, _)| *code)
    }

    /// The attributes asked for that somebody has.
    pub(crate) fn codes(&self) -> impl Iterator<Item = u32> {
        self.codes.iter().map(|(code, _)| *code)
    }
}
