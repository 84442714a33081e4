//! The best so many of a stream.

use std::cmp::Ordering;

/// Keeps the `k` with the highest cosine; of equals the one with the lower slot.
#[derive(Debug)]
pub(crate) struct Best {
    found: Vec<(u32, f32)>,
    k: usize,
    /// What is below cannot be among the best any more.
    floor: f32,
}

impl Best {
    pub(crate) fn new(k: usize) -> Self {
        Self {
            found: Vec::with_capacity(2 * k),
            k,
            // With none wanted nothing passes.
            floor: if k == 0 {
                f32::INFINITY
            } else {
                f32::NEG_INFINITY
            },
        }
    }

    /// Whether this cosine, met in ascending order of slots, can still be among the best.
    #[inline(always)]
    pub(crate) fn wants(&self, cosine: f32) -> bool {
        cosine > self.floor
    }

    /// Takes one that [`Best::wants`].
    #[inline]
    pub(crate) fn push(&mut self, slot: u32, cosine: f32) {
        self.found.push((slot, cosine));
        if self.found.len() == 2 * self.k {
            self.found.select_nth_unstable_by(self.k - 1, order);
            self.found.truncate(self.k);
            self.floor = self.found[self.k - 1].1;
        }
    }

    /// The best, the first one the best of all.
    pub(crate) fn finish(mut self) -> Vec<(u32, f32)> {
        self.found.sort_unstable_by(order);
        self.found.truncate(self.k);
        self.found
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that sorting asks for"
)]
fn order(a: &(u32, f32), b: &(u32, f32)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}
