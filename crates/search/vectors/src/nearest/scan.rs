//! Exact comparison of codes.

use super::Nearest;
use super::best::Best;
use crate::embedding::Embedding;
use crate::kernel::{Job, Kernel, Row};

/// One dot product.
pub(crate) struct Dot<'a>(pub(crate) &'a Row, pub(crate) &'a Row);

impl Job for Dot<'_> {
    type Out = i32;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> i32 {
        kernel.dot(self.0, self.1)
    }
}

/// All slots that are accepted.
pub(crate) struct All<'a, A> {
    pub(crate) query: &'a Embedding,
    pub(crate) set: &'a Nearest,
    pub(crate) accept: A,
    pub(crate) best: &'a mut Best,
}

impl<A: Fn(u32) -> bool> Job for All<'_, A> {
    type Out = ();

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) {
        let (row, factor) = (self.query.row(), self.query.scale());
        for (slot, (other, scale)) in self.set.rows.iter().zip(&self.set.scales).enumerate() {
            if *scale > 0.0 {
                let cosine = kernel.dot(row, other) as f32 * (factor * scale);
                if self.best.wants(cosine) && (self.accept)(slot as u32) {
                    self.best.push(slot as u32, cosine);
                }
            }
        }
    }
}

/// Chosen slots, in ascending order, all of them taken.
pub(crate) struct Some<'a> {
    pub(crate) query: &'a Embedding,
    pub(crate) set: &'a Nearest,
    pub(crate) slots: &'a [u32],
    pub(crate) best: &'a mut Best,
}

impl Job for Some<'_> {
    type Out = ();

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) {
        let (row, factor) = (self.query.row(), self.query.scale());
        for slot in self.slots {
            let (other, scale) = (
                &self.set.rows[*slot as usize],
                self.set.scales[*slot as usize],
            );
            let cosine = kernel.dot(row, other) as f32 * (factor * scale);
            if self.best.wants(cosine) {
                self.best.push(*slot, cosine);
            }
        }
    }
}
