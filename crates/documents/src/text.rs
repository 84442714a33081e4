//! What of a foreign text can be printed.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// What stands for anything that the fonts have no sign for.
pub(crate) const REPLACEMENT: char = '\u{FFFD}';

/// The most characters of one text; the rest is cut and marked by `…`.
const MAX_CHARS: usize = 1_000;

/// The text as it is printed: composed, on one line, without anything that is invisible or
/// changes the direction of writing. What cannot be printed becomes one [`REPLACEMENT`] for what a
/// reader takes as one character; only marks that are meant to be invisible (soft hyphen, zero
/// width space, word joiner, byte order mark) leave no trace.
pub(crate) fn printable(text: &str, covered: impl Fn(char) -> bool) -> String {
    let longest = MAX_CHARS.saturating_mul(2);
    let mut cut = text.chars().nth(longest).is_some();
    let composed: String = text.chars().take(longest).nfc().collect();
    let mut out = String::with_capacity(composed.len());
    for (count, cluster) in composed.graphemes(true).enumerate() {
        if count >= MAX_CHARS {
            cut = true;
            break;
        }
        if cluster.chars().all(char::is_whitespace) {
            if !out.ends_with(' ') {
                out.push(' ');
            }
            continue;
        }
        let visible: String = cluster.chars().filter(|c| !is_mere_hint(*c)).collect();
        if visible.chars().all(&covered) {
            out.push_str(&visible);
        } else {
            out.push(REPLACEMENT);
        }
    }
    let kept = out.trim();
    if cut {
        return format!("{kept}…");
    }
    kept.to_owned()
}

/// Marks that say where a line may break, and nothing else.
fn is_mere_hint(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin(text: &str) -> String {
        printable(text, |c| {
            c.is_ascii_graphic() || ('\u{C0}'..='\u{17F}').contains(&c)
        })
    }

    #[test]
    fn signs_without_a_glyph_are_replaced_one_by_one() {
        assert_eq!(latin("a\u{0}b\u{7f}"), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(
            latin("family \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}!"),
            "family \u{FFFD}!"
        );
        assert_eq!(latin("שלום"), "\u{FFFD}".repeat(4));
    }

    #[test]
    fn the_direction_of_writing_cannot_be_turned() {
        assert_eq!(latin("exe\u{202E}fdp"), "exe\u{FFFD}fdp");
    }

    #[test]
    fn accents_are_composed_and_white_space_is_one_space() {
        assert_eq!(latin("Jose\u{301}\t\n  Muñoz\u{AD} "), "José Muñoz");
    }

    #[test]
    fn endless_text_is_cut_visibly() {
        let text = latin(&"x".repeat(100_000));
        assert_eq!(text.chars().count(), MAX_CHARS + 1);
        assert!(text.ends_with('…'));
        // One letter with a million accents.
        assert!(latin(&format!("a{}", "\u{301}".repeat(1_000_000))).len() < 100);
        assert!(latin(&"e\u{301}".repeat(1_500)).ends_with('…'));
    }
}
