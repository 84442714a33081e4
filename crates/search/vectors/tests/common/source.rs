//! Published weights in miniature: two layers of random numbers and a vocabulary of letters.

use std::path::Path;

use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

/// The tensors, by name.
pub(crate) type Tensors = Vec<(String, Vec<usize>, Vec<f32>)>;

pub(crate) const LAYERS: usize = 2;
const INTERMEDIATE: usize = 128;

/// Writes both files into a folder.
pub(crate) fn write(folder: &Path) {
    write_tokenizer(folder, &tokenizer());
    write_tensors(folder, &tensors());
}

pub(crate) fn write_tokenizer(folder: &Path, tokenizer: &Value) {
    std::fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).unwrap();
}

pub(crate) fn write_tensors(folder: &Path, tensors: &Tensors) {
    let bytes: Vec<Vec<u8>> = tensors
        .iter()
        .map(|(_, _, numbers)| numbers.iter().flat_map(|x| x.to_le_bytes()).collect())
        .collect();
    let views = tensors.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap();
        (name.clone(), view)
    });
    let file = safetensors::serialize(views, None).unwrap();
    std::fs::write(folder.join("model.safetensors"), file).unwrap();
}

pub(crate) fn tokenizer() -> Value {
    let mut words = vec!["[PAD]".to_owned(), "[UNK]".to_owned()];
    words.extend(["[CLS]", "[SEP]", "the", "laptop", "##top", "lap"].map(str::to_owned));
    for letter in 'a'..='z' {
        words.push(letter.to_string());
        words.push(format!("##{letter}"));
    }
    words.extend([",", ".", "-", "!", "电"].map(str::to_owned));
    let ids = words.iter().enumerate();
    let ids: serde_json::Map<String, Value> =
        ids.map(|(id, word)| (word.clone(), id.into())).collect();
    json!({
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": null, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": ids},
    })
}

pub(crate) fn tensors() -> Tensors {
    let words = tokenizer()["model"]["vocab"].as_object().unwrap().len();
    let mut random = Random(7);
    let mut all = Tensors::new();
    let mut matrix = |name: String, rows: usize, columns: usize, spread: f32| {
        let numbers = (0..rows * columns).map(|_| random.next() * spread);
        all.push((name, vec![rows, columns], numbers.collect()));
    };
    matrix("embeddings.word_embeddings.weight".into(), words, 384, 0.1);
    matrix(
        "embeddings.position_embeddings.weight".into(),
        300,
        384,
        0.05,
    );
    matrix(
        "embeddings.token_type_embeddings.weight".into(),
        2,
        384,
        0.02,
    );
    for layer in 0..LAYERS {
        for (part, outputs, inputs) in [
            ("attention.self.query", 384, 384),
            ("attention.self.key", 384, 384),
            ("attention.self.value", 384, 384),
            ("attention.output.dense", 384, 384),
            ("intermediate.dense", INTERMEDIATE, 384),
            ("output.dense", 384, INTERMEDIATE),
        ] {
            let name = format!("encoder.layer.{layer}.{part}.weight");
            matrix(name, outputs, inputs, 0.15);
        }
    }
    let mut rows = Tensors::new();
    for (name, shape, _) in &all {
        if let Some(part) = name.strip_suffix(".weight")
            && name.starts_with("encoder")
        {
            let numbers = (0..shape[0]).map(|_| random.next() * 0.1).collect();
            rows.push((format!("{part}.bias"), vec![shape[0]], numbers));
        }
    }
    let mut norms = vec!["embeddings".to_owned()];
    for layer in 0..LAYERS {
        norms.push(format!("encoder.layer.{layer}.attention.output"));
        norms.push(format!("encoder.layer.{layer}.output"));
    }
    for part in norms {
        let weight = (0..384).map(|_| 1.0 + random.next() * 0.2).collect();
        let bias = (0..384).map(|_| random.next() * 0.1).collect();
        rows.push((format!("{part}.LayerNorm.weight"), vec![384], weight));
        rows.push((format!("{part}.LayerNorm.bias"), vec![384], bias));
    }
    all.extend(rows);
    all
}

/// Numbers between -1 and 1 that are the same in each run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32 / (1 << 23) as f32) - 1.0
    }
}
