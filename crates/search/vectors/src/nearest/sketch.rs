//! The signs of a vector, and the slots whose signs differ least.

use super::Nearest;
use crate::embedding::DIMENSIONS;
use crate::kernel::{Job, Kernel, Row};

/// One bit per number: whether it is negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sketch([u64; DIMENSIONS / 64]);

impl Sketch {
    pub(crate) fn of(row: &Row) -> Self {
        let mut words = [0; DIMENSIONS / 64];
        for (word, codes) in words.iter_mut().zip(row.0.as_chunks::<64>().0) {
            for (bit, code) in codes.iter().enumerate() {
                *word |= u64::from(*code < 0) << bit;
            }
        }
        Self(words)
    }

    /// In how many numbers the signs differ.
    #[inline(always)]
    fn distance(&self, other: &Self) -> u16 {
        let differing = self
            .0
            .iter()
            .zip(&other.0)
            .map(|(a, b)| (a ^ b).count_ones());
        differing.sum::<u32>() as u16
    }
}

/// Chooses what is worth an exact comparison: every accepted slot if these are at most
/// `all_below`, otherwise the `wanted` whose sketches are nearest, and all as near as the last of
/// them.
pub(crate) struct Distances<'a, A> {
    pub(crate) query: Sketch,
    pub(crate) set: &'a Nearest,
    pub(crate) accept: A,
    pub(crate) all_below: usize,
    pub(crate) wanted: usize,
}

/// The distance of a slot that is empty or not accepted.
const NEVER: u16 = u16::MAX;

impl<A: Fn(u32) -> bool> Job for Distances<'_, A> {
    type Out = Vec<u32>;

    #[inline(always)]
    fn run<K: Kernel>(self, _kernel: K) -> Vec<u32> {
        let mut at_distance = [0_usize; DIMENSIONS + 1];
        let mut distances = Vec::with_capacity(self.set.rows.len());
        for (slot, sketch) in self.set.sketches.iter().enumerate() {
            let counts = self.set.scales[slot] > 0.0 && (self.accept)(slot as u32);
            distances.push(if counts {
                let distance = self.query.distance(sketch);
                at_distance[usize::from(distance)] += 1;
                distance
            } else {
                NEVER
            });
        }
        let enough = if at_distance.iter().sum::<usize>() <= self.all_below {
            usize::MAX
        } else {
            self.wanted
        };
        let mut sum = 0;
        let limit = at_distance.iter().position(|count| {
            sum += count;
            sum >= enough
        });
        let limit = limit.unwrap_or(DIMENSIONS) as u16;
        let near = distances.iter().enumerate().filter(|(_, d)| **d <= limit);
        near.map(|(slot, _)| slot as u32).collect()
    }
}
