//! A converted model, opened.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::embedding::{DIMENSIONS, Embedding};
use crate::forward::Forward;
use crate::kernel::{GROUP, Instructions, PANEL};
use crate::layout::{self, Fault, HEADER, Header, Layout, MatrixAt, NormAt, TOKENS_MAX, VERSION};
use crate::map::Map;
use crate::tokens::Vocabulary;

/// The name of the model file in its folder.
pub const MODEL_FILE: &str = "minilm-int8.bin";

/// Why there is no model to work with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// Nothing at this place.
    #[error("there is no model at {0}")]
    Missing(PathBuf),
    /// The file cannot be read or written.
    #[error("cannot use {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else than a converted model.
    #[error("{0} is not a model file")]
    NotAModel(PathBuf),
    /// Made by another version of this program: fetch or convert again.
    #[error("{path} has format {found}, this program reads {VERSION}")]
    Version {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// Cut off or changed: fetch or convert again.
    #[error("{0} is damaged")]
    Damaged(PathBuf),
    /// The published weights are not those of this kind of model.
    #[error("these weights cannot be converted: {0}")]
    Source(String),
}

impl ModelError {
    /// What the system said about this file.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::NotFound {
            return Self::Missing(path.to_path_buf());
        }
        Self::Io {
            path: path.to_path_buf(),
            source,
        }
    }
}

/// Sentence vectors of all-MiniLM-L6-v2. The file stays mapped; many threads may share a model,
/// each call runs on the thread that makes it.
pub struct Model {
    map: Map,
    header: Header,
    layout: Layout,
    fingerprint: String,
    path: PathBuf,
}

impl Model {
    /// Opens a converted model: the file, or the folder that holds [`MODEL_FILE`]. Its checksum is
    /// verified.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let path = if path.is_dir() {
            path.join(MODEL_FILE)
        } else {
            path.to_path_buf()
        };
        let map = Map::open(&path).map_err(|error| ModelError::io(&path, error))?;
        let header = Header::decode(&map).map_err(|fault| match fault {
            Fault::NotAModel => ModelError::NotAModel(path.clone()),
            Fault::Version(found) => ModelError::Version {
                path: path.clone(),
                found,
            },
            Fault::Damaged => ModelError::Damaged(path.clone()),
        })?;
        let model = Self {
            layout: Layout::new(&header),
            fingerprint: layout::fingerprint(&header.source),
            map,
            header,
            path,
        };
        if model.vocabulary_is_sound() {
            Ok(model)
        } else {
            Err(ModelError::Damaged(model.path))
        }
    }

    /// Names weights, mode and arithmetic. Vectors are comparable only under one fingerprint; it
    /// does not depend on the processor.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The vector of a text. Takes any text: what comes after 256 tokens does not count, an empty
    /// text has a vector too (of no meaning).
    pub fn embed(&self, text: &str) -> Embedding {
        self.embed_with(text, Instructions::best())
    }

    /// The same vector, computed with chosen instructions (or portably, where the processor does
    /// not have them): to compare and to measure.
    pub fn embed_with(&self, text: &str, instructions: Instructions) -> Embedding {
        let tokens = self.tokens(text);
        let vector = instructions.run(Forward {
            model: self,
            tokens: &tokens,
        });
        Embedding::nearest_to(&vector)
    }

    /// What the model reads of a text: ids of the vocabulary, 2 to 256.
    pub fn tokens(&self, text: &str) -> Vec<u32> {
        self.vocabulary().tokens(text)
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary {
            starts: self.section(&self.layout.word_starts),
            ids: self.section(&self.layout.word_ids),
            text: &self.map[self.layout.word_text.clone()],
            begin: self.header.begin,
            end: self.header.end,
            unknown: self.header.unknown,
        }
    }

    fn vocabulary_is_sound(&self) -> bool {
        let words = self.vocabulary();
        words.starts.is_sorted()
            && words.starts.last() == Some(&self.header.text_bytes)
            && words.ids.iter().all(|id| *id < self.header.words)
    }

    pub(crate) fn intermediate(&self) -> usize {
        self.header.intermediate as usize
    }

    /// Word and position vectors of the tokens, added.
    #[inline(always)]
    pub(crate) fn inputs(&self, tokens: &[u32]) -> Vec<f32> {
        debug_assert!(tokens.len() <= TOKENS_MAX);
        let codes: &[i8] = self.section(&self.layout.word_codes);
        let scales: &[f32] = self.section(&self.layout.word_scales);
        let positions: &[f32] = self.section(&self.layout.positions);
        let mut rows = Vec::with_capacity(tokens.len() * DIMENSIONS);
        for (position, id) in positions.chunks_exact(DIMENSIONS).zip(tokens) {
            let scale = scales[*id as usize];
            let word = &codes[*id as usize * DIMENSIONS..][..DIMENSIONS];
            rows.extend(
                word.iter()
                    .zip(position)
                    .map(|(code, at)| f32::from(*code) * scale + at),
            );
        }
        rows
    }

    /// The norm of the inputs.
    pub(crate) fn norm(&self) -> Norm<'_> {
        self.norm_at(&self.layout.norm)
    }

    /// The layers in order.
    pub(crate) fn layers(&self) -> impl Iterator<Item = Layer<'_>> {
        self.layout.layers.iter().map(|at| Layer {
            attention: self.matrix_at(&at.attention),
            output: self.matrix_at(&at.output),
            output_norm: self.norm_at(&at.output_norm),
            up: self.matrix_at(&at.up),
            down: self.matrix_at(&at.down),
            down_norm: self.norm_at(&at.down_norm),
        })
    }

    fn matrix_at(&self, at: &MatrixAt) -> Matrix<'_> {
        Matrix {
            outputs: at.outputs,
            panel_bytes: at.inputs * PANEL,
            codes: self.section(&at.codes),
            scales: self.section(&at.scales),
            sums: self.section(&at.sums),
            biases: self.section(&at.biases),
        }
    }

    fn norm_at(&self, at: &NormAt) -> Norm<'_> {
        Norm {
            weight: self.section(&at.weight),
            bias: self.section(&at.bias),
        }
    }

    /// The numbers of a section. Sections are aligned and whole, as `Layout` places them.
    fn section<T: bytemuck::AnyBitPattern>(&self, range: &std::ops::Range<usize>) -> &[T] {
        bytemuck::cast_slice(&self.map[range.clone()])
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("path", &self.path)
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

/// Weights and bias of a layer normalisation.
pub(crate) struct Norm<'a> {
    pub(crate) weight: &'a [f32],
    pub(crate) bias: &'a [f32],
}

/// A matrix in panels of 64 outputs.
pub(crate) struct Matrix<'a> {
    pub(crate) outputs: usize,
    panel_bytes: usize,
    codes: &'a [i8],
    /// What a code of each output stands for.
    pub(crate) scales: &'a [f32],
    /// The sum of the codes of each output.
    pub(crate) sums: &'a [i32],
    pub(crate) biases: &'a [f32],
}

impl Matrix<'_> {
    /// The codes of 64 outputs.
    #[inline(always)]
    pub(crate) fn panel(&self, panel: usize) -> &[i8] {
        &self.codes[panel * self.panel_bytes..][..self.panel_bytes]
    }
}

/// One layer.
pub(crate) struct Layer<'a> {
    pub(crate) attention: Matrix<'a>,
    pub(crate) output: Matrix<'a>,
    pub(crate) output_norm: Norm<'a>,
    pub(crate) up: Matrix<'a>,
    pub(crate) down: Matrix<'a>,
    pub(crate) down_norm: Norm<'a>,
}

// Sections are cast, so the file's order of bytes must be the processor's; and the panels must
// divide the sizes of this model.
const _: () = assert!(
    cfg!(target_endian = "little"),
    "model files are little-endian"
);
const _: () = assert!(DIMENSIONS.is_multiple_of(PANEL) && PANEL.is_multiple_of(GROUP));
const _: () = assert!(HEADER.is_multiple_of(64));
