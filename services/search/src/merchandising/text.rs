//! How what staff write is compared with what shoppers type.

use search_lexis::analysis;

/// Lower case, without accents, signs that cannot be seen and superfluous white space. Words stay as they are written:
/// a rule for "mouse" says nothing about "mice".
pub fn normalise(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let folded = analysis::fold(text);
    let visible = folded.split(|c: char| c.is_whitespace() || c.is_control());
    for word in visible {
        let start = normal.len();
        if start > 0 {
            normal.push(' ');
        }
        let filled = normal.len();
        normal.extend(word.chars().filter(|c| !is_invisible(*c)));
        if normal.len() == filled {
            normal.truncate(start);
        }
    }
    normal
}

/// As staff wrote it, without superfluous white space.
pub fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text holds signs that cannot be seen or that change how the rest is shown.
pub fn has_invisible(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || is_invisible(c))
}

/// Joiners, marks of direction and other signs without a shape.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_look_alike_are_alike() {
        for (text, normal) in [
            ("", ""),
            (" \t\n", ""),
            ("\u{200b}", ""),
            ("USB-C  Hub", "usb-c hub"),
            ("  café\u{a0}Écran ", "cafe ecran"),
            ("a\0b", "a b"),
            ("la\u{ad}ptop \u{202e}bag\u{202c}", "laptop bag"),
            ("a \u{200b} b", "a b"),
        ] {
            assert_eq!(normalise(text), normal, "{text:?}");
            assert_eq!(normalise(normal), normal, "once is enough: {text:?}");
        }
    }
}
