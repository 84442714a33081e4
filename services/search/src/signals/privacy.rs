//! Which texts are kept. Shoppers paste all kinds of things into a search field; what looks like a person's data is not
//! written down. A long number is, if it is a code of the catalogue.

use crate::merchandising::text;

/// The longest text that is kept, in characters: longer ones are pasted, not typed.
pub const CHARS_MAX: usize = 80;
/// Digits in a row, or with signs between that telephone numbers have, from which a number may be a person's.
const DIGITS_MIN: usize = 7;
/// With nothing but spaces between them it needs more: `laptop 15 512 16` holds no telephone number.
const SPACED_DIGITS_MIN: usize = 9;
/// After a `+` fewer will do.
const DIALLED_DIGITS_MIN: usize = 6;

/// What becomes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is kept as it is here.
    Keep(String),
    /// It is kept only if all these numbers are codes of the catalogue.
    KeepIfCodes {
        /// The text as it is kept.
        text: String,
        /// Its long numbers.
        numbers: Vec<Number>,
    },
    /// It is forgotten.
    Forget,
}

/// A long number in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// As it was typed.
    pub typed: String,
    /// Its digits alone.
    pub digits: String,
}

/// Judges what somebody typed.
pub fn judge(typed: &str) -> Verdict {
    // Folding can lengthen a text, so this is only the cheap way out of a very long one.
    if typed.len() > CHARS_MAX * 16 {
        return Verdict::Forget;
    }
    let text = text::normalise(typed);
    let length = text.chars().count();
    if length == 0 || length > CHARS_MAX || is_address(&text) {
        return Verdict::Forget;
    }
    let numbers = numbers(&text);
    if numbers.is_empty() {
        Verdict::Keep(text)
    } else {
        Verdict::KeepIfCodes { text, numbers }
    }
}

/// An e-mail address, in any of the signs that look like its middle, or an address of a page, which may hold secrets.
fn is_address(text: &str) -> bool {
    text.contains(['@', '\u{ff20}', '\u{fe6b}'])
        || text.contains("://")
        || text.starts_with("www.")
        || text.contains(" www.")
}

/// The numbers that may be somebody's.
fn numbers(text: &str) -> Vec<Number> {
    let mut found = Vec::new();
    let mut run = Run::default();
    for sign in text.chars() {
        if sign.is_numeric() {
            run.digit(sign);
        } else if matches!(sign, ' ' | '-' | '.' | '(' | ')' | '\u{2010}'..='\u{2015}') {
            run.gap(sign);
        } else {
            found.extend(std::mem::take(&mut run).number());
            run.dialled = sign == '+';
        }
    }
    found.extend(run.number());
    found
}

/// Digits with what stands between them.
#[derive(Default)]
struct Run {
    typed: String,
    digits: String,
    /// What stands behind the last digit so far.
    between: String,
    /// The longest part without anything between, and the part that is being read.
    longest: usize,
    part: usize,
    punctuated: bool,
    dialled: bool,
}

impl Run {
    fn digit(&mut self, sign: char) {
        if !self.between.is_empty() {
            self.punctuated |= self.between.chars().any(|c| c != ' ');
            self.typed.push_str(&self.between);
            self.between.clear();
            self.part = 0;
        }
        self.typed.push(sign);
        self.digits.push(sign);
        self.part += 1;
        self.longest = self.longest.max(self.part);
    }

    fn gap(&mut self, sign: char) {
        if !self.digits.is_empty() {
            self.between.push(sign);
        }
    }

    fn number(self) -> Option<Number> {
        let all = self.digits.chars().count();
        let long = self.longest >= DIGITS_MIN
            || (self.punctuated && all >= DIGITS_MIN)
            || (self.dialled && all >= DIALLED_DIGITS_MIN)
            || all >= SPACED_DIGITS_MIN;
        long.then_some(Number {
            typed: self.typed,
            digits: self.digits,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_person_is_forgotten() {
        for typed in [
            "",
            "   ",
            "jane.doe@example.com",
            "mail to Jane＠example.com please",
            "jane @ example.com",
            "https://shop.example/reset?token=abc",
            "www.example.com",
            "see www.example.com",
            &"word ".repeat(20),
            &"x".repeat(81),
            &"\u{fdfa}".repeat(60),
        ] {
            assert_eq!(judge(typed), Verdict::Forget, "{typed}");
        }
    }

    #[test]
    fn a_long_number_needs_to_be_a_code() {
        for (typed, digits) in [
            ("4006381333931", "4006381333931"),
            ("canon 4006381333931 ink", "4006381333931"),
            ("+49 171 2345678", "491712345678"),
            ("+1 555-0100", "15550100"),
            ("(555) 555-0100", "5555550100"),
            ("555-0100", "5550100"),
            ("0171.234.56.78", "01712345678"),
            ("0171 234 567", "0171234567"),
            ("4111 1111 1111 1111", "4111111111111111"),
            ("4111-1111-1111-1111 visa", "4111111111111111"),
            ("DE89 3704 0044 0532 0130 00", "89370400440532013000"),
            ("de89370400440532013000", "89370400440532013000"),
            ("ssn 078-05-1120", "078051120"),
            ("１２３４５６７８", "12345678"),
            ("612 345 678", "612345678"),
            // Safe rather than sorry.
            ("10 100 1000 switch", "101001000"),
            ("٠١٢٣٤٥٦٧", "٠١٢٣٤٥٦٧"),
            ("1234\u{200b}5678", "12345678"),
        ] {
            let Verdict::KeepIfCodes { numbers, .. } = judge(typed) else {
                panic!("{typed}: {:?}", judge(typed));
            };
            assert_eq!(numbers.len(), 1, "{typed}");
            assert_eq!(numbers[0].digits, digits, "{typed}");
        }
    }

    #[test]
    fn what_shoppers_mean_is_kept() {
        for (typed, kept) in [
            ("Laptop", "laptop"),
            ("  TV   55\" under 500 ", "tv 55\" under 500"),
            ("tn-2110", "tn-2110"),
            ("rtx 2060", "rtx 2060"),
            ("1920x1080 144hz", "1920x1080 144hz"),
            ("laptop 15 512 16", "laptop 15 512 16"),
            ("10/100/1000 switch", "10/100/1000 switch"),
            ("ddr4 3200 16gb 2x8", "ddr4 3200 16gb 2x8"),
            ("usb 3.2.1", "usb 3.2.1"),
            ("Écran 27 pouces", "ecran 27 pouces"),
            ("c++ book", "c++ book"),
        ] {
            assert_eq!(judge(typed), Verdict::Keep(kept.to_owned()), "{typed}");
        }
        let longest = "x".repeat(80);
        assert_eq!(judge(&longest), Verdict::Keep(longest));
    }

    #[test]
    fn a_number_is_kept_as_typed_to_be_looked_up() {
        let Verdict::KeepIfCodes { numbers, text } = judge("Logitech  910-004327 mouse 12345678")
        else {
            panic!("it holds numbers");
        };
        assert_eq!(text, "logitech 910-004327 mouse 12345678");
        let pairs: Vec<_> = numbers
            .iter()
            .map(|n| (n.typed.as_str(), n.digits.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [("910-004327", "910004327"), ("12345678", "12345678")]
        );
    }
}
