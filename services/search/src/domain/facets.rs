//! How counts are shown.

use kernel::{Currency, Money};
use search_core::facets::{AttributeCounts, FacetCounts, PRICE_ENDS, ValueCount};
use search_core::{Filters, Text, Wanted};

use super::results::{
    AttributeFacet, AttributeValue, FacetKind, FacetValue, Facets, PriceFacet, PriceRange,
};

/// Counts as they are shown, the most useful facet first.
pub fn shown(counts: &FacetCounts, filters: &Filters, currency: Currency) -> Facets {
    let mut usefulness = vec![
        (
            Text::from("category"),
            spread(counts.categories.iter().map(|v| v.count)),
        ),
        (
            Text::from("brand"),
            spread(counts.brands.iter().map(|v| v.count)),
        ),
        (
            Text::from("price"),
            spread(counts.price_counts.iter().copied()),
        ),
    ];
    // Attributes come in the order of their use among themselves; the sort is stable.
    usefulness.extend(counts.attributes.iter().map(|attribute| {
        let values = attribute.values.iter().map(|v| v.count);
        (attribute.code.clone(), spread(values))
    }));
    usefulness.sort_by(|a, b| b.1.total_cmp(&a.1));
    usefulness.push(("in_stock".into(), 0.0));
    Facets {
        order: usefulness.into_iter().map(|(facet, _)| facet).collect(),
        categories: values(&counts.categories, &filters.categories),
        brands: values(&counts.brands, &filters.brands),
        price: price(counts.price, &counts.price_counts, currency),
        in_stock: counts.in_stock,
        attributes: counts
            .attributes
            .iter()
            .map(|counts| attribute(counts, filters))
            .collect(),
    }
}

fn values(counts: &[ValueCount], selected: &[String]) -> Vec<FacetValue> {
    counts
        .iter()
        .map(|v| FacetValue {
            selected: selected.iter().any(|slug| v.value == *slug),
            slug: v.value.clone(),
            name: v.name.clone(),
            count: v.count,
        })
        .collect()
}

fn price(range: Option<(i64, i64)>, counts: &[u64], currency: Currency) -> Option<PriceFacet> {
    let (min, max) = range?;
    let money = |minor| Money::new(minor, currency).ok();
    let major =
        |units: i64| money(units.saturating_mul(10_i64.saturating_pow(currency.exponent().into())));
    let ends = PRICE_ENDS.iter().map(|end| major(*end)).chain([None]);
    let begins = [None]
        .into_iter()
        .chain(PRICE_ENDS.iter().map(|end| major(*end)));
    let ranges = begins
        .zip(ends)
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|((min, max), count)| PriceRange {
            min,
            max,
            count: *count,
        })
        .collect();
    Some(PriceFacet {
        min: money(min)?,
        max: money(max)?,
        ranges,
    })
}

fn attribute(counts: &AttributeCounts, filters: &Filters) -> AttributeFacet {
    let wanted = filters.attributes.get(&*counts.code);
    let is_selected =
        |value: &str| wanted.is_some_and(|w| w.contains(&Wanted::Value(value.to_owned())));
    let mut values: Vec<AttributeValue> = counts
        .values
        .iter()
        .map(|v| AttributeValue {
            selected: is_selected(&v.value),
            value: v.value.clone(),
            name: v.name.clone(),
            count: v.count,
        })
        .collect();
    if counts.numeric {
        let size = |v: &AttributeValue| v.value.parse::<f64>().unwrap_or(f64::INFINITY);
        values.sort_by(|a, b| size(a).total_cmp(&size(b)));
    }
    AttributeFacet {
        code: counts.code.clone(),
        name: counts.name.clone(),
        unit: counts.unit.clone(),
        kind: if counts.numeric {
            FacetKind::Number
        } else {
            FacetKind::Choice
        },
        values,
    }
}

/// How evenly counts spread, 0 (one value has all) and more: their entropy in bits, so that ten even values are worth
/// more than two.
#[expect(
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "orders facets, counts stay exact"
)]
fn spread(counts: impl Iterator<Item = u64> + Clone) -> f64 {
    let total: u64 = counts.clone().sum();
    counts
        .filter(|count| *count > 0)
        .map(|count| {
            let share = count as f64 / total as f64;
            -share * share.log2()
        })
        .sum()
}
