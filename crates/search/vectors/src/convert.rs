//! From the published weights to the model file.
//!
//! Reads `model.safetensors` and `tokenizer.json` of a BERT with 384 dimensions and 12 heads. Each
//! output of a matrix and each word gets a scale of its own; queries are divided by the square
//! root of the head's size, the token type is added to the positions.

mod pack;
mod vocabulary;

use std::fs;
use std::path::{Path, PathBuf};

use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};

use crate::embedding::DIMENSIONS;
use crate::layout::{self, HEADER, Header, Layout, TOKENS_MAX};
use crate::map::Map;
use crate::model::ModelError;
use pack::Body;
use vocabulary::Words;

/// The published weights in their folder.
pub const WEIGHTS_FILE: &str = "model.safetensors";

/// The published vocabulary in its folder.
pub const TOKENIZER_FILE: &str = "tokenizer.json";

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The model file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What [`Model::fingerprint`](crate::Model::fingerprint) will say.
    pub fingerprint: String,
}

/// Makes the model file of the weights in a folder. The file appears whole or not at all, and
/// replaces one that was there.
pub fn convert(source_dir: &Path, target_path: &Path) -> Result<Converted, ModelError> {
    let weights_path = source_dir.join(WEIGHTS_FILE);
    let tokenizer_path = source_dir.join(TOKENIZER_FILE);
    let weights = Map::open(&weights_path).map_err(|e| ModelError::io(&weights_path, e))?;
    let tokenizer = fs::read(&tokenizer_path).map_err(|e| ModelError::io(&tokenizer_path, e))?;
    let words = Words::read(&tokenizer)?;
    let mut source = Sha256::new();
    source.update(Sha256::digest(&*weights));
    source.update(Sha256::digest(&tokenizer));
    let tensors = SafeTensors::deserialize(&weights).map_err(|error| refuse(error.to_string()))?;
    let (header, body) = build(&Tensors(&tensors), &words, source.finalize().into())?;
    write(target_path, &header.encode(&body), &body)
        .map_err(|error| ModelError::io(target_path, error))?;
    Ok(Converted {
        path: target_path.to_path_buf(),
        bytes: (HEADER + body.len()) as u64,
        fingerprint: layout::fingerprint(&header.source),
    })
}

fn build(
    tensors: &Tensors<'_>,
    words: &Words,
    source: [u8; 32],
) -> Result<(Header, Vec<u8>), ModelError> {
    let layers = (0..u32::MAX)
        .take_while(|i| tensors.has(&format!("encoder.layer.{i}.output.dense.weight")))
        .count();
    let intermediate = tensors.rows("encoder.layer.0.intermediate.dense.weight")?;
    let header = Header {
        layers: layers as u32,
        intermediate: intermediate as u32,
        words: words.count() as u32,
        text_bytes: words.text().len() as u32,
        begin: words.id("[CLS]")?,
        end: words.id("[SEP]")?,
        unknown: words.id("[UNK]")?,
        source,
    };
    if !header.sound() {
        return Err(refuse(format!(
            "{layers} layers of {intermediate} numbers are not supported"
        )));
    }
    let layout = Layout::new(&header);
    let mut body = Body::new(layout.end);
    words.write(&layout, &mut body);
    write_inputs(tensors, &layout, words.count(), &mut body)?;
    for (i, at) in layout.layers.iter().enumerate() {
        let name = |rest: &str| format!("encoder.layer.{i}.{rest}");
        let attention = tensors.attention(&name("attention.self"))?;
        body.matrix(&at.attention, &attention.0, &attention.1);
        for (place, part, inputs) in [
            (&at.output, "attention.output.dense", DIMENSIONS),
            (&at.up, "intermediate.dense", DIMENSIONS),
            (&at.down, "output.dense", intermediate),
        ] {
            let weight = tensors.get(&name(&format!("{part}.weight")), &[place.outputs, inputs])?;
            let bias = tensors.get(&name(&format!("{part}.bias")), &[place.outputs])?;
            body.matrix(place, &weight, &bias);
        }
        for (place, part) in [
            (&at.output_norm, "attention.output.LayerNorm"),
            (&at.down_norm, "output.LayerNorm"),
        ] {
            let (weight, bias) = tensors.norm(&name(part))?;
            body.norm(place, &weight, &bias);
        }
    }
    Ok((header, body.finish()))
}

fn write_inputs(
    tensors: &Tensors<'_>,
    layout: &Layout,
    words: usize,
    body: &mut Body,
) -> Result<(), ModelError> {
    let name = |rest: &str| format!("embeddings.{rest}");
    let vectors = tensors.get(&name("word_embeddings.weight"), &[words, DIMENSIONS])?;
    body.words(layout, &vectors);
    let positions = tensors.get_all(&name("position_embeddings.weight"))?;
    let kinds = tensors.get_all(&name("token_type_embeddings.weight"))?;
    if positions.len() < TOKENS_MAX * DIMENSIONS || kinds.len() < DIMENSIONS {
        return Err(refuse("too few positions".to_owned()));
    }
    let sums: Vec<f32> = positions[..TOKENS_MAX * DIMENSIONS]
        .iter()
        .zip(kinds[..DIMENSIONS].iter().cycle())
        .map(|(position, kind)| position + kind)
        .collect();
    body.floats(&layout.positions, &sums);
    let (weight, bias) = tensors.norm(&name("LayerNorm"))?;
    body.norm(&layout.norm, &weight, &bias);
    Ok(())
}

/// The published numbers by name.
struct Tensors<'a>(&'a SafeTensors<'a>);

impl Tensors<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.tensor(name).is_ok()
    }

    fn rows(&self, name: &str) -> Result<usize, ModelError> {
        let tensor = self.0.tensor(name);
        let tensor = tensor.map_err(|_| refuse(format!("{name} is missing")))?;
        Ok(tensor.shape().first().copied().unwrap_or(0))
    }

    fn get_all(&self, name: &str) -> Result<Vec<f32>, ModelError> {
        let tensor = self.0.tensor(name);
        let tensor = tensor.map_err(|_| refuse(format!("{name} is missing")))?;
        if tensor.dtype() != Dtype::F32 {
            return Err(refuse(format!("{name} is not of 32-bit floats")));
        }
        let bytes = tensor.data().as_chunks::<4>().0;
        let numbers: Vec<f32> = bytes.iter().map(|b| f32::from_le_bytes(*b)).collect();
        if numbers.iter().all(|x| x.is_finite()) {
            Ok(numbers)
        } else {
            Err(refuse(format!("{name} holds numbers that are not finite")))
        }
    }

    fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let numbers = self.get_all(name)?;
        match self.0.tensor(name) {
            Ok(tensor) if tensor.shape() == shape => Ok(numbers),
            _ => Err(refuse(format!("{name} is not of the shape {shape:?}"))),
        }
    }

    fn norm(&self, name: &str) -> Result<(Vec<f32>, Vec<f32>), ModelError> {
        Ok((
            self.get(&format!("{name}.weight"), &[DIMENSIONS])?,
            self.get(&format!("{name}.bias"), &[DIMENSIONS])?,
        ))
    }

    /// Query, key and value as one matrix; what makes queries is divided by the square root of 32.
    fn attention(&self, name: &str) -> Result<(Vec<f32>, Vec<f32>), ModelError> {
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        for (part, factor) in [
            ("query", 1.0 / (crate::forward::HEAD as f32).sqrt()),
            ("key", 1.0),
            ("value", 1.0),
        ] {
            let weight = self.get(&format!("{name}.{part}.weight"), &[DIMENSIONS, DIMENSIONS])?;
            let bias = self.get(&format!("{name}.{part}.bias"), &[DIMENSIONS])?;
            weights.extend(weight.iter().map(|x| x * factor));
            biases.extend(bias.iter().map(|x| x * factor));
        }
        Ok((weights, biases))
    }
}

fn refuse(why: String) -> ModelError {
    ModelError::Source(why)
}

/// Writes to a temporary file beside the target, then renames.
fn write(path: &Path, header: &[u8], body: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".minilm-")
        .permissions(fs::Permissions::from_mode(0o644))
        .tempfile_in(folder)?;
    file.write_all(header)?;
    file.write_all(body)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
