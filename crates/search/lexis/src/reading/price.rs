//! Prices in a query: `under 500`, `200-300 dollars`, `between $200 and $300`.

use std::ops::Range;

use crate::analysis::{fold, units};

/// What the words bound, in minor units, and the bytes of those words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Price {
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) range: Option<Range<usize>>,
}

/// A part of a query that prices are read from.
#[derive(Debug, Clone)]
struct Piece {
    text: String,
    range: Range<usize>,
}

/// An amount of money.
#[derive(Debug, Clone, Copy)]
struct Amount {
    minor: i64,
    /// A sign or word of a currency stood beside it.
    money: bool,
    /// Where it ends, in pieces.
    end: usize,
}

const CURRENCY_SIGNS: [&str; 6] = ["$", "€", "£", "¥", "₩", "₹"];
const CURRENCY_WORDS: [&str; 22] = [
    "aud", "buck", "bucks", "cad", "chf", "dollar", "dollars", "eur", "euro", "euros", "franc",
    "francs", "gbp", "inr", "jpy", "pound", "pounds", "quid", "rupees", "usd", "won", "yen",
];
/// The highest amount that is believed, in minor units.
const MINOR_MAX: i64 = 100_000_000_000;

/// Upper and lower bounds: words, and whether an amount without a currency is believed.
const UPPER: [&[&str]; 21] = [
    &["under"],
    &["below"],
    &["less", "than"],
    &["cheaper", "than"],
    &["lower", "than"],
    &["up", "to"],
    &["upto"],
    &["no", "more", "than"],
    &["not", "more", "than"],
    &["at", "most"],
    &["maximum"],
    &["max"],
    &["within"],
    &["<", "="],
    &["<"],
    &["≤"],
    &["not", "over"],
    &["price", "under"],
    &["price", "below"],
    &["budget"],
    &["for", "under"],
];
const LOWER: [&[&str]; 12] = [
    &["over"],
    &["above"],
    &["more", "than"],
    &["at", "least"],
    &["minimum"],
    &["min"],
    &["starting", "at"],
    &["starting", "from"],
    &[">", "="],
    &[">"],
    &["≥"],
    &["from"],
];
const ABOUT: [&[&str]; 5] = [
    &["around"],
    &["about"],
    &["approximately"],
    &["circa"],
    &["~"],
];

/// Reads the first price that a text names. `per_major`: minor units in a major one.
pub(super) fn read(text: &str, per_major: i64) -> Price {
    let reader = Reader {
        pieces: pieces(text),
        per_major: per_major.max(1),
    };
    (0..reader.pieces.len())
        .find_map(|at| reader.price_at(at))
        .unwrap_or_default()
}

struct Reader {
    pieces: Vec<Piece>,
    per_major: i64,
}

impl Reader {
    fn text(&self, at: usize) -> &str {
        self.pieces.get(at).map_or("", |p| &p.text)
    }

    /// Where the words end, if they stand there.
    fn words_at(&self, at: usize, lists: &[&[&str]]) -> Option<usize> {
        let found = lists.iter().filter(|words| {
            words
                .iter()
                .zip(at..)
                .all(|(word, i)| self.text(i) == *word)
        });
        found.map(|words| at + words.len()).max()
    }

    fn price_at(&self, at: usize) -> Option<Price> {
        self.range_at(at)
            .or_else(|| self.bound_at(at))
            .or_else(|| self.plain_at(at))
    }

    fn price(&self, begin: usize, end: usize, min: Option<i64>, max: Option<i64>) -> Option<Price> {
        let range =
            self.pieces.get(begin)?.range.start..self.pieces.get(end.checked_sub(1)?)?.range.end;
        Some(Price {
            min,
            max,
            range: Some(range),
        })
    }

    /// `between 200 and 300`, `from 100 to 200`, `$200-$300`, `200-300 dollars`.
    fn range_at(&self, at: usize) -> Option<Price> {
        let word = self.text(at);
        let begin = match word {
            "between" | "from" => at + 1,
            "price" | "priced" if matches!(self.text(at + 1), "between" | "from") => at + 2,
            _ => at,
        };
        let low = self.amount_at(begin)?;
        let sign = self.text(low.end);
        let joined = match word {
            "between" | "price" | "priced" => matches!(sign, "and" | "to" | "-" | "&"),
            _ => matches!(sign, "to" | "-" | "~"),
        };
        let high = self.amount_at(low.end + 1).filter(|_| joined)?;
        let believed = begin > at || low.money || high.money;
        // `$1-2k`
        (believed && low.minor <= high.minor)
            .then(|| self.price(at, high.end, Some(low.minor), Some(high.minor)))?
    }

    /// `under 500`, `over $100`, `around 300`.
    fn bound_at(&self, at: usize) -> Option<Price> {
        // `iphone pro max 500`: part of a name.
        let named = at
            .checked_sub(1)
            .is_some_and(|i| matches!(self.text(i), "pro" | "mini" | "ultra" | "plus" | "note"));
        if let Some(begin) = self.words_at(at, &UPPER) {
            let amount = self.amount_at(begin)?;
            let weak =
                matches!(self.text(at), "within" | "budget") || (named && self.text(at) == "max");
            return (amount.money || !weak)
                .then(|| self.price(at, amount.end, None, Some(amount.minor)))?;
        }
        if let Some(begin) = self.words_at(at, &LOWER) {
            let amount = self.amount_at(begin)?;
            let weak = self.text(at) == "from";
            return (amount.money || !weak)
                .then(|| self.price(at, amount.end, Some(amount.minor), None))?;
        }
        let begin = self.words_at(at, &ABOUT)?;
        let amount = self.amount_at(begin)?;
        let fifth = amount.minor / 5;
        self.price(
            at,
            amount.end,
            Some(amount.minor - fifth),
            Some(amount.minor + fifth),
        )
    }

    /// `$500`: as much may be spent. `500+ dollars` is at least that.
    fn plain_at(&self, at: usize) -> Option<Price> {
        let amount = self.amount_at(at).filter(|amount| amount.money)?;
        match self.words_at(
            amount.end,
            &[
                &["or", "less"],
                &["and", "under"],
                &["or", "under"],
                &["max"],
                &["maximum"],
                &["budget"],
            ],
        ) {
            Some(end) => self.price(at, end, None, Some(amount.minor)),
            None => match self.words_at(
                amount.end,
                &[&["or", "more"], &["and", "up"], &["+"], &["and", "over"]],
            ) {
                Some(end) => self.price(at, end, Some(amount.minor), None),
                None => self.price(at, amount.end, None, Some(amount.minor)),
            },
        }
    }

    /// A number with or without a currency, and no other unit.
    fn amount_at(&self, at: usize) -> Option<Amount> {
        let is_currency = |i: usize| {
            CURRENCY_SIGNS.contains(&self.text(i)) || CURRENCY_WORDS.contains(&self.text(i))
        };
        let before = is_currency(at);
        let number_at = at + usize::from(before);
        let (number, kilo) = match self.text(number_at).strip_suffix('k') {
            Some(number) => (number, true),
            None => (self.text(number_at), false),
        };
        let mut minor = self.minor(number)?;
        let mut end = number_at + 1;
        let spaced_kilo = !kilo && self.text(end) == "k" && self.touches(end);
        if kilo || spaced_kilo {
            minor = minor.checked_mul(1_000)?;
            end += usize::from(spaced_kilo);
        }
        let after = is_currency(end);
        // `under 500 gb`, `over 24"`, `under 2 in`.
        let other = !after
            && !before
            && (units::unit(self.text(end)).is_some()
                || matches!(self.text(end), "\"" | "'" | "''" | "%" | "°" | "x"));
        let end = if after { end + 1 } else { end };
        (!other && (1..=MINOR_MAX).contains(&minor)).then_some(Amount {
            minor,
            money: before || after,
            end,
        })
    }

    fn touches(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|i| self.pieces.get(i));
        before
            .zip(self.pieces.get(at))
            .is_some_and(|(a, b)| a.range.end == b.range.start)
    }

    /// `1,299.99`, `1.299,99`, `1299` in minor units; what is less than one of them is cut off.
    fn minor(&self, number: &str) -> Option<i64> {
        if number.is_empty()
            || number.len() > 15
            || !number
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
        {
            return None;
        }
        let last = number.rfind(['.', ',']);
        let decimals = last.map_or("", |i| &number[i + 1..]);
        let (whole, decimals) = match last {
            // Three digits behind the last sign are thousands.
            Some(i) if decimals.len() != 3 => (&number[..i], decimals),
            _ => (number, ""),
        };
        let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
        let major: i64 = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        let decimals = &decimals[..decimals.len().min(4)];
        let tens = 10_i64.pow(u32::try_from(decimals.len()).ok()?);
        let part: i64 = if decimals.is_empty() {
            0
        } else {
            decimals.parse().ok()?
        };
        major
            .checked_mul(self.per_major)?
            .checked_add(part.checked_mul(self.per_major)? / tens)
    }
}

/// Numbers, words and signs.
fn pieces(text: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |i: usize| chars.get(i).map(|c| c.1);
    let mut i = 0;
    while let Some(&(start, c)) = chars.get(i) {
        let mut end = i + 1;
        if c.is_alphanumeric() {
            let digits = c.is_ascii_digit();
            while let Some(next) = at(end) {
                let inside = digits
                    && matches!(next, '.' | ',')
                    && at(end + 1).is_some_and(|c| c.is_ascii_digit());
                if !next.is_alphanumeric() && !inside {
                    break;
                }
                end += 1;
            }
        }
        let stop = chars.get(end).map_or(text.len(), |c| c.0);
        if !c.is_whitespace() {
            let text = fold(&text[start..stop]);
            // `500usd`, `usd500`
            let parts = split_currency(&text);
            match parts {
                Some(cut) if text.is_char_boundary(cut) && text.len() == stop - start => {
                    out.push(Piece {
                        text: text[..cut].to_owned(),
                        range: start..start + cut,
                    });
                    out.push(Piece {
                        text: text[cut..].to_owned(),
                        range: start + cut..stop,
                    });
                }
                _ => out.push(Piece {
                    text,
                    range: start..stop,
                }),
            }
        }
        i = end;
    }
    out
}

/// Where a currency's word touches its number.
fn split_currency(text: &str) -> Option<usize> {
    let word = CURRENCY_WORDS
        .iter()
        .find(|word| text.starts_with(**word) || text.ends_with(**word))?;
    let number = text.len().checked_sub(word.len())?;
    let cut = if text.starts_with(word) {
        word.len()
    } else {
        number
    };
    let rest = if text.starts_with(word) {
        &text[cut..]
    } else {
        &text[..cut]
    };
    (!rest.is_empty()
        && rest
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'k')))
    .then_some(cut)
}
