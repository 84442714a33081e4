//! The terms of a product that ranking looks at.

use std::fmt;
use std::sync::Arc;

/// Bytes before each term: how long it is.
const LENGTH: usize = 2;

/// Stems of a product's title and its compacted codes, in one piece of memory: a search looks at those of hundreds of
/// candidates. Cloning it copies nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Wording {
    /// Each term with its length before it; those of the title first.
    packed: Arc<[u8]>,
    /// Where the codes begin.
    codes: usize,
}

impl Wording {
    /// The terms of a title, in order, and codes. Terms end at 65,535 bytes.
    pub fn new<'a>(
        title: impl IntoIterator<Item = &'a str>,
        codes: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut packed = Vec::new();
        pack(&mut packed, title);
        let begin = packed.len();
        pack(&mut packed, codes);
        Self {
            packed: packed.into(),
            codes: begin,
        }
    }

    /// Stems of the title, in order.
    pub fn title(&self) -> impl Iterator<Item = &str> {
        texts(self.title_terms())
    }

    /// Compacted codes.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        texts(self.code_terms())
    }

    /// Whether the title has a stem.
    pub fn title_has(&self, stem: &str) -> bool {
        self.title_terms().any(|term| same(term, stem.as_bytes()))
    }

    /// Whether a code is among the codes.
    pub fn has_code(&self, code: &str) -> bool {
        self.code_terms().any(|term| same(term, code.as_bytes()))
    }

    /// Whether a stem of the title or a code begins so.
    pub fn any_begins(&self, start: &str) -> bool {
        let mut all = self.title_terms().chain(self.code_terms());
        all.any(|term| term.starts_with(start.as_bytes()))
    }

    fn title_terms(&self) -> Terms<'_> {
        Terms(self.packed.get(..self.codes).unwrap_or_default())
    }

    fn code_terms(&self) -> Terms<'_> {
        Terms(self.packed.get(self.codes..).unwrap_or_default())
    }
}

impl Default for Wording {
    fn default() -> Self {
        Self::new([], [])
    }
}

impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wording")
            .field("title", &self.title().collect::<Vec<_>>())
            .field("codes", &self.codes().collect::<Vec<_>>())
            .finish()
    }
}

/// Packed terms, one after the other.
struct Terms<'a>(&'a [u8]);

impl<'a> Iterator for Terms<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<LENGTH>()?;
        let (term, rest) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
        self.0 = rest;
        Some(term)
    }
}

/// Whether two terms are the same. Most differ where they begin, which is seen without a call.
#[inline]
fn same(term: &[u8], other: &[u8]) -> bool {
    term.first() == other.first() && term == other
}

fn pack<'a>(packed: &mut Vec<u8>, terms: impl IntoIterator<Item = &'a str>) {
    for term in terms {
        // Half a character would be no text any more.
        let end = term.floor_char_boundary(u16::MAX.into());
        let term = term.as_bytes().get(..end).unwrap_or_default();
        let length = u16::try_from(term.len()).unwrap_or(u16::MAX);
        packed.extend_from_slice(&length.to_le_bytes());
        packed.extend_from_slice(term);
    }
}

fn texts(terms: Terms<'_>) -> impl Iterator<Item = &str> {
    terms.filter_map(|term| str::from_utf8(term).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_it_was_made_of() {
        let long = "\u{e9}".repeat(40_000);
        let wording = Wording::new(["lap", "laptop", "", &long], ["tn2110"]);
        let title: Vec<&str> = wording.title().collect();
        assert_eq!(title[..3], ["lap", "laptop", ""]);
        assert_eq!((title.len(), title[3].len()), (4, 65_534));
        assert_eq!(wording.codes().collect::<Vec<_>>(), ["tn2110"]);
        assert_eq!(wording, wording.clone());
    }

    #[test]
    fn terms_are_found_whole_or_by_their_beginnings() {
        let wording = Wording::new(["lap", "laptop"], ["tn2110", "2110"]);
        assert!(wording.title_has("lap") && wording.title_has("laptop"));
        assert!(
            !["", "top", "lapt", "tn2110"]
                .iter()
                .any(|t| wording.title_has(t))
        );
        assert!(wording.has_code("tn2110") && wording.has_code("2110"));
        assert!(!["", "n2110", "lap"].iter().any(|t| wording.has_code(t)));
        assert!(
            ["", "lapt", "tn2", "21"]
                .iter()
                .all(|t| wording.any_begins(t))
        );
        assert!(!["top", "n2"].iter().any(|t| wording.any_begins(t)));
        assert!(!Wording::default().any_begins(""));
    }
}
