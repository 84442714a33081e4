//! A matrix times rows of activations, in integers.
//!
//! A row of activations is `scale * (code - zero)` with codes from 0 to 255 that span the row's own
//! range; a column of weights is `scale * code`. The products of the codes are exact integers.

use crate::kernel::{Kernel, PANEL};
use crate::lanes;
use crate::model::Matrix;

/// Rows of activations as codes.
pub(crate) struct Codes<C> {
    rows: Vec<C>,
    width: usize,
    scales: Vec<f32>,
    zeros: Vec<i32>,
}

impl<C: Copy + Default + From<u8>> Codes<C> {
    /// Room for so many codes in so many rows.
    #[inline(always)]
    pub(crate) fn new(codes: usize, rows: usize) -> Self {
        Self {
            rows: vec![C::default(); codes],
            width: 0,
            scales: vec![0.0; rows],
            zeros: vec![0; rows],
        }
    }

    /// Takes rows of that width as codes.
    #[inline(always)]
    pub(crate) fn quantise<K: Kernel<Code = C>>(&mut self, rows: &[f32], width: usize) {
        self.width = width;
        for (r, row) in rows.chunks_exact(width).enumerate() {
            let (low, high) = lanes::range(row);
            let low = if low < 0.0 { low } else { 0.0 };
            let high = if high > 0.0 { high } else { 0.0 };
            // A row of nothing but zeros: any scale will do.
            let span = if high - low > 1e-30 { high - low } else { 1.0 };
            let factor = 255.0 / span;
            let zero = lanes::round(-low * factor);
            for (code, x) in self.rows[r * width..].iter_mut().zip(row) {
                let step = (lanes::round(x * factor) + zero).clamp(0, 255);
                *code = C::from(step as u8);
            }
            self.scales[r] = span / 255.0;
            self.zeros[r] = zero;
        }
    }

    /// Writes the product of the rows with a matrix, biases added, to `out`.
    #[inline(always)]
    pub(crate) fn times<K: Kernel<Code = C>>(
        &self,
        kernel: K,
        matrix: &Matrix<'_>,
        out: &mut [f32],
    ) {
        let rows = out.len() / matrix.outputs;
        for panel in 0..matrix.outputs / PANEL {
            let mut row = 0;
            while row < rows {
                let part = Part { matrix, panel, row };
                let step = (rows - row).min(K::ROWS);
                match step {
                    6.. => self.tile::<K, 6>(kernel, &part, out),
                    5 => self.tile::<K, 5>(kernel, &part, out),
                    4 => self.tile::<K, 4>(kernel, &part, out),
                    3 => self.tile::<K, 3>(kernel, &part, out),
                    2 => self.tile::<K, 2>(kernel, &part, out),
                    _ => self.tile::<K, 1>(kernel, &part, out),
                }
                row += step;
            }
        }
    }

    #[inline(always)]
    fn tile<K: Kernel<Code = C>, const R: usize>(
        &self,
        kernel: K,
        part: &Part<'_>,
        out: &mut [f32],
    ) {
        let Part { matrix, panel, row } = *part;
        let width = self.width;
        let rows: [&[C]; R] = std::array::from_fn(|r| &self.rows[(row + r) * width..][..width]);
        let mut sums = [[0; PANEL]; R];
        kernel.tile(rows, matrix.panel(panel), &mut sums);
        let columns = panel * PANEL;
        let scales = &matrix.scales[columns..][..PANEL];
        let offsets = &matrix.sums[columns..][..PANEL];
        let biases = &matrix.biases[columns..][..PANEL];
        for (r, sums) in sums.iter().enumerate() {
            let (scale, zero) = (self.scales[row + r], self.zeros[row + r]);
            let to = &mut out[(row + r) * matrix.outputs + columns..][..PANEL];
            for o in 0..PANEL {
                let exact = sums[o] - zero * offsets[o];
                to[o] = exact as f32 * (scale * scales[o]) + biases[o];
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Part<'a> {
    matrix: &'a Matrix<'a>,
    panel: usize,
    row: usize,
}
