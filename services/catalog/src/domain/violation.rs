//! Rules that are broken, and the rules of single texts and prices.

/// A rule that is broken, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer to the field.
    pub pointer: String,
    /// Stable code.
    pub code: &'static str,
    /// One sentence for a person.
    pub detail: String,
}

impl Violation {
    /// A rule that is broken.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        }
    }
}

/// Refuses text that cannot be stored or shown: control characters other than line breaks and tabs.
pub fn check_text(pointer: &str, text: &str) -> Option<Violation> {
    let bad = text
        .chars()
        .any(|ch| ch.is_control() && !matches!(ch, '\n' | '\r' | '\t'));
    let empty = text.trim().is_empty();
    if bad {
        Some(Violation::new(
            pointer,
            "invalid",
            "holds control characters",
        ))
    } else if empty {
        Some(Violation::new(
            pointer,
            "invalid_length",
            "holds nothing but space",
        ))
    } else {
        None
    }
}

/// As [`check_text`], for text that may be missing or empty.
pub fn check_optional_text(pointer: &str, text: Option<&str>) -> Option<Violation> {
    text.filter(|text| !text.is_empty())
        .and_then(|text| check_text(pointer, text))
}

/// What a price was before must be more than what it is.
pub fn check_reduction(pointer: &str, amount: i64, compare_at: Option<i64>) -> Option<Violation> {
    compare_at
        .filter(|before| *before <= amount)
        .map(|_| Violation::new(pointer, "out_of_range", "must be more than the price"))
}
