//! Attention over all tokens of a text, in floats: small beside the matrices.

use crate::embedding::DIMENSIONS;
use crate::lanes::{self, LANES, Lane};

/// Heads of each layer.
pub(crate) const HEADS: usize = 12;

/// Numbers of a token that one head sees.
pub(crate) const HEAD: usize = DIMENSIONS / HEADS;

const ROW: usize = 3 * DIMENSIONS;

/// From rows of queries, keys and values (384 each, queries already divided by the square root of
/// 32) to rows of what each token attends to.
#[inline(always)]
pub(crate) fn attend(projected: &[f32], out: &mut [f32], count: usize) {
    let padded = count.next_multiple_of(LANES);
    let mut keys = vec![0.0; HEAD * padded];
    let mut shares = vec![0.0; 4 * padded];
    for head in 0..HEADS {
        let column = head * HEAD;
        for (token, row) in projected.chunks_exact(ROW).enumerate() {
            let key = &row[DIMENSIONS + column..][..HEAD];
            for (d, x) in key.iter().enumerate() {
                keys[d * padded + token] = *x;
            }
        }
        let view = Head {
            projected,
            keys: &keys,
            column,
            count,
            padded,
        };
        let mut token = 0;
        while token + 4 <= count {
            view.attend::<4>(token, &mut shares, out);
            token += 4;
        }
        while token < count {
            view.attend::<1>(token, &mut shares, out);
            token += 1;
        }
    }
}

struct Head<'a> {
    projected: &'a [f32],
    /// One row per number of a key, one column per token.
    keys: &'a [f32],
    column: usize,
    count: usize,
    padded: usize,
}

impl Head<'_> {
    /// `Q` neighbouring tokens at once.
    #[inline(always)]
    fn attend<const Q: usize>(&self, token: usize, shares: &mut [f32], out: &mut [f32]) {
        self.weigh::<Q>(token, shares);
        let mut totals = [0.0; Q];
        let mut heeded = [&[][..]; Q];
        for (q, row) in shares.chunks_exact_mut(self.padded).take(Q).enumerate() {
            totals[q] = share(row, self.count);
            heeded[q] = &row[..self.count];
        }
        for part in 0..HEAD / LANES {
            let column = self.column + part * LANES;
            let mut sums: [Lane; Q] = [[0.0; LANES]; Q];
            for (other, row) in self.projected.chunks_exact(ROW).enumerate() {
                let value = lanes::load(&row[2 * DIMENSIONS + column..]);
                for q in 0..Q {
                    sums[q] = lanes::add_times(sums[q], heeded[q][other], value);
                }
            }
            for q in 0..Q {
                let to = &mut out[(token + q) * DIMENSIONS + column..][..LANES];
                for i in 0..LANES {
                    to[i] = sums[q][i] / totals[q];
                }
            }
        }
    }

    /// How well the queries of `Q` tokens fit the key of every token.
    #[inline(always)]
    fn weigh<const Q: usize>(&self, token: usize, scores: &mut [f32]) {
        let mut queries = [&[][..]; Q];
        for q in 0..Q {
            queries[q] = &self.projected[(token + q) * ROW + self.column..][..HEAD];
        }
        for start in (0..self.padded).step_by(LANES) {
            let mut sums: [Lane; Q] = [[0.0; LANES]; Q];
            for d in 0..HEAD {
                let key = lanes::load(&self.keys[d * self.padded + start..]);
                for q in 0..Q {
                    sums[q] = lanes::add_times(sums[q], queries[q][d], key);
                }
            }
            for q in 0..Q {
                scores[q * self.padded + start..][..LANES].copy_from_slice(&sums[q]);
            }
        }
    }
}

/// Turns scores of `count` tokens into shares that are not yet divided by their sum, and sums
/// them. What follows the tokens gets no share.
#[inline(always)]
fn share(scores: &mut [f32], count: usize) -> f32 {
    scores[count..].fill(f32::NEG_INFINITY);
    let (_, most) = lanes::range(scores);
    let mut total = [0.0; LANES];
    for lane in scores.as_chunks_mut::<LANES>().0 {
        for i in 0..LANES {
            lane[i] = lanes::exp(lane[i] - most);
            total[i] += lane[i];
        }
    }
    lanes::sum(&total)
}
