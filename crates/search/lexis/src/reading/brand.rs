//! Brands in a query.

use crate::analysis::{Shape, Token, compact, stem};
use crate::lexicon::{Lexicon, NameId};

/// Words of a brand's name at most.
const WORDS_MAX: usize = 4;
/// Of the products whose titles hold a word, so many (in hundredths) must be of the brand that is called so.
const SHARE_MIN: u64 = 30;

/// Brands that are known by another name as well, compacted.
const ALIASES: [(&str, &str); 10] = [
    ("hewlettpackard", "hp"),
    ("hp", "hewlettpackard"),
    ("hewlettpackardenterprise", "hpe"),
    ("hpe", "hewlettpackardenterprise"),
    ("wd", "westerndigital"),
    ("westerndigital", "wd"),
    ("internationalbusinessmachines", "ibm"),
    ("americanpowerconversion", "apc"),
    ("cablestogo", "c2g"),
    ("startech", "startechcom"),
];

impl Lexicon {
    /// The brand whose name the tokens begin with, and how many of them are its name.
    pub(super) fn brand_at(&self, text: &str, tokens: &[Token]) -> Option<(NameId, usize)> {
        let most = WORDS_MAX.min(tokens.len());
        let mut key = String::new();
        let mut best = None;
        for (token, count) in tokens.iter().take(most).zip(1..) {
            if matches!(token.shape, Shape::Measure | Shape::Size) {
                break;
            }
            key.push_str(&compact(text.get(token.range.clone())?));
            let alias = || {
                ALIASES
                    .iter()
                    .find(|(alias, _)| *alias == key)
                    .and_then(|(_, name)| self.brand_keys.get(*name))
            };
            let Some(&brand) = self.brand_keys.get(&key).or_else(alias) else {
                continue;
            };
            let products = self.brands.get(brand).count;
            if products > 0 && (count > 1 || self.names_mostly(&key, products)) {
                best = Some((brand, count));
            }
        }
        best
    }

    /// Whether a word mostly stands for the brand that is called so: not `ring` or `switch`.
    fn names_mostly(&self, word: &str, products: u32) -> bool {
        let held = self.terms.get(&stem(word)).map_or(0, |t| t.products);
        u64::from(products) * 100 >= u64::from(held) * SHARE_MIN
    }
}
