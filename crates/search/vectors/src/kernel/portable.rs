//! Plain Rust, for every processor; the compiler makes of it what the baseline has.

use super::{GROUP, GROUP_BYTES, Job, Kernel, PANEL, Row};

/// Outputs that are computed together.
const BLOCK: usize = 8;

/// Groups whose products can be added as floats without rounding: 384 times 255 times 127 is below
/// 2^24.
const EXACT_GROUPS: usize = 384 / GROUP;

/// Runs everywhere. Multiplies as floats, because not every baseline multiplies integers of 32
/// bits side by side, but in portions so small that each sum is an exact integer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

impl Kernel for Portable {
    type Code = f32;

    const ROWS: usize = 4;

    #[inline(always)]
    fn tile<const R: usize>(self, rows: [&[f32]; R], panel: &[i8], out: &mut [[i32; PANEL]; R]) {
        *out = [[0; PANEL]; R];
        let portions = panel.chunks(EXACT_GROUPS * GROUP_BYTES);
        for (p, portion) in portions.enumerate() {
            let start = p * EXACT_GROUPS * GROUP;
            let width = portion.len() / PANEL;
            let rows = rows.map(|row| &row[start..start + width]);
            for block in 0..PANEL / BLOCK {
                let sums = portion_of::<R>(&rows, portion, block);
                for r in 0..R {
                    for o in 0..BLOCK {
                        out[r][block * BLOCK + o] += sums[r][o] as i32;
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn dot(self, a: &Row, b: &Row) -> i32 {
        a.0.iter()
            .zip(&b.0)
            .map(|(a, b)| i32::from(*a) * i32::from(*b))
            .sum()
    }

    #[inline(always)]
    fn run<J: Job>(self, job: J) -> J::Out {
        job.run(self)
    }
}

#[inline(always)]
fn portion_of<const R: usize>(
    rows: &[&[f32]; R],
    portion: &[i8],
    block: usize,
) -> [[f32; BLOCK]; R] {
    let mut sums = [[0.0; BLOCK]; R];
    for (g, group) in portion.as_chunks::<GROUP_BYTES>().0.iter().enumerate() {
        // The four weights of an output, the first in the lowest byte.
        let mut packed = [0_i32; BLOCK];
        let bytes = &group.as_chunks::<GROUP>().0[block * BLOCK..][..BLOCK];
        for o in 0..BLOCK {
            packed[o] = i32::from_le_bytes(bytes[o].map(i8::cast_unsigned));
        }
        for k in 0..GROUP {
            let mut weights = [0.0; BLOCK];
            for o in 0..BLOCK {
                weights[o] = (packed[o] << (24 - 8 * k) >> 24) as f32;
            }
            for r in 0..R {
                let x = rows[r][g * GROUP + k];
                for o in 0..BLOCK {
                    sums[r][o] += x * weights[o];
                }
            }
        }
    }
    sums
}
