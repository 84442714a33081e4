//! Names in addresses.

use crate::import::clean;

/// The longest slug made from a title, in bytes.
pub const SLUG_MAX: usize = 120;

/// The slug of a title: lower-case words joined by hyphens; `product` where no letter of it can be written so.
pub fn from_title(title: &str) -> String {
    let slug = clean::slug(title, SLUG_MAX);
    if slug.is_empty() {
        "product".to_owned()
    } else {
        slug
    }
}

/// The slug of a brand. Names that cannot be written in ASCII get a stable stand-in.
pub fn from_brand(name: &str) -> String {
    let slug = clean::slug(name, 60);
    if !slug.is_empty() {
        return slug;
    }
    let digest = <sha2::Sha256 as sha2::Digest>::digest(name.as_bytes());
    format!("brand-{}", hex::encode(&digest[..4]))
}

/// Whether a text can be a slug: words of small letters and digits, joined by single hyphens.
pub fn is_slug(text: &str) -> bool {
    (1..=200).contains(&text.len())
        && text.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// The `n`th slug to try where the first is taken: `slug`, `slug-2`, `slug-3`, …
pub fn candidate(slug: &str, n: u32) -> String {
    if n <= 1 {
        slug.to_owned()
    } else {
        format!("{slug}-{n}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_fit_their_rule() {
        for title in ["Überall® 5G – 256 GB", "日本", "--", "a"] {
            assert!(is_slug(&from_title(title)), "{title}");
        }
        assert_eq!(from_title("日本"), "product");
        assert!(is_slug(&from_brand("日本")) && from_brand("日本") != from_brand("中国"));
        for bad in ["", "-", "a-", "-a", "a--b", "A", "a_b", "é"] {
            assert!(!is_slug(bad), "{bad}");
        }
        assert_eq!(
            (candidate("a", 1), candidate("a", 2)),
            ("a".into(), "a-2".into())
        );
    }
}
