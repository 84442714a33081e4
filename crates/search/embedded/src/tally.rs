//! Counting results, and what they can be narrowed by.

use search_core::facets::{
    ATTRIBUTE_VALUES_MAX, AttributeCounts, Counted, FacetCounts, PRICE_ENDS, VALUES_MAX,
    ValueCount, choose, most_frequent, price_ends, to_count, value_name,
};

use crate::asked::{Asked, BRAND, CATEGORY, Fails, PRICE, STOCK};
use crate::columns::{Columns, NO_BRAND, Row};
use crate::names::Names;

/// Facets being counted. Every count is an array access.
#[derive(Debug)]
pub(crate) struct Tally<'a> {
    columns: &'a Columns,
    asked: &'a Asked,
    total: u64,
    positions: Vec<u32>,
    brands: Vec<u32>,
    values: Vec<u32>,
    price: Option<(i64, i64)>,
    price_ends: [i64; PRICE_ENDS.len()],
    price_counts: [u64; PRICE_ENDS.len() + 1],
    in_stock: u64,
    /// Products that fail only the filter with this bit.
    only: [u64; 64],
}

impl<'a> Tally<'a> {
    pub(crate) fn new(columns: &'a Columns, asked: &'a Asked) -> Self {
        Self {
            columns,
            asked,
            total: 0,
            positions: vec![0; columns.positions().len()],
            brands: vec![0; columns.brands.len()],
            values: vec![0; columns.attributes.code_of().len()],
            price: None,
            price_ends: price_ends(columns.exponent()),
            price_counts: [0; PRICE_ENDS.len() + 1],
            in_stock: 0,
            only: [0; 64],
        }
    }

    /// Counts a product in every facet whose other filters it passes.
    #[inline]
    pub(crate) fn count(&mut self, row: &Row, fails: Fails) {
        if fails == 0 {
            self.total += 1;
            self.category(row);
            self.brand(row);
            self.price(row);
            self.in_stock += u64::from(row.in_stock);
            for &value in self.columns.values(row) {
                self.values[value as usize] += 1;
            }
        } else if fails.is_power_of_two() {
            self.count_own(row, fails);
        }
    }

    /// Counts a product that fails one filter only: in that filter's facet.
    fn count_own(&mut self, row: &Row, fails: Fails) {
        match fails {
            CATEGORY => self.category(row),
            BRAND => self.brand(row),
            PRICE => self.price(row),
            STOCK => {}
            _ => {
                let Some(code) = self.asked.code_of(fails) else {
                    return;
                };
                self.only[fails.trailing_zeros() as usize] += 1;
                let code_of = self.columns.attributes.code_of();
                for &value in self.columns.values(row) {
                    if code_of[value as usize] == code {
                        self.values[value as usize] += 1;
                    }
                }
            }
        }
    }

    fn category(&mut self, row: &Row) {
        self.positions[row.position as usize] += 1;
    }

    fn brand(&mut self, row: &Row) {
        if row.brand != NO_BRAND {
            self.brands[row.brand as usize] += 1;
        }
    }

    fn price(&mut self, row: &Row) {
        let (min, max) = self.price.unwrap_or((row.price, row.price));
        self.price = Some((min.min(row.price), max.max(row.price)));
        let range = self.price_ends.partition_point(|&end| end <= row.price);
        self.price_counts[range] += 1;
    }

    /// The counts.
    pub(crate) fn finish(self) -> FacetCounts {
        let mut leaves = vec![0_u32; self.columns.categories.len()];
        for (position, count) in self.columns.positions().iter().zip(&self.positions) {
            if let Some(&leaf) = position.last() {
                leaves[leaf as usize] += count;
            }
        }
        FacetCounts {
            categories: values(&self.columns.categories, &leaves),
            brands: values(&self.columns.brands, &self.brands),
            price: self.price,
            price_counts: self.price_counts.to_vec(),
            in_stock: self.in_stock,
            attributes: self.attributes(),
        }
    }

    fn attributes(&self) -> Vec<AttributeCounts> {
        let known = &self.columns.attributes;
        let mut coverage = vec![0_u64; known.len()];
        for (&code, &count) in known.code_of().iter().zip(&self.values) {
            coverage[code as usize] += u64::from(count);
        }
        let not_asked = |code: &u32| self.asked.bit_of(*code).is_none();
        let by_code = (0..)
            .zip(&coverage)
            .filter(|(code, count)| **count > 0 && not_asked(code));
        let by_code = by_code.map(|(code, &count)| ((&*known.code(code).slug, code), count));
        let mut codes: Vec<u32> = to_count(self.total, by_code)
            .into_iter()
            .map(|(_, code)| code)
            .collect();
        codes.extend(self.asked.codes());
        choose(
            codes
                .into_iter()
                .map(|code| self.counted(code, coverage[code as usize]))
                .collect(),
        )
    }

    fn counted(&self, id: u32, coverage: u64) -> Counted {
        let known = &self.columns.attributes;
        let code = known.code(id);
        let bit = self.asked.bit_of(id);
        let counts = code.values.iter().map(|&id| (id, self.values[id as usize]));
        let mut counts: Vec<_> = counts.filter(|(_, count)| *count > 0).collect();
        // Only what can be among the most frequent is written out.
        if counts.len() > ATTRIBUTE_VALUES_MAX {
            counts.select_nth_unstable_by(ATTRIBUTE_VALUES_MAX, |a, b| b.1.cmp(&a.1));
            let least = counts[..ATTRIBUTE_VALUES_MAX]
                .iter()
                .map(|(_, count)| *count)
                .min();
            counts.retain(|(_, count)| Some(*count) >= least);
        }
        let unit = code.unit.as_deref();
        let value = |(id, count): (u32, u32)| {
            let value = &known.value(id).value;
            ValueCount {
                value: value.clone(),
                name: match unit {
                    Some(_) => value_name(value, unit).into(),
                    None => value.clone(),
                },
                count: count.into(),
            }
        };
        let mut values = counts.into_iter().map(value).collect();
        most_frequent(&mut values, ATTRIBUTE_VALUES_MAX);
        Counted {
            attribute: AttributeCounts {
                code: code.slug.clone(),
                name: code.name.clone(),
                unit: code.unit.clone(),
                numeric: code.numeric,
                coverage,
                values,
            },
            results: self.total + bit.map_or(0, |bit| self.only[usize::from(bit)]),
            filtered: bit.is_some(),
        }
    }
}

/// Counts of names, the most frequent first.
fn values(names: &Names, counts: &[u32]) -> Vec<ValueCount> {
    let counted = (0..).zip(counts).filter(|(_, count)| **count > 0);
    let mut values = counted
        .map(|(id, &count)| ValueCount {
            value: names.get(id).slug.clone(),
            name: names.get(id).name.clone(),
            count: count.into(),
        })
        .collect();
    most_frequent(&mut values, VALUES_MAX);
    values
}
