//! The order of results, and cutting it into pages.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use kernel::{Cursor, InvalidCursor, ProductId};
use serde::{Deserialize, Serialize};

use super::collect::Hit;
use super::table::{Slot, Table};
use crate::domain::facts::Facts;
use crate::domain::query::Sort;

/// Where a result stands; less is further ahead. Pages are cut between places, so that a page neither repeats nor
/// skips what did not change.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Place {
    sort: Sort,
    score: f32,
    number: i64,
    id: ProductId,
    revision: i64,
}

impl Place {
    /// The place of a product.
    pub(super) fn of(sort: Sort, score: f32, facts: &Facts) -> Self {
        let number = match sort {
            Sort::Relevance | Sort::Newest => facts.created_us.saturating_neg(),
            Sort::PriceAsc => facts.price.minor(),
            Sort::PriceDesc => facts.price.minor().saturating_neg(),
        };
        let score = if sort == Sort::Relevance { score } else { 0.0 };
        Self {
            sort,
            score,
            number,
            id: facts.id,
            revision: facts.revision,
        }
    }

    /// Reads the place where the page before ended.
    pub(super) fn read(cursor: &str, sort: Sort) -> Result<Self, InvalidCursor> {
        let place: Self = Cursor::decode(cursor)?;
        if place.sort == sort && place.score.is_finite() {
            Ok(place)
        } else {
            Err(InvalidCursor)
        }
    }

    /// The place where the same product stands now. Scores rest on statistics of the whole index: they move with every
    /// change of any product, and differ a little between instances. Where the product itself changed, the place stays.
    pub(super) fn now(self, hits: &[Hit], table: &Table) -> Self {
        if self.sort != Sort::Relevance {
            return self;
        }
        let same = |facts: &Facts| facts.id == self.id && facts.revision == self.revision;
        let hit = hits
            .iter()
            .find(|hit| table.get(hit.slot).is_some_and(same));
        hit.map_or(self, |hit| Self {
            score: hit.score,
            ..self
        })
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then_with(|| self.number.cmp(&other.number))
            .then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Place {}

/// Gathers the results of one page.
pub(super) struct Page {
    size: usize,
    after: Option<Place>,
    /// The best so far, the worst of them on top; one more than the page holds.
    best: BinaryHeap<Placed>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Placed {
    place: Place,
    slot: Slot,
}

impl Page {
    pub(super) fn new(size: u16, after: Option<Place>) -> Self {
        Self {
            size: size.into(),
            after,
            best: BinaryHeap::new(),
        }
    }

    /// Takes a result, if it belongs to the page as far as is known.
    pub(super) fn offer(&mut self, place: Place, slot: Slot) {
        if self.after.is_some_and(|after| place <= after) {
            return;
        }
        if self.best.len() <= self.size {
            self.best.push(Placed { place, slot });
        } else if let Some(mut worst) = self.best.peek_mut()
            && place < worst.place
        {
            *worst = Placed { place, slot };
        }
    }

    /// The page's results in order, and where the next page begins.
    pub(super) fn finish(self) -> (Vec<Slot>, Option<String>) {
        let mut placed = self.best.into_sorted_vec();
        let more = placed.len() > self.size;
        placed.truncate(self.size);
        let next = placed
            .last()
            .filter(|_| more)
            .map(|last| Cursor::encode(&last.place));
        (placed.into_iter().map(|p| p.slot).collect(), next)
    }
}
