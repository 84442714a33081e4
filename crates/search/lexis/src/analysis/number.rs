//! Numbers, measures and sizes.

use super::Shape;
use super::fold::is_unspaced;
use super::scan::{PARTS_MAX, Scanner, cut, goes_on};
use super::units::{Unit, unit};

/// A number as written, and where it ends.
struct Number {
    value: String,
    end: usize,
    /// Digits only: it may begin a code.
    plain: bool,
}

impl Scanner<'_> {
    pub(super) fn number(&mut self, at: usize) -> usize {
        let number = self.read_number(at);
        let end = number.end;
        if let Some(done) = self.size(at, &number) {
            return done;
        }
        if let Some((unit, end)) = self.unit_after(end) {
            let term = format!("{}{}", number.value, unit.name);
            let mut parts = vec![number.value];
            if unit.word {
                parts.push(unit.name.to_owned());
            }
            self.push(at..end, Shape::Measure, term.clone(), parts, vec![term]);
            return end;
        }
        let touched = self.char(end).is_some_and(goes_on);
        if touched || (number.plain && self.joined_at(end).is_some()) {
            return self.compound(at);
        }
        let value = cut(&number.value).to_owned();
        self.push(
            at..end,
            Shape::Number,
            value.clone(),
            Vec::new(),
            vec![value],
        );
        end
    }

    /// `1920x1080`, `1920 x 1080`, `4 x 6"`, `130 × 220 × 44.5`.
    fn size(&mut self, at: usize, first: &Number) -> Option<usize> {
        let mut numbers = vec![first.value.clone()];
        let mut end = first.end;
        while numbers.len() < PARTS_MAX {
            let attached = matches!(self.char(end), Some('x' | '×'));
            let cross = if attached {
                end
            } else {
                self.while_at(end, |c| c == ' ').min(end + 1)
            };
            if !matches!(self.char(cross), Some('x' | '×')) {
                break;
            }
            let next = if attached {
                cross + 1
            } else {
                self.while_at(cross + 1, |c| c == ' ').min(cross + 2)
            };
            if !self.char(next).is_some_and(|c| c.is_ascii_digit()) {
                break;
            }
            let number = self.read_number(next);
            end = number.end;
            numbers.push(number.value);
        }
        // `2x4a`: a code.
        let unit = self.unit_after(end);
        if numbers.len() < 2 || (unit.is_none() && self.char(end).is_some_and(goes_on)) {
            return None;
        }
        let term = cut(&numbers.join("x")).to_owned();
        let mut parts = if numbers.len() == 2 {
            numbers.clone()
        } else {
            Vec::new()
        };
        if let (Some((unit, unit_end)), Some(last)) = (unit, numbers.last()) {
            parts.insert(0, format!("{last}{}", unit.name));
            end = unit_end;
        }
        self.push(at..end, Shape::Size, term.clone(), parts, vec![term]);
        Some(end)
    }

    /// The unit behind a number: attached, after a space or a hyphen, or as a sign.
    fn unit_after(&self, at: usize) -> Option<(Unit, usize)> {
        let sign = |name, end| Some((Unit { name, word: false }, end));
        match (self.char(at), self.char(at + 1)) {
            (Some('"'), _) => return sign("in", at + 1),
            (Some('\''), Some('\'')) => return sign("in", at + 2),
            (Some('\''), next) if !next.is_some_and(goes_on) => return sign("ft", at + 1),
            _ => {}
        }
        let spaced = matches!(self.char(at), Some(' ' | '-' | '\u{a0}'));
        let begin = at + usize::from(spaced);
        let end = self.while_at(begin, |c| c.is_alphabetic() && !is_unspaced(c));
        let end_with_rate = if self.folded(end..end + 2) == "/s" {
            end + 2
        } else {
            end
        };
        let whole = |end| !self.char(end).is_some_and(goes_on);
        let (unit, end) = [end_with_rate, end]
            .into_iter()
            .filter(|end| whole(*end) && end - begin <= 16)
            .find_map(|end| unit(&self.folded(begin..end)).map(|unit| (unit, end)))?;
        if spaced && !self.means_unit(&self.folded(begin..end), begin, end) {
            return None;
        }
        let several = self.folded(end..end + 3) == "(s)";
        Some((unit, if several { end + 3 } else { end }))
    }

    /// Whether letters that do not touch their number are its unit: not in `2 in 1`, `4-in-1`, `2 a day`.
    fn means_unit(&self, name: &str, begin: usize, end: usize) -> bool {
        let next = self.while_at(end, |c| matches!(c, ' ' | '-'));
        match name {
            "in" => !self.char(next).is_some_and(|c| c.is_ascii_digit()),
            "a" | "u" => {
                let written = self
                    .chars
                    .get(begin)
                    .and_then(|f| self.text.get(f.start..f.end));
                // `1855 A-mount`
                written.is_some_and(|c| c != name) && self.joined_at(end).is_none()
            }
            _ => {
                !(name.len() == 1
                    && self.char(end) == Some('-')
                    && self.char(end + 1).is_some_and(goes_on))
            }
        }
    }

    /// Digits with the signs of decimals and thousands between them.
    fn read_number(&self, at: usize) -> Number {
        let digit = |c: char| c.is_ascii_digit();
        let mut groups: Vec<(usize, usize)> = vec![(at, self.while_at(at, digit))];
        let mut signs = Vec::new();
        loop {
            let end = groups.last().map_or(at, |g| g.1);
            let sign = self.char(end).filter(|c| matches!(c, '.' | ','));
            let (Some(sign), true) = (sign, self.char(end + 1).is_some_and(digit)) else {
                break;
            };
            signs.push(sign);
            groups.push((end + 1, self.while_at(end + 1, digit)));
        }
        let text = |i: usize| {
            groups
                .get(i)
                .map(|g| self.folded(g.0..g.1))
                .unwrap_or_default()
        };
        let end = |i: usize| groups.get(i).map_or(at, |g| g.1);
        let thousands = signs.iter().take_while(|s| **s == ',').count();
        let grouped = thousands > 0
            && (1..=3).contains(&text(0).len())
            && text(0) != "0"
            && (1..=thousands).all(|i| text(i).len() == 3);
        if grouped && signs.len() <= thousands + 1 {
            let whole: String = (0..=thousands).map(text).collect();
            let with_part = signs.len() > thousands;
            let value = if with_part {
                decimal(&whole, &text(thousands + 1))
            } else {
                whole
            };
            let last = thousands + usize::from(with_part);
            return Number {
                value,
                end: end(last),
                plain: false,
            };
        }
        if signs.len() == 1 {
            return Number {
                value: decimal(&text(0), &text(1)),
                end: end(1),
                plain: false,
            };
        }
        // Versions and addresses: parts of a compound.
        Number {
            value: text(0),
            end: end(0),
            plain: true,
        }
    }
}

/// `3.00` is 3, `1.50` is 1.5.
fn decimal(whole: &str, part: &str) -> String {
    let part = part.trim_end_matches('0');
    let text = if part.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{part}")
    };
    cut(&text).to_owned()
}
