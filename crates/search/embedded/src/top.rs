//! The first of many, in order.

use std::cmp::Ordering;

use kernel::ProductId;
use search_core::Sort;
use search_core::plan::SortKey;

use crate::columns::{Columns, Row, Slot};

/// Gathers the first `size` by number, ties by product id.
#[derive(Debug)]
pub(crate) struct Top<'a> {
    columns: &'a Columns,
    size: usize,
    after: Option<SortKey>,
    /// Up to twice as many as asked for; cut back when it is full.
    best: Vec<(i64, Slot)>,
    /// What is behind this number is not among them...
    worst: i64,
    /// ...nor what has this number and is not before this product; `None` until some were cut off.
    last: Option<ProductId>,
}

impl<'a> Top<'a> {
    pub(crate) fn new(columns: &'a Columns, size: usize, after: Option<SortKey>) -> Self {
        Self {
            columns,
            size,
            after,
            best: Vec::new(),
            worst: if size == 0 { i64::MIN } else { i64::MAX },
            last: None,
        }
    }

    /// Takes a product, if it may be among them.
    #[inline]
    pub(crate) fn offer(&mut self, number: i64, slot: Slot) {
        if number > self.worst || self.size == 0 {
            return;
        }
        let id = |slot| self.columns.id(slot);
        // Many have the same number: those are told apart here, not cut off again and again.
        if number == self.worst && self.last.is_some_and(|last| id(slot) >= last) {
            return;
        }
        if self.after.is_some_and(|after| {
            number < after.number
                || (SortKey {
                    number,
                    id: id(slot),
                }) <= after
        }) {
            return;
        }
        self.best.push((number, slot));
        if self.best.len() >= self.size.saturating_mul(2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.best.len() > self.size {
            let columns = self.columns;
            let last = self.size.saturating_sub(1);
            let (_, worst, _) = self
                .best
                .select_nth_unstable_by(last, |one, other| compare(columns, one, other));
            (self.worst, self.last) = (worst.0, Some(columns.id(worst.1)));
            self.best.truncate(self.size);
        }
    }

    /// The first ones in no order, each with its number.
    pub(crate) fn finish(mut self) -> Vec<(i64, Slot)> {
        self.cut();
        self.best
    }

    /// The first ones in order, each with its number.
    pub(crate) fn finish_sorted(mut self) -> Vec<(i64, Slot)> {
        self.cut();
        let columns = self.columns;
        self.best
            .sort_unstable_by(|one, other| compare(columns, one, other));
        self.best
    }
}

/// By number, then by product: which products they are is looked up only where that decides.
fn compare(columns: &Columns, one: &(i64, Slot), other: &(i64, Slot)) -> Ordering {
    let by_number = one.0.cmp(&other.0);
    by_number.then_with(|| columns.id(one.1).cmp(&columns.id(other.1)))
}

/// The number by which a product is sorted; less is further ahead. Without words relevance means the newest.
pub(crate) fn number(sort: Sort, row: &Row, slot: Slot, columns: &Columns) -> i64 {
    match sort {
        Sort::PriceAsc => row.price,
        Sort::PriceDesc => row.price.saturating_neg(),
        Sort::Relevance | Sort::Newest => columns.created_us(slot).saturating_neg(),
        Sort::Popular => millionths(columns.popularity(slot)).saturating_neg(),
    }
}

/// The number of a score: the best first. Scores are never negative, so their bits are in their order.
pub(crate) fn of_score(score: f32) -> i64 {
    i64::from(score.max(0.0).to_bits()).saturating_neg()
}

/// The score of a number.
pub(crate) fn to_score(number: i64) -> f32 {
    f32::from_bits(u32::try_from(number.saturating_neg()).unwrap_or_default())
}

#[expect(clippy::cast_possible_truncation, reason = "saturates, and NaN is 0")]
fn millionths(popularity: f32) -> i64 {
    (f64::from(popularity) * 1e6) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_keep_their_order_as_numbers() {
        let scores = [12.5, 3.0, 1e-9, 0.0];
        assert!(
            scores
                .windows(2)
                .all(|pair| of_score(pair[0]) < of_score(pair[1]))
        );
        assert!(
            scores
                .iter()
                .all(|&score| to_score(of_score(score)).to_bits() == score.to_bits())
        );
        assert_eq!(of_score(-1.0), 0);
        assert_eq!(of_score(f32::NAN), 0);
    }
}
