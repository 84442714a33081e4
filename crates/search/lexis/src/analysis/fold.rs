//! Letters that differ only in dress are one: case, accents, width, ligatures.

use unicode_normalization::UnicodeNormalization as _;

/// A folded character with the bytes of the text that it came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folded {
    pub(super) c: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Lower case without accents; trade marks and invisible characters are left out.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in compose(text).chars() {
        fold_char(c, |folded| out.push(folded));
    }
    out
}

/// The folded characters of a text that is composed.
pub(super) fn folded(text: &str) -> Vec<Folded> {
    let mut out = Vec::with_capacity(text.len());
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        fold_char(c, |c| out.push(Folded { c, start, end }));
    }
    out
}

/// Syllables that were written in pieces, put together: Korean and Japanese. Everything else stays as it is.
pub(super) fn compose(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().any(in_pieces) {
        text.nfc().collect::<String>().into()
    } else {
        text.into()
    }
}

/// Whether a character is a piece of a syllable.
fn in_pieces(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3099}' | '\u{309a}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}')
}

fn fold_char(c: char, mut push: impl FnMut(char)) {
    if c.is_ascii() {
        push(c.to_ascii_lowercase());
        return;
    }
    if is_invisible(c) {
        return;
    }
    let decomposed = c.to_lowercase().nfkd().filter(|c| !is_accent(*c));
    for c in decomposed.nfc().flat_map(char::to_lowercase) {
        match c {
            _ if is_accent(c) => {}
            'ß' => "ss".chars().for_each(&mut push),
            'æ' => "ae".chars().for_each(&mut push),
            'œ' => "oe".chars().for_each(&mut push),
            'þ' => "th".chars().for_each(&mut push),
            'ø' => push('o'),
            'đ' | 'ð' => push('d'),
            'ł' => push('l'),
            'ı' => push('i'),
            '×' | '✕' | '⨯' => push('×'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => push('-'),
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '`' | '´' => push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ff02}' => push('"'),
            '\u{2044}' => push('/'),
            _ => push(c),
        }
    }
}

/// Trade marks, soft hyphens, marks of direction and width zero.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '®' | '™' | '©' | '℠' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    )
}

/// Accents of Latin, Greek and Cyrillic letters and the vowel marks of Arabic and Hebrew, which people leave out. The
/// marks of other scripts are letters and stay.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}')
}

/// Scripts that are written without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_differs_only_in_dress() {
        for (text, wanted) in [
            ("Écran", "ecran"),
            ("E\u{301}cran", "ecran"),
            ("Großer ŁØÆŒ", "grosser loaeoe"),
            ("İstanbul ı", "istanbul i"),
            ("Ｆｕｌｌ ﬁne", "full fine"),
            ("SmartFit® TV™", "smartfit tv"),
            ("soft\u{ad}hyphen\u{200b}", "softhyphen"),
            ("205g/m²", "205g/m2"),
            ("15″ “x” ’s — ‑", "15'' \"x\" 's - -"),
            ("Ёлка Й", "елка и"),
            ("ΆΈ", "αε"),
            ("مُحَمَّد", "محمد"),
            ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}", "한국"),
            ("हिन्दी", "हिन्दी"),
        ] {
            assert_eq!(fold(text), wanted, "{text}");
            assert_eq!(fold(&fold(text)), wanted, "{text} twice");
        }
    }
}
