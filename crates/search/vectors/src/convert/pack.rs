//! Numbers to the bytes of the body.

use std::ops::Range;

use crate::embedding::DIMENSIONS;
use crate::kernel::{GROUP, GROUP_BYTES, PANEL};
use crate::layout::{HEADER, Layout, MatrixAt, NormAt};

/// The bytes after the header, filled section by section.
pub(crate) struct Body(Vec<u8>);

impl Body {
    /// Room for a file of that length.
    pub(crate) fn new(file_bytes: usize) -> Self {
        Self(vec![0; file_bytes - HEADER])
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    /// Puts bytes into a section.
    pub(crate) fn bytes(&mut self, at: &Range<usize>, bytes: &[u8]) {
        self.0[at.start - HEADER..at.end - HEADER].copy_from_slice(bytes);
    }

    pub(crate) fn floats(&mut self, at: &Range<usize>, numbers: &[f32]) {
        self.bytes(at, bytemuck::cast_slice(numbers));
    }

    pub(crate) fn norm(&mut self, at: &NormAt, weight: &[f32], bias: &[f32]) {
        self.floats(&at.weight, weight);
        self.floats(&at.bias, bias);
    }

    /// Word vectors, each with its own scale.
    pub(crate) fn words(&mut self, layout: &Layout, vectors: &[f32]) {
        let (codes, scales): (Vec<_>, Vec<_>) =
            vectors.chunks_exact(DIMENSIONS).map(quantise).unzip();
        self.bytes(&layout.word_codes, bytemuck::cast_slice(&codes.concat()));
        self.floats(&layout.word_scales, &scales);
    }

    /// A matrix of rows of inputs, one row per output.
    pub(crate) fn matrix(&mut self, at: &MatrixAt, weight: &[f32], bias: &[f32]) {
        let mut packed = vec![0; weight.len()];
        let (mut scales, mut sums) = (Vec::new(), Vec::new());
        for (output, row) in weight.chunks_exact(at.inputs).enumerate() {
            let (codes, scale) = quantise(row);
            sums.push(codes.iter().map(|code| i32::from(*code)).sum::<i32>());
            scales.push(scale);
            let panel = output / PANEL * PANEL * at.inputs;
            for (input, code) in codes.iter().enumerate() {
                let group = input / GROUP * GROUP_BYTES;
                let place = output % PANEL * GROUP + input % GROUP;
                packed[panel + group + place] = *code;
            }
        }
        self.bytes(&at.codes, bytemuck::cast_slice(&packed));
        self.floats(&at.scales, &scales);
        self.bytes(&at.sums, bytemuck::cast_slice(&sums));
        self.floats(&at.biases, bias);
    }
}

/// Codes between -127 and 127, and what a code of 1 stands for.
fn quantise(row: &[f32]) -> (Vec<i8>, f32) {
    let largest = row.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    if largest < 1e-30 {
        return (vec![0; row.len()], 1.0);
    }
    let scale = largest / 127.0;
    let codes = row.iter().map(|x| (x / scale).round_ties_even());
    (codes.map(|x| x.clamp(-127.0, 127.0) as i8).collect(), scale)
}
