//! The vocabulary of `tokenizer.json`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Body, ModelError, refuse};
use crate::layout::Layout;

/// Pieces in the order of their bytes, with their ids.
pub(crate) struct Words(BTreeMap<String, u32>);

impl Words {
    /// Reads a tokenizer of the kind that `tokens` implements; refuses any other.
    pub(crate) fn read(json: &[u8]) -> Result<Self, ModelError> {
        let root: Value = serde_json::from_slice(json)
            .map_err(|error| refuse(format!("the tokenizer is not readable: {error}")))?;
        for (pointer, expected) in [
            ("/model/type", Value::from("WordPiece")),
            ("/model/continuing_subword_prefix", Value::from("##")),
            ("/model/max_input_chars_per_word", Value::from(100)),
            ("/model/unk_token", Value::from("[UNK]")),
            ("/normalizer/type", Value::from("BertNormalizer")),
            ("/normalizer/clean_text", Value::from(true)),
            ("/normalizer/handle_chinese_chars", Value::from(true)),
            ("/normalizer/lowercase", Value::from(true)),
            ("/pre_tokenizer/type", Value::from("BertPreTokenizer")),
        ] {
            // Older files do not name the type of the model.
            let found = root.pointer(pointer);
            if found != Some(&expected) && !(found.is_none() && pointer == "/model/type") {
                return Err(refuse(format!(
                    "the tokenizer's {pointer} is not {expected}"
                )));
            }
        }
        if root.pointer("/normalizer/strip_accents") == Some(&Value::from(false)) {
            return Err(refuse("the tokenizer keeps accents".to_owned()));
        }
        let Some(Value::Object(words)) = root.pointer("/model/vocab") else {
            return Err(refuse("the tokenizer has no vocabulary".to_owned()));
        };
        let ids = words.iter().map(|(word, id)| {
            let id = id.as_u64().and_then(|id| u32::try_from(id).ok());
            let id = id.filter(|id| (*id as usize) < words.len());
            Some((word.clone(), id?))
        });
        let ids = ids.collect::<Option<_>>();
        let ids = ids.ok_or_else(|| refuse("the tokenizer's ids are not numbered".to_owned()))?;
        Ok(Self(ids))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn id(&self, word: &str) -> Result<u32, ModelError> {
        let id = self.0.get(word).copied();
        id.ok_or_else(|| refuse(format!("the vocabulary lacks {word}")))
    }

    /// All pieces, one after the other.
    pub(crate) fn text(&self) -> String {
        self.0.keys().map(String::as_str).collect()
    }

    pub(crate) fn write(&self, layout: &Layout, body: &mut Body) {
        let mut starts = vec![0];
        for word in self.0.keys() {
            starts.push(starts[starts.len() - 1] + word.len() as u32);
        }
        let ids: Vec<u32> = self.0.values().copied().collect();
        body.bytes(&layout.word_starts, bytemuck::cast_slice(&starts));
        body.bytes(&layout.word_ids, bytemuck::cast_slice(&ids));
        body.bytes(&layout.word_text, self.text().as_bytes());
    }
}
