//! The model file: a header of 128 bytes, then sections that begin at multiples of 64 bytes.
//!
//! All numbers are little-endian. Sections in order: the vocabulary (starts, ids, text), word
//! vectors (codes, one scale per word), position vectors (with the token type's added), the norm
//! of the embeddings, then per layer: attention inputs (query, key and value in one matrix),
//! attention output, norm, up, down, norm. A matrix is codes in panels, scales, sums of codes and
//! biases per output; the order inside a panel is that of [`crate::kernel`].

use std::ops::Range;

use crate::embedding::DIMENSIONS;
use crate::kernel::PANEL;

/// Bytes before the first section.
pub(crate) const HEADER: usize = 128;

/// The first bytes of a model file.
pub(crate) const MAGIC: [u8; 8] = *b"TMVECTOR";

/// Version of this layout and of the arithmetic that reads it; another one gives other vectors.
pub(crate) const VERSION: u32 = 1;

/// The only mode: weights and activations in eight bits.
pub(crate) const MODE_INT8: u32 = 1;

/// The longest text in tokens, with the two that mark its ends.
pub(crate) const TOKENS_MAX: usize = 256;

const ALIGNMENT: usize = 64;

/// What varies between models of this shape, as the header tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) layers: u32,
    pub(crate) intermediate: u32,
    pub(crate) words: u32,
    pub(crate) text_bytes: u32,
    pub(crate) begin: u32,
    pub(crate) end: u32,
    pub(crate) unknown: u32,
    /// SHA-256 over the SHA-256 of the weights and that of the tokenizer.
    pub(crate) source: [u8; 32],
}

/// Why bytes are no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    NotAModel,
    Version(u32),
    Damaged,
}

impl Header {
    /// The header of a file with this body.
    pub(crate) fn encode(&self, body: &[u8]) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(&MAGIC);
        let numbers = [
            VERSION,
            MODE_INT8,
            self.layers,
            self.intermediate,
            self.words,
            self.text_bytes,
            self.begin,
            self.end,
            self.unknown,
        ];
        for (i, number) in numbers.iter().enumerate() {
            bytes[8 + 4 * i..][..4].copy_from_slice(&number.to_le_bytes());
        }
        bytes[48..56].copy_from_slice(&(body.len() as u64).to_le_bytes());
        bytes[56..88].copy_from_slice(&self.source);
        let sum = checksum(&bytes, body);
        bytes[88..92].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Reads and checks the header of a whole file.
    pub(crate) fn decode(file: &[u8]) -> Result<Self, Fault> {
        let (bytes, body) = file.split_first_chunk::<HEADER>().ok_or(Fault::NotAModel)?;
        if bytes[..8] != MAGIC {
            return Err(Fault::NotAModel);
        }
        let number = |i: usize| u32::from_le_bytes([0, 1, 2, 3].map(|b| bytes[8 + 4 * i + b]));
        if number(0) != VERSION || number(1) != MODE_INT8 {
            return Err(Fault::Version(number(0)));
        }
        let stored = u32::from_le_bytes([88, 89, 90, 91].map(|i| bytes[i]));
        let mut blank = *bytes;
        blank[88..92].fill(0);
        if checksum(&blank, body) != stored {
            return Err(Fault::Damaged);
        }
        let mut source = [0; 32];
        source.copy_from_slice(&bytes[56..88]);
        let header = Self {
            layers: number(2),
            intermediate: number(3),
            words: number(4),
            text_bytes: number(5),
            begin: number(6),
            end: number(7),
            unknown: number(8),
            source,
        };
        if header.sound() && Layout::new(&header).end == file.len() {
            Ok(header)
        } else {
            Err(Fault::Damaged)
        }
    }

    /// Whether the sizes are such as the kernels can work with.
    pub(crate) fn sound(&self) -> bool {
        (1..=48).contains(&self.layers)
            && (1..=16_384).contains(&self.intermediate)
            && self.intermediate.is_multiple_of(PANEL as u32)
            && (1..=1_000_000).contains(&self.words)
            && [self.begin, self.end, self.unknown]
                .iter()
                .all(|id| *id < self.words)
    }
}

/// Names the weights, the mode and the arithmetic.
pub(crate) fn fingerprint(source: &[u8; 32]) -> String {
    let mut name = format!("minilm-int8-v{VERSION}-");
    for byte in &source[..8] {
        name.push(char::from(HEX[usize::from(byte >> 4)]));
        name.push(char::from(HEX[usize::from(byte & 15)]));
    }
    name
}

const HEX: [u8; 16] = *b"0123456789abcdef";

fn checksum(header: &[u8; HEADER], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(body);
    hasher.finalize()
}

/// Where a matrix lies.
#[derive(Debug, Clone)]
pub(crate) struct MatrixAt {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) codes: Range<usize>,
    pub(crate) scales: Range<usize>,
    pub(crate) sums: Range<usize>,
    pub(crate) biases: Range<usize>,
}

/// Where a norm lies.
#[derive(Debug, Clone)]
pub(crate) struct NormAt {
    pub(crate) weight: Range<usize>,
    pub(crate) bias: Range<usize>,
}

/// Where a layer lies.
#[derive(Debug, Clone)]
pub(crate) struct LayerAt {
    pub(crate) attention: MatrixAt,
    pub(crate) output: MatrixAt,
    pub(crate) output_norm: NormAt,
    pub(crate) up: MatrixAt,
    pub(crate) down: MatrixAt,
    pub(crate) down_norm: NormAt,
}

/// Where everything lies, as ranges of bytes of the file.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) word_starts: Range<usize>,
    pub(crate) word_ids: Range<usize>,
    pub(crate) word_text: Range<usize>,
    pub(crate) word_codes: Range<usize>,
    pub(crate) word_scales: Range<usize>,
    pub(crate) positions: Range<usize>,
    pub(crate) norm: NormAt,
    pub(crate) layers: Vec<LayerAt>,
    /// The length of the file.
    pub(crate) end: usize,
}

impl Layout {
    /// The places for a sound header.
    pub(crate) fn new(header: &Header) -> Self {
        let (words, intermediate) = (header.words as usize, header.intermediate as usize);
        let mut cursor = Cursor(HEADER);
        Self {
            word_starts: cursor.take(4 * (words + 1)),
            word_ids: cursor.take(4 * words),
            word_text: cursor.take(header.text_bytes as usize),
            word_codes: cursor.take(words * DIMENSIONS),
            word_scales: cursor.take(4 * words),
            positions: cursor.take(4 * TOKENS_MAX * DIMENSIONS),
            norm: cursor.norm(),
            layers: (0..header.layers)
                .map(|_| LayerAt {
                    attention: cursor.matrix(DIMENSIONS, 3 * DIMENSIONS),
                    output: cursor.matrix(DIMENSIONS, DIMENSIONS),
                    output_norm: cursor.norm(),
                    up: cursor.matrix(DIMENSIONS, intermediate),
                    down: cursor.matrix(intermediate, DIMENSIONS),
                    down_norm: cursor.norm(),
                })
                .collect(),
            end: cursor.0,
        }
    }
}

struct Cursor(usize);

impl Cursor {
    fn take(&mut self, bytes: usize) -> Range<usize> {
        let start = self.0;
        self.0 = (start + bytes).next_multiple_of(ALIGNMENT);
        start..start + bytes
    }

    fn norm(&mut self) -> NormAt {
        NormAt {
            weight: self.take(4 * DIMENSIONS),
            bias: self.take(4 * DIMENSIONS),
        }
    }

    fn matrix(&mut self, inputs: usize, outputs: usize) -> MatrixAt {
        MatrixAt {
            inputs,
            outputs,
            codes: self.take(inputs * outputs),
            scales: self.take(4 * outputs),
            sums: self.take(4 * outputs),
            biases: self.take(4 * outputs),
        }
    }
}
