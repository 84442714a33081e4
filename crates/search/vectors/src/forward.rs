//! The forward pass: tokens to one vector, layer by layer, for any kernel.

mod attention;
mod linear;

pub(crate) use attention::HEAD;

use crate::embedding::DIMENSIONS;
use crate::kernel::{Job, Kernel};
use crate::lanes;
use crate::model::{Model, Norm};
use linear::Codes;

/// One text through the model. The result is the mean over the tokens, not yet of length 1.
pub(crate) struct Forward<'a> {
    pub(crate) model: &'a Model,
    /// Ids of the vocabulary, at most [`crate::layout::TOKENS_MAX`].
    pub(crate) tokens: &'a [u32],
}

impl Job for Forward<'_> {
    type Out = [f32; DIMENSIONS];

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> Self::Out {
        let count = self.tokens.len();
        let mut state = self.model.inputs(self.tokens);
        normalise_rows(&mut state, &self.model.norm());
        let widest = self.model.intermediate().max(3 * DIMENSIONS);
        let mut wide = vec![0.0; count * widest];
        let mut narrow = vec![0.0; count * DIMENSIONS];
        let mut codes = Codes::new(count * widest, count);
        for layer in self.model.layers() {
            codes.quantise::<K>(&state, DIMENSIONS);
            let projected = &mut wide[..count * 3 * DIMENSIONS];
            codes.times(kernel, &layer.attention, projected);
            attention::attend(projected, &mut narrow, count);
            codes.quantise::<K>(&narrow, DIMENSIONS);
            codes.times(kernel, &layer.output, &mut narrow);
            add(&mut state, &narrow);
            normalise_rows(&mut state, &layer.output_norm);

            codes.quantise::<K>(&state, DIMENSIONS);
            let raised = &mut wide[..count * layer.up.outputs];
            codes.times(kernel, &layer.up, raised);
            for x in &mut *raised {
                *x = lanes::gelu(*x);
            }
            codes.quantise::<K>(raised, layer.up.outputs);
            codes.times(kernel, &layer.down, &mut narrow);
            add(&mut state, &narrow);
            normalise_rows(&mut state, &layer.down_norm);
        }
        mean(&state)
    }
}

#[inline(always)]
fn add(state: &mut [f32], change: &[f32]) {
    for (x, y) in state.iter_mut().zip(change) {
        *x += y;
    }
}

#[inline(always)]
fn normalise_rows(state: &mut [f32], norm: &Norm<'_>) {
    for row in state.chunks_exact_mut(DIMENSIONS) {
        lanes::normalise(row, norm.weight, norm.bias);
    }
}

#[inline(always)]
fn mean(state: &[f32]) -> [f32; DIMENSIONS] {
    let mut total = [0.0; DIMENSIONS];
    let rows = state.as_chunks::<DIMENSIONS>().0;
    for row in rows {
        for (sum, x) in total.iter_mut().zip(row) {
            *sum += x;
        }
    }
    total.map(|sum| sum / rows.len() as f32)
}
