//! Letters to glyphs: IBM Plex Sans in two weights (`fonts/`, SIL Open Font License), covering
//! Latin, Greek and Cyrillic.

use std::io::Read as _;
use std::ops::Range;
use std::sync::LazyLock;

use flate2::read::ZlibDecoder;
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Face, Feature, UnicodeBuffer};

use crate::text;

/// The fonts, as `build.rs` has packed them.
const REGULAR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/IBMPlexSans-Regular.z"));
const SEMI_BOLD: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/IBMPlexSans-SemiBold.z"));

/// The most lines that one text may take; the rest is cut and marked by `…`.
const MAX_WRAPPED: usize = 12;

/// Lengths are thousandths of a point (1/72 in), so that layout is exact and needs no floats.
pub(crate) type Length = i32;

/// A number of points as [`Length`].
pub(crate) const fn pt(points: i32) -> Length {
    points * 1_000
}

/// How thick letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

/// What colour letters and lines have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Nearly black: what matters.
    Strong,
    /// Grey: labels.
    Soft,
    /// Light grey: rules.
    Rule,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    pub(crate) size: Length,
    pub(crate) ink: Ink,
}

impl Style {
    /// A style of `size` in tenths of a point.
    pub(crate) const fn new(weight: Weight, tenths: i32, ink: Ink) -> Self {
        Self {
            weight,
            size: tenths * 100,
            ink,
        }
    }

    /// From one base line to the next.
    pub(crate) fn line_height(self) -> Length {
        self.size * 14 / 10
    }

    /// From the top of a line to its base line.
    pub(crate) fn base_line(self) -> Length {
        self.size * 105 / 100
    }
}

/// One glyph in font units, with the bytes of the text that it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    pub(crate) advance: i32,
    pub(crate) x_offset: i32,
    pub(crate) y_offset: i32,
    pub(crate) range: Range<usize>,
}

/// A line of text, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) width: Length,
    pub(crate) style: Style,
}

/// The files of the fonts, unpacked when the first paper is printed. A file that cannot be unpacked makes no face.
static FILES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| [REGULAR, SEMI_BOLD].map(unpacked));

static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| FILES.each_ref().map(|file| Face::from_slice(file, 0)));

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    match ZlibDecoder::new(packed).read_to_end(&mut file) {
        Ok(_) => file,
        Err(_) => Vec::new(),
    }
}

/// The file of a font.
pub(crate) fn file(weight: Weight) -> &'static [u8] {
    match weight {
        Weight::Regular => &FILES[0],
        Weight::SemiBold => &FILES[1],
    }
}

/// What a font's file says.
pub(crate) fn face(weight: Weight) -> Option<&'static Face<'static>> {
    match weight {
        Weight::Regular => FACES[0].as_ref(),
        Weight::SemiBold => FACES[1].as_ref(),
    }
}

/// The text as it can be printed in both weights.
pub(crate) fn printable(text: &str) -> String {
    let covers = |weight: Weight, c: char| {
        face(weight).is_some_and(|face| face.glyph_index(c).is_some_and(|glyph| glyph.0 != 0))
    };
    text::printable(text, |c| {
        !c.is_control() && covers(Weight::Regular, c) && covers(Weight::SemiBold, c)
    })
}

/// One line of printable text. Anything else goes through [`printable`] first.
pub(crate) fn shape(text: &str, style: Style) -> Run {
    let mut run = Run {
        text: text.to_owned(),
        glyphs: Vec::new(),
        width: 0,
        style,
    };
    let Some(face) = face(style.weight) else {
        return run;
    };
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    // A ligature would stand for two letters; copied text is surer without.
    let plain = [Feature::new(Tag::from_bytes(b"liga"), 0, ..)];
    let shaped = rustybuzz::shape(face, &plain, buffer);
    let infos = shaped.glyph_infos();
    let mut units = 0_i64;
    for (index, (info, position)) in infos.iter().zip(shaped.glyph_positions()).enumerate() {
        let start = info.cluster as usize;
        let later = infos[index..].iter().map(|info| info.cluster as usize);
        let end = later.into_iter().find(|cluster| *cluster != start);
        units += i64::from(position.x_advance);
        run.glyphs.push(Glyph {
            id: info.glyph_id,
            advance: position.x_advance,
            x_offset: position.x_offset,
            y_offset: position.y_offset,
            range: start..end.unwrap_or(text.len()),
        });
    }
    let width = units * i64::from(style.size) / i64::from(face.units_per_em());
    run.width = Length::try_from(width).unwrap_or(Length::MAX);
    run
}

/// Printable lines of at most `width`, broken between words, after hyphens and slashes, and within
/// a word where that alone is too wide.
pub(crate) fn wrap(text: &str, style: Style, width: Length) -> Vec<Run> {
    let text = printable(text);
    let mut lines: Vec<Run> = Vec::new();
    let mut line = String::new();
    for piece in pieces(&text) {
        let candidate = format!("{line}{piece}");
        if shape(candidate.trim_end(), style).width <= width {
            line = candidate;
            continue;
        }
        if !line.trim().is_empty() {
            lines.push(shape(line.trim_end(), style));
        }
        line.clear();
        for c in piece.chars() {
            line.push(c);
            if shape(line.trim_end(), style).width > width && line.chars().count() > 1 {
                line.pop();
                lines.push(shape(&line, style));
                line.clear();
                line.push(c);
            }
        }
        if lines.len() > MAX_WRAPPED {
            break;
        }
    }
    if !line.trim().is_empty() {
        lines.push(shape(line.trim_end(), style));
    }
    if lines.len() > MAX_WRAPPED {
        lines.truncate(MAX_WRAPPED);
        if let Some(last) = lines.last_mut() {
            let kept: String = last.text.chars().rev().skip(1).collect();
            let kept: String = kept.chars().rev().collect();
            *last = shape(&format!("{kept}…"), style);
        }
    }
    lines
}

/// The text in pieces after which a line may break.
fn pieces(text: &str) -> Vec<&str> {
    text.split_inclusive([' ', '-', '/']).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: Style = Style::new(Weight::Regular, 90, Ink::Strong);

    #[test]
    fn latin_greek_and_cyrillic_are_covered() {
        for text in [
            "Grüße, Łódź, Çeşme",
            "Αθήνα Ώρα",
            "Київ Ґудзик, ёж",
            "€ £ ₹ ₽ ₺ № · … ✓",
        ] {
            assert_eq!(printable(text), text);
        }
        assert_eq!(printable("日本"), "\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn digits_stand_in_columns() {
        let widths = ["1111", "0000", "8888"].map(|text| shape(text, PLAIN).width);
        assert_eq!(widths[0], widths[1]);
        assert_eq!(widths[1], widths[2]);
    }

    #[test]
    fn a_word_that_is_too_wide_is_broken() {
        let lines = wrap(&"W".repeat(60), PLAIN, pt(100));
        assert!(lines.len() > 1 && lines.iter().all(|line| line.width <= pt(100)));
        let all: String = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(all, "W".repeat(60));
    }

    #[test]
    fn an_endless_text_ends_visibly() {
        let lines = wrap(&"word ".repeat(500), PLAIN, pt(60));
        assert_eq!(lines.len(), MAX_WRAPPED);
        assert!(lines.last().unwrap().text.ends_with('…'));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_line_fits_and_glyphs_cover_the_text(text in "\\PC{0,60}") {
            for run in wrap(&text, PLAIN, pt(80)) {
                prop_assert!(run.width <= pt(80));
                let shown: usize = run.glyphs.iter().map(|glyph| glyph.range.end).max().unwrap_or(0);
                prop_assert_eq!(shown, run.text.len());
                prop_assert!(run.glyphs.iter().all(|glyph| glyph.id != 0));
            }
        }
    }
}
