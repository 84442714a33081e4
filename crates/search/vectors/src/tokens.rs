//! Text to tokens, as the model was trained to read it (BERT, uncased): cleaned, without accents,
//! in small letters, split at white space and punctuation, then into the longest known pieces.
//!
//! Written here instead of taken from the crate `tokenizers`: that brings over a hundred packages
//! (regular expressions twice, a thread pool, `SentencePiece`) for these two hundred lines, and
//! reads the whole of a text before it cuts. Here reading ends with the last token that counts.
//! Held against its ids in `tests/weights.rs`. The names of special tokens in a text are text.

mod clean;

use crate::layout::TOKENS_MAX;

/// Longer words are one unknown token.
const WORD_MAX: usize = 100;

/// What follows the first piece of a word carries this mark.
const CONTINUED: &str = "##";

/// No text is read further than this many characters, whatever they are.
const CHARACTERS_MAX: usize = 32_768;

/// The known pieces in the order of their bytes, as they lie in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vocabulary<'a> {
    /// Where each piece begins in `text`, and the end of the last.
    pub(crate) starts: &'a [u32],
    pub(crate) ids: &'a [u32],
    pub(crate) text: &'a [u8],
    pub(crate) begin: u32,
    pub(crate) end: u32,
    pub(crate) unknown: u32,
}

impl Vocabulary<'_> {
    /// The ids of a text: at least the marks of its ends, at most [`TOKENS_MAX`].
    pub(crate) fn tokens(&self, text: &str) -> Vec<u32> {
        let mut reader = Reader {
            vocabulary: self,
            tokens: vec![self.begin],
            word: String::new(),
            letters: 0,
            key: String::new(),
        };
        for c in clean::clean(text.chars().take(CHARACTERS_MAX)) {
            if c.is_whitespace() {
                reader.finish_word();
            } else if clean::is_punctuation(c) {
                reader.finish_word();
                reader.push(c);
                reader.finish_word();
            } else {
                reader.push(c);
            }
            if reader.is_full() {
                break;
            }
        }
        reader.finish_word();
        let mut tokens = reader.tokens;
        tokens.truncate(TOKENS_MAX - 1);
        tokens.push(self.end);
        tokens
    }

    fn find(&self, piece: &str) -> Option<u32> {
        let at = |i: usize| &self.text[self.starts[i] as usize..self.starts[i + 1] as usize];
        let (mut low, mut high) = (0, self.ids.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match at(middle).cmp(piece.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(self.ids[middle]),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

struct Reader<'a> {
    vocabulary: &'a Vocabulary<'a>,
    tokens: Vec<u32>,
    word: String,
    letters: usize,
    key: String,
}

impl Reader<'_> {
    fn is_full(&self) -> bool {
        self.tokens.len() >= TOKENS_MAX
    }

    fn push(&mut self, c: char) {
        if self.letters < WORD_MAX {
            self.word.push(c);
        }
        self.letters += 1;
    }

    /// Adds the pieces of the word, or one unknown token if it is not made of known pieces.
    fn finish_word(&mut self) {
        let before = self.tokens.len();
        let mut known = self.letters <= WORD_MAX;
        let mut start = 0;
        while known && start < self.word.len() {
            self.key.clear();
            if start > 0 {
                self.key.push_str(CONTINUED);
            }
            let mark = self.key.len();
            self.key.push_str(&self.word[start..]);
            let id = loop {
                if self.key.len() == mark {
                    break None;
                }
                if let Some(id) = self.vocabulary.find(&self.key) {
                    break Some(id);
                }
                self.key.pop();
            };
            match id {
                Some(id) => {
                    self.tokens.push(id);
                    start += self.key.len() - mark;
                }
                None => known = false,
            }
        }
        if !known {
            self.tokens.truncate(before);
            self.tokens.push(self.vocabulary.unknown);
        }
        self.word.clear();
        self.letters = 0;
    }
}
