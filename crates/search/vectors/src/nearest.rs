//! The vectors nearest to another one.
//!
//! Up to [`EXACT_MAX`] candidates every vector is compared: exact. Beyond that the signs of the
//! numbers serve as a sketch of 384 bits: the candidates whose signs differ least from the query's
//! are compared exactly, many times more of them than were asked for. The answer depends on
//! nothing but the content and the question.

mod best;
mod scan;
mod sketch;

use crate::embedding::{DIMENSIONS, Embedding};
use crate::kernel::{Row, with_best};
use best::Best;
use scan::{All, Some as Chosen};
use sketch::{Distances, Sketch};

/// The most candidates that are all compared exactly: about 1 ms on one core.
pub const EXACT_MAX: usize = 100_000;

/// Beyond [`EXACT_MAX`], so many times more candidates are compared exactly than were asked for...
const OVERSAMPLING: usize = 50;

/// ...but not fewer than this.
const COMPARED_MIN: usize = 10_000;

/// Vectors by slot, to be asked for the nearest.
///
/// Slots are small numbers given by the caller, such as the row numbers of an index: memory
/// follows the highest slot (436 bytes each), whether the slots below are taken or not.
#[derive(Debug, Clone)]
pub struct Nearest {
    rows: Vec<Row>,
    /// Of each row; 0 for a slot that holds nothing.
    scales: Vec<f32>,
    sketches: Vec<Sketch>,
    count: usize,
    exact_max: usize,
}

impl Default for Nearest {
    fn default() -> Self {
        Self::new()
    }
}

impl Nearest {
    /// An empty set.
    pub fn new() -> Self {
        Self::with_exact_max(EXACT_MAX)
    }

    /// An empty set with another limit than [`EXACT_MAX`].
    pub fn with_exact_max(exact_max: usize) -> Self {
        Self {
            rows: Vec::new(),
            scales: Vec::new(),
            sketches: Vec::new(),
            count: 0,
            exact_max,
        }
    }

    /// How many slots hold a vector.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether no slot holds a vector.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Sets or (with `None`) clears a slot.
    pub fn put(&mut self, slot: u32, embedding: Option<Embedding>) {
        let slot = slot as usize;
        if slot >= self.rows.len() {
            if embedding.is_none() {
                return;
            }
            self.rows.resize(slot + 1, Row([0; DIMENSIONS]));
            self.scales.resize(slot + 1, 0.0);
            self.sketches.resize(slot + 1, Sketch::default());
        }
        self.count -= usize::from(self.scales[slot] > 0.0);
        if let Some(embedding) = embedding {
            self.rows[slot] = *embedding.row();
            self.scales[slot] = embedding.scale();
            self.sketches[slot] = Sketch::of(embedding.row());
            self.count += 1;
        } else {
            self.rows[slot] = Row([0; DIMENSIONS]);
            self.scales[slot] = 0.0;
            self.sketches[slot] = Sketch::default();
        }
    }

    /// The vector in a slot.
    pub fn get(&self, slot: u32) -> Option<Embedding> {
        self.scale(slot)?;
        Some(Embedding::from_codes(&self.rows[slot as usize].0))
    }

    /// How alike a query and the vector in a slot are.
    pub fn cosine_of(&self, query: &Embedding, slot: u32) -> Option<f32> {
        let scale = self.scale(slot)?;
        let dot = with_best(scan::Dot(query.row(), &self.rows[slot as usize]));
        Some(dot as f32 * (query.scale() * scale))
    }

    /// The `k` slots whose vectors are most like the query among those that `accept` lets pass,
    /// the most alike first (equals by slot), with their cosines. Exact while at most
    /// [`EXACT_MAX`] slots are taken or accepted. `accept` may be asked about any taken slot, in
    /// ascending order, and is not asked about those that cannot be among the nearest.
    pub fn nearest(
        &self,
        query: &Embedding,
        k: usize,
        accept: impl Fn(u32) -> bool,
    ) -> Vec<(u32, f32)> {
        let mut best = Best::new(k.min(self.count));
        if self.rows.len() <= self.exact_max {
            with_best(All {
                query,
                set: self,
                accept,
                best: &mut best,
            });
        } else {
            let compared = k.saturating_mul(OVERSAMPLING).max(COMPARED_MIN);
            let slots = with_best(Distances {
                query: Sketch::of(query.row()),
                set: self,
                accept,
                all_below: self.exact_max,
                wanted: compared,
            });
            with_best(Chosen {
                query,
                set: self,
                slots: &slots,
                best: &mut best,
            });
        }
        best.finish()
    }

    fn scale(&self, slot: u32) -> Option<f32> {
        let scale = self.scales.get(slot as usize).copied()?;
        (scale > 0.0).then_some(scale)
    }
}

#[cfg(test)]
mod tests;
