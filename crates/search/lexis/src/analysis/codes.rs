//! Codes: SKUs, barcodes and model numbers, in every spelling.

use super::{Shape, Token, fold, tokens};

/// Codes are at least this long; shorter ones are words.
const LENGTH_MIN: usize = 4;
/// Longer ones are no codes: [`compact`] cuts them.
pub(crate) const CODE_CHARS_MAX: usize = 40;
/// Parts of a code that is written with spaces.
const SPLIT_MAX: usize = 3;

/// Letters and digits only: `TN-2110`, `tn2110` and `TN/2110` are one code.
pub fn compact(word: &str) -> String {
    fold(word)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .take(CODE_CHARS_MAX)
        .collect()
}

/// How a code that is known as such may be written: itself, and a barcode without the zeros before it.
pub fn spellings(code: &str) -> Vec<String> {
    let whole = compact(code);
    if whole.is_empty() {
        return Vec::new();
    }
    let barcode = whole.len() >= 8 && whole.bytes().all(|b| b.is_ascii_digit());
    let short = whole.trim_start_matches('0');
    let short =
        (barcode && !short.is_empty() && short.len() < whole.len()).then(|| short.to_owned());
    std::iter::once(whole).chain(short).collect()
}

/// The compacted codes that a text holds: `TN-2110`, `006R90321`, `TN 2110`, `HL-2030/2040` (three: the whole and both).
pub fn codes(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut found: Vec<String> = Vec::new();
    let mut add = |code: String| {
        let long = (LENGTH_MIN..=CODE_CHARS_MAX).contains(&code.len());
        if long && code.bytes().any(|b| b.is_ascii_digit()) && !found.contains(&code) {
            found.push(code);
        }
    };
    for token in &tokens {
        let Some(written) = text.get(token.range.clone()) else {
            continue;
        };
        match token.shape {
            Shape::Code => {
                add(compact(written));
                for part in written
                    .split(['/', ',', '_'])
                    .filter(|part| part.len() < written.len())
                {
                    let code = compact(part);
                    if code.bytes().any(|b| b.is_ascii_digit()) {
                        add(code);
                    }
                }
            }
            Shape::Number if token.term.len() >= 5 => add(token.term.clone()),
            _ => {}
        }
    }
    for first in 0..tokens.len() {
        for count in 2..=SPLIT_MAX {
            if let Some(code) = tokens
                .get(first..first + count)
                .and_then(|part| split_code(text, part))
            {
                add(code);
            }
        }
    }
    found
}

/// A code that is written with single spaces: capitals and digits, both of them, none a measure.
fn split_code(text: &str, tokens: &[Token]) -> Option<String> {
    let mut code = String::new();
    for (i, token) in tokens.iter().enumerate() {
        let written = text.get(token.range.clone())?;
        let capitals = written
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        let fits = matches!(token.shape, Shape::Word | Shape::Code | Shape::Number)
            && capitals
            && written.len() <= 12;
        let near = i == 0 || text.get(tokens[i - 1].range.end..token.range.start) == Some(" ");
        if !fits || !near {
            return None;
        }
        code.push_str(&compact(written));
    }
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    (digits >= 2 && digits < code.len()).then_some(code)
}
