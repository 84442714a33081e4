//! Seeded choices, prices, stock and codes.

use sha2::{Digest, Sha256};

/// A seeded sequence of numbers.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The sequence of a name.
    pub(super) fn new(name: &str) -> Self {
        Self(number(name))
    }

    /// A number below `count`.
    pub(super) fn roll(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(count.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// A number from `low` to `high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.roll(span)).unwrap_or(0)
    }

    /// One of a list.
    pub(super) fn choose<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let at = self.roll(list.len());
        list.get(at)
    }

    /// `G5X` for `G#@`: `#` is a digit, `@` a letter that is not mistaken for one.
    pub(super) fn pattern(&mut self, pattern: &str) -> String {
        const LETTERS: &[u8] = b"ACEFGHKLMNPRSTVWX";
        let mut first = true;
        pattern
            .chars()
            .map(|sign| match sign {
                '#' => {
                    let digit = if first {
                        1 + self.roll(9)
                    } else {
                        self.roll(10)
                    };
                    first = false;
                    u32::try_from(digit)
                        .ok()
                        .and_then(|digit| char::from_digit(digit, 10))
                        .unwrap_or('0')
                }
                '@' => char::from(LETTERS[self.roll(LETTERS.len())]),
                other => other,
            })
            .collect()
    }
}

/// A point between two ends, `permille` of the way, growing slowly at first: cheap products are more frequent.
pub(super) fn between([low, high]: [i64; 2], permille: i64) -> i64 {
    low + (high - low) * permille * permille / 1_000_000
}

/// A price as shops write it: .99 below 200 dollars, whole dollars ending in 9 above.
pub(super) fn shop_price(cents: i64) -> i64 {
    if cents < 20_000 {
        (cents.max(100) + 50) / 100 * 100 - 1
    } else {
        (cents + 500) / 1000 * 1000 - 100
    }
}

/// Stock and backorder limit: most variants are in stock, some low, some out, a few on backorder.
pub(super) fn stock(dice: &mut Dice) -> (i64, i64) {
    match dice.roll(100) {
        0..=71 => (dice.between(6, 90), 0),
        72..=85 => (dice.between(1, 4), 0),
        86..=93 => (0, 0),
        _ => (0, dice.between(5, 30)),
    }
}

/// EAN-13 of the range that shops use for themselves (20 to 29), from the SKU.
pub(super) fn barcode(sku: &str) -> String {
    let digits = format!("2{:011}", number(sku) % 100_000_000_000);
    let sum: u32 = digits
        .bytes()
        .zip([1, 3].into_iter().cycle())
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Up to `max` letters and digits in capitals.
pub(super) fn code(text: &str, max: usize) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(max)
        .map(|sign| sign.to_ascii_uppercase())
        .collect()
}

/// Four consonants of a word, its first letter whatever it is: `HDPH` for headphones.
pub(super) fn skeleton(word: &str) -> String {
    let kept = word
        .char_indices()
        .filter(|(at, sign)| *at == 0 || !"aeiou".contains(*sign));
    code(&kept.map(|(_, sign)| sign).collect::<String>(), 4)
}

fn number(name: &str) -> u64 {
    Sha256::digest(name.as_bytes())
        .iter()
        .take(8)
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
