//! Tidying foreign text: entities, markup, control characters and odd spaces.

use unicode_normalization::UnicodeNormalization;

/// Entities that occur in product texts.
const ENTITIES: &[(&str, &str)] = &[
    ("&nbsp;", " "),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&apos;", "'"),
    ("&deg;", "°"),
    ("&reg;", "®"),
    ("&trade;", "™"),
    ("&copy;", "©"),
    ("&micro;", "µ"),
    ("&plusmn;", "±"),
    ("&times;", "×"),
    ("&frac12;", "½"),
    ("&eacute;", "é"),
    ("&ndash;", "–"),
    ("&mdash;", "—"),
    ("&bull;", "•"),
    ("&rsquo;", "’"),
    ("&amp;", "&"),
];

/// One line of plain text: no markup, no control characters, single spaces.
pub fn line(text: &str) -> String {
    squeeze(&plain(text).replace("\\n", " "))
}

/// Plain text that keeps its line breaks, at most one blank line in a row.
pub fn paragraphs(text: &str) -> String {
    let text = plain(text)
        .replace("\\n", "\n")
        .replace(['\u{2028}', '\u{2029}'], "\n");
    let mut out = String::with_capacity(text.len());
    for part in text.lines().map(squeeze) {
        if part.is_empty() && (out.is_empty() || out.ends_with("\n\n")) {
            continue;
        }
        out.push_str(&part);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// Lower-case ASCII slug of at most `max` bytes, cut at a word where possible.
pub fn slug(text: &str, max: usize) -> String {
    let mut out = String::new();
    let letters = text
        .chars()
        .filter(|ch| !matches!(ch, '\'' | '’' | '®' | '™' | '©'));
    for ch in letters
        .nfkd()
        .filter(|ch| !('\u{300}'..='\u{36f}').contains(ch))
    {
        let ch = ch.to_ascii_lowercase();
        if ch.is_ascii_alphanumeric() {
            out.push(ch);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    if out.len() > max {
        let cut = out
            .get(..max)
            .and_then(|head| head.rfind('-'))
            .filter(|at| *at > 0);
        out.truncate(cut.unwrap_or(max));
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// Removes tags and decodes entities; a lone `<` stays, because titles say "<= 3L".
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let inner = tail.get(1..).unwrap_or_default();
        let tag = inner.starts_with(|ch: char| ch.is_ascii_alphabetic() || ch == '/');
        if let Some(end) = inner.find('>').filter(|end| tag && *end < 200) {
            out.push_str(if inner.starts_with("br") || inner.starts_with("/p") {
                "\n"
            } else {
                " "
            });
            rest = inner.get(end + 1..).unwrap_or_default();
        } else {
            out.push('<');
            rest = inner;
        }
    }
    out.push_str(rest);
    if out.contains('&') {
        for (entity, plain) in ENTITIES {
            out = out.replace(entity, plain);
        }
    }
    out
}

fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|ch: char| {
        ch.is_whitespace() || ch.is_control() || matches!(ch, '\u{feff}' | '\u{200b}' | '\u{200e}')
    }) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lose_markup_entities_and_separators() {
        assert_eq!(
            line("6 ft 90&deg; <strong>Cable</strong>\u{2028} M/M\\nx"),
            "6 ft 90° Cable M/M x"
        );
        assert_eq!(line("Mini PC (<= 3L)"), "Mini PC (<= 3L)");
        assert_eq!(line(" \t\u{0}\u{200b} "), "");
    }

    #[test]
    fn paragraphs_keep_breaks() {
        assert_eq!(
            paragraphs("One<br />(two)\\n\\n\\n\\nthree\u{2028}four\n"),
            "One\n(two)\n\nthree\nfour"
        );
    }

    #[test]
    fn slugs_are_short_ascii_words() {
        assert_eq!(
            slug("Café Crème™ 15.6\" – 8 GB", 80),
            "cafe-creme-15-6-8-gb"
        );
        assert_eq!(slug("alpha beta gamma", 12), "alpha-beta");
        assert_eq!(slug("…", 10), "");
    }
}
