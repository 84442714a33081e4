//! The whole way of a model, from published files to vectors, with a random miniature: every kernel
//! against the plain reference, every file that is not as it should be. Needs no weights.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use common::{reference, source};
use proptest::prelude::*;
use safetensors::SafeTensors;
use search_vectors::{Instructions, MODEL_FILE, Model, ModelError, WEIGHTS_FILE, convert, cosine};
use serde_json::json;
use tempfile::TempDir;

/// A folder with the miniature, converted.
fn miniature() -> (TempDir, Model) {
    let folder = tempfile::tempdir().unwrap();
    source::write(folder.path());
    let converted = convert(folder.path(), &folder.path().join(MODEL_FILE)).unwrap();
    let model = Model::open(folder.path()).unwrap();
    assert_eq!(converted.fingerprint, model.fingerprint());
    assert_eq!(
        converted.bytes,
        fs::metadata(model.path()).unwrap().len(),
        "the size is that of the file"
    );
    (folder, model)
}

/// Texts of 2 to 256 tokens, so that every kernel meets whole and partial tiles.
fn texts() -> Vec<String> {
    [
        0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 30, 31, 63, 150, 253, 254, 300,
    ]
    .map(|words| {
        (0..words)
            .map(|i| ["the", "laptop", "zx", "e", "-"][i * 7 % 5])
            .collect::<Vec<_>>()
            .join(" ")
    })
    .to_vec()
}

#[test]
fn all_instructions_agree_with_each_other_and_with_the_reference() {
    let (folder, model) = miniature();
    let bytes = fs::read(folder.path().join(WEIGHTS_FILE)).unwrap();
    let weights = SafeTensors::deserialize(&bytes).unwrap();
    for text in texts() {
        let tokens = model.tokens(&text);
        let exact = reference::embed(&weights, &tokens);
        let portable = model.embed_with(&text, Instructions::Portable);
        let likeness = reference::cosine(&exact, &portable.to_f32());
        assert!(likeness > 0.995, "{} tokens: {likeness}", tokens.len());
        for set in Instructions::available() {
            let vector = model.embed_with(&text, set);
            assert_eq!(
                vector.codes(),
                portable.codes(),
                "{set:?}, {} tokens",
                tokens.len()
            );
        }
        assert_eq!(model.embed(&text), portable);
    }
}

#[test]
fn reads_texts_as_pieces() {
    let (_folder, model) = miniature();
    let vocabulary = source::tokenizer()["model"]["vocab"].clone();
    let ids = |words: &[&str]| -> Vec<u32> {
        let ids = words.iter().map(|word| vocabulary[word].as_u64().unwrap());
        ids.map(|id| u32::try_from(id).unwrap()).collect()
    };
    for (text, expected) in [
        ("", vec!["[CLS]", "[SEP]"]),
        (" \t\n\u{a0}\u{0}\u{fffd}", vec!["[CLS]", "[SEP]"]),
        ("The LAPTOP", vec!["[CLS]", "the", "laptop", "[SEP]"]),
        ("laptops", vec!["[CLS]", "laptop", "##s", "[SEP]"]),
        (
            "laptoplap",
            vec!["[CLS]", "laptop", "##l", "##a", "##p", "[SEP]"],
        ),
        ("làptöp", vec!["[CLS]", "laptop", "[SEP]"]),
        ("a-b.", vec!["[CLS]", "a", "-", "b", ".", "[SEP]"]),
        ("a电b", vec!["[CLS]", "a", "电", "b", "[SEP]"]),
        ("a😀b ok", vec!["[CLS]", "[UNK]", "o", "##k", "[SEP]"]),
        ("la\u{200b}ptop", vec!["[CLS]", "laptop", "[SEP]"]),
    ] {
        assert_eq!(model.tokens(text), ids(&expected), "{text:?}");
    }
    assert_eq!(model.tokens(&"x".repeat(100)).len(), 102);
    assert_eq!(
        model.tokens(&"x".repeat(101)),
        ids(&["[CLS]", "[UNK]", "[SEP]"])
    );
    // The names of special tokens are text like any other.
    assert!(!model.tokens("[SEP] lap")[1..4].contains(&ids(&["[SEP]"])[0]));
}

#[test]
fn takes_any_text() {
    let (_folder, model) = miniature();
    let long = "the laptop ".repeat(100_000);
    assert_eq!(model.tokens(&long).len(), 256);
    assert_eq!(model.embed(&long), model.embed(&long[..4_000]));
    for text in ["", "\u{0}", "😀😀", "\u{301}", "ﷺ", "x̴̡̛͓͖"] {
        assert!((cosine(&model.embed(text), &model.embed(text)) - 1.0).abs() < 1e-6);
    }
    for filler in ["a", " ", "\u{301}", "😀", "ﷺ", "\u{0}"] {
        let million = filler.repeat(1_000_000 / filler.len());
        assert!(model.tokens(&million).len() <= 256);
        model.embed(&million);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn never_fails_on_a_text(texts in prop::collection::vec(".{0,300}", 8)) {
        static MINIATURE: LazyLock<(TempDir, Model)> = LazyLock::new(miniature);
        let model = &MINIATURE.1;
        for text in texts {
            let count = model.tokens(&text).len();
            prop_assert!((2..=256).contains(&count));
            prop_assert_eq!(model.embed(&text), model.embed(&text));
        }
    }
}

#[test]
fn many_threads_share_a_model() {
    let (_folder, model) = miniature();
    let expected: Vec<_> = texts().iter().map(|text| model.embed(text)).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for (text, expected) in texts().iter().zip(&expected) {
                    assert_eq!(&model.embed(text), expected);
                }
            });
        }
    });
}

#[test]
fn a_replaced_file_leaves_an_open_model_as_it_was() {
    let (folder, model) = miniature();
    let before = model.embed("laptop");
    let mut tensors = source::tensors();
    tensors[0].2.reverse();
    source::write_tensors(folder.path(), &tensors);
    convert(folder.path(), &folder.path().join(MODEL_FILE)).unwrap();
    assert_eq!(model.embed("laptop"), before);
    let other = Model::open(folder.path()).unwrap();
    assert_ne!(other.fingerprint(), model.fingerprint());
    assert_ne!(other.embed("laptop"), before);
}

#[test]
fn refuses_what_is_no_model_file() {
    let (folder, model) = miniature();
    let good = fs::read(model.path()).unwrap();
    let open = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        Model::open(&path).unwrap_err()
    };
    assert!(matches!(open("empty", b""), ModelError::NotAModel(_)));
    assert!(matches!(
        open("other", &[0; 4096]),
        ModelError::NotAModel(_)
    ));
    let cut = open("cut", &good[..good.len() - 1]);
    assert!(matches!(cut, ModelError::Damaged(_)), "{cut}");
    for place in [20, 60, 200, good.len() / 2, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        let error = open("flipped", &bytes);
        assert!(matches!(error, ModelError::Damaged(_)), "{place}: {error}");
    }
    let mut newer = good.clone();
    newer[8] = 200;
    let error = open("newer", &newer);
    assert!(
        matches!(error, ModelError::Version { found: 200, .. }),
        "{error}"
    );
    let missing = Model::open(&folder.path().join("nothing")).unwrap_err();
    assert!(matches!(missing, ModelError::Missing(_)), "{missing}");
    let empty = tempfile::tempdir().unwrap();
    let missing = Model::open(empty.path()).unwrap_err();
    assert!(matches!(missing, ModelError::Missing(path) if path.ends_with(MODEL_FILE)));
}

/// Why a folder cannot be converted. Nothing must be left of the attempt.
fn refusal(folder: &Path) -> String {
    let target = folder.join("to").join(MODEL_FILE);
    let error = convert(folder, &target).unwrap_err();
    assert!(!target.exists());
    error.to_string()
}

#[test]
fn refuses_weights_of_another_kind() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path()).contains(WEIGHTS_FILE));
    source::write(folder.path());
    fs::write(folder.path().join(WEIGHTS_FILE), b"no tensors").unwrap();
    refusal(folder.path());
    let last = source::LAYERS - 1;
    for (name, change) in [
        ("embeddings.LayerNorm.bias".to_owned(), "remove"),
        (
            format!("encoder.layer.{last}.attention.self.key.bias"),
            "remove",
        ),
        (
            format!("encoder.layer.{last}.output.dense.weight"),
            "transpose",
        ),
        ("embeddings.word_embeddings.weight".to_owned(), "transpose"),
        ("encoder.layer.0.intermediate.dense.bias".to_owned(), "nan"),
    ] {
        let mut tensors = source::tensors();
        let at = tensors.iter().position(|t| t.0 == name).unwrap();
        match change {
            "remove" => drop(tensors.remove(at)),
            "transpose" => tensors[at].1.reverse(),
            _ => tensors[at].2[0] = f32::NAN,
        }
        source::write_tensors(folder.path(), &tensors);
        let reason = refusal(folder.path());
        assert!(reason.contains(&name), "{name}: {reason}");
    }
}

#[test]
fn refuses_tokenizers_of_another_kind() {
    let folder = tempfile::tempdir().unwrap();
    source::write(folder.path());
    for (pointer, value) in [
        ("/model/type", json!("BPE")),
        ("/normalizer/lowercase", json!(false)),
        ("/normalizer/strip_accents", json!(false)),
        ("/pre_tokenizer/type", json!("Whitespace")),
        ("/model/vocab", json!(null)),
        ("/model/vocab/the", json!(1_000_000)),
        ("/model/vocab", json!({"[CLS]": 0, "[UNK]": 1})),
    ] {
        let mut tokenizer = source::tokenizer();
        *tokenizer.pointer_mut(pointer).unwrap() = value;
        source::write_tokenizer(folder.path(), &tokenizer);
        refusal(folder.path());
    }
    fs::write(folder.path().join("tokenizer.json"), b"{").unwrap();
    refusal(folder.path());
}
