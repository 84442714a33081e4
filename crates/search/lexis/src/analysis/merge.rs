//! Words that are one although a space stands between them.

use super::{Shape, Token};

/// Parts and the whole. After `usb`, a letter names a plug.
const PAIRS: [(&str, &str, &str); 9] = [
    ("blu", "ray", "bluray"),
    ("e", "book", "ebook"),
    ("e", "reader", "ereader"),
    ("hi", "fi", "hifi"),
    ("type", "a", "typea"),
    ("type", "b", "typeb"),
    ("type", "c", "typec"),
    ("wi", "fi", "wifi"),
    ("x", "box", "xbox"),
];
/// What names a plug behind `usb`.
const PLUGS: [(&str, &str); 6] = [
    ("a", "usba"),
    ("b", "usbb"),
    ("c", "usbc"),
    ("typea", "usba"),
    ("typeb", "usbb"),
    ("typec", "usbc"),
];

/// Puts such words together, first the pairs and then the plugs.
pub(super) fn merge(tokens: Vec<Token>) -> Vec<Token> {
    let pairs = merged(tokens, |one, other| {
        PAIRS
            .iter()
            .find(|(a, b, _)| *a == one && *b == other)
            .map(|(_, _, whole)| *whole)
    });
    merged(pairs, |one, other| {
        PLUGS
            .iter()
            .find(|(plug, _)| one == "usb" && *plug == other)
            .map(|(_, whole)| *whole)
    })
}

fn merged(tokens: Vec<Token>, whole: impl Fn(&str, &str) -> Option<&'static str>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let lettered = |t: &Token| matches!(t.shape, Shape::Word | Shape::Compound);
        let before = out
            .last_mut()
            .filter(|before| lettered(before) && lettered(&token));
        let joined =
            before.and_then(|before| whole(&before.term, &token.term).map(|term| (before, term)));
        let Some((before, term)) = joined else {
            out.push(token);
            continue;
        };
        let first = std::mem::replace(&mut before.term, term.to_owned());
        before.range.end = token.range.end;
        before.parts.insert(0, first);
        before.parts.push(token.term);
        before.parts.extend(token.parts);
        before.plain.extend(token.plain);
        before.plain.push(term.to_owned());
        before.shape = Shape::Compound;
    }
    out
}
