//! Scores of words, as tantivy computes them: to the last bit, which `stem/tests.rs` compares. tantivy computes what 256
//! lengths of a field do to a score anew for every term that is asked for; that depends on the field alone.

use std::sync::Arc;

use tantivy::Score;
use tantivy::fieldnorm::FieldNormReader;

const K1: Score = 1.2;
const B: Score = 0.75;

/// What the length of a field does to a score, by the number that the index has for the length.
#[derive(Debug, Clone)]
pub(crate) struct Lengths(Arc<[Score; 256]>);

impl Lengths {
    /// Of a field with so many tokens in so many products.
    #[expect(clippy::cast_precision_loss, reason = "lengths, no counts")]
    pub(crate) fn of(tokens: u64, products: u64) -> Self {
        let mean = tokens as Score / products as Score;
        let mut known = [0.0; 256];
        for (number, length) in (0..=u8::MAX).zip(&mut known) {
            let tokens = FieldNormReader::id_to_fieldnorm(number) as Score;
            *length = K1 * (1.0 - B + B * tokens / mean);
        }
        Self(Arc::new(known))
    }

    /// The score of a term that stands so often in a field of that length.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "how often, for a score")]
    pub(crate) fn score(&self, weight: Score, length: u8, times: u32) -> Score {
        let times = times as Score;
        weight * (times / (times + self.0[usize::from(length)]))
    }
}

/// What a term counts that so many `of` all products hold.
#[expect(clippy::cast_precision_loss, reason = "a share, no count")]
pub(crate) fn weight(products: u64, of: u64) -> Score {
    let others = of.saturating_sub(products);
    let rarity = (others as Score + 0.5) / (products as Score + 0.5);
    (1.0 + rarity).ln() * (1.0 + K1)
}
