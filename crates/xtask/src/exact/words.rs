//! Words of a catalogue: how a code is written in several ways, and what one of a kind is called.

/// Letters and digits of a code in small letters: `TN-2110` is `tn2110`.
pub(super) fn compact(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

/// A code with blanks for its separators, or where letters end and digits begin: `tn 2110`. `None`: it has one part.
pub(super) fn spaced(code: &str) -> Option<String> {
    let lower = code.to_ascii_lowercase();
    let parts: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() > 1 {
        return Some(parts.join(" "));
    }
    let [part] = parts[..] else {
        return None;
    };
    let digits = part.find(|c: char| c.is_ascii_digit())?;
    // `2110b` is not split: a number before letters reads as a measure.
    (digits >= 2).then(|| format!("{} {}", &part[..digits], &part[digits..]))
}

/// Lower-case words of letters alone.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && word.chars().all(char::is_alphabetic))
        .map(str::to_lowercase)
}

/// What one product of a category is called, if its name is the plain name of one kind: `Graphics cards` is
/// `graphics card`. Names that list several kinds, or what belongs to a kind, give none.
pub(super) fn one_of(category: &str) -> Option<String> {
    let lower = category.to_lowercase();
    let several = [
        ",", "/", "(", "&", " and ", " or ", " for ", "accessor", "other", "parts",
    ];
    if several.iter().any(|mark| lower.contains(mark)) {
        return None;
    }
    let (head, last) = match lower.rsplit_once(' ') {
        Some((head, last)) => (format!("{head} "), last),
        None => (String::new(), lower.as_str()),
    };
    Some(format!("{head}{}", singular(last)))
}

fn singular(word: &str) -> String {
    match word {
        "mice" => return "mouse".to_owned(),
        "lenses" => return "lens".to_owned(),
        "series" | "optics" | "ups" | "gps" => return word.to_owned(),
        _ => {}
    }
    let stem =
        |ending: &str, new: &str| word.strip_suffix(ending).map(|stem| format!("{stem}{new}"));
    let long_enough = word.len() > 3 && !word.ends_with("ss");
    stem("ies", "y")
        .or_else(|| {
            ["sses", "shes", "ches", "xes"]
                .iter()
                .find_map(|e| stem(e, &e[..e.len() - 2]))
        })
        .or_else(|| long_enough.then(|| stem("s", "")).flatten())
        .unwrap_or_else(|| word.to_owned())
}

/// Everything in an order that depends on the seed and on each thing's name alone: what is added or taken away elsewhere
/// in the catalogue moves little.
pub(super) fn shuffled<T>(mut all: Vec<T>, seed: &str, name: impl Fn(&T) -> String) -> Vec<T> {
    use sha2::{Digest, Sha256};
    all.sort_by_cached_key(|one| Sha256::digest(format!("{seed}\n{}", name(one))).to_vec());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_in_several_ways() {
        assert_eq!(compact("TN-2110/B"), "tn2110b");
        assert_eq!(spaced("TN-2110").as_deref(), Some("tn 2110"));
        assert_eq!(spaced("TN2110").as_deref(), Some("tn 2110"));
        assert_eq!(spaced("2110B"), None);
        assert_eq!(spaced("V420"), None);
        assert_eq!(spaced("PRO"), None);
    }

    #[test]
    fn categories_that_are_one_kind_have_a_singular() {
        for (name, one) in [
            ("Laptops", "laptop"),
            ("Graphics cards", "graphics card"),
            ("Mice", "mouse"),
            ("Batteries", "battery"),
            ("Memory", "memory"),
            ("Network switches", "network switch"),
            ("Camera lenses", "camera lens"),
        ] {
            assert_eq!(one_of(name).as_deref(), Some(one));
        }
        for name in [
            "Hubs and docks",
            "Phone accessories",
            "TV mounts, monitor arms and stands",
        ] {
            assert_eq!(one_of(name), None);
        }
    }
}
