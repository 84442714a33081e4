//! Where a rule may send shoppers: to pages of the shop, and nowhere else.

/// The longest path.
const LENGTH_MAX: usize = 500;

/// Why a text is no path in the shop. The words follow the field's name.
pub fn refusal(path: &str) -> Option<&'static str> {
    let bytes = path.as_bytes();
    if bytes.len() > LENGTH_MAX {
        Some("must be at most 500 characters")
    } else if !path.starts_with('/') {
        Some("must be a path in the shop that begins with /, as /c/laptops")
    } else if bytes
        .get(1)
        .is_some_and(|next| matches!(next, b'/' | b'\\'))
    {
        Some("must stay in the shop: // leads elsewhere")
    } else if !bytes.iter().all(u8::is_ascii_graphic) || path.contains('\\') {
        Some("must be visible ASCII characters without \\; write others as %xx")
    } else {
        let ends = path.find(['?', '#']).unwrap_or(path.len());
        let dots = |part: &str| {
            let part = part.to_ascii_lowercase().replace("%2e", ".");
            part == "." || part == ".."
        };
        path[..ends]
            .split('/')
            .any(dots)
            .then_some("must not hold . or .. as a part")
    }
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn only_paths_of_the_shop() {
        for path in [
            "/",
            "/c/laptops",
            "/p/tn-2110?from=search#specs",
            "/a//b",
            "/search?q=..",
            "/caf%C3%A9",
        ] {
            assert_eq!(refusal(path), None, "{path}");
        }
        let long = format!("/{}", "a".repeat(500));
        for path in [
            "",
            "laptops",
            "https://example.com/",
            "//example.com",
            "/\\example.com",
            "\\\\example.com",
            "/a\\b",
            "javascript:alert(1)",
            "data:text/html,x",
            "/a b",
            "/a\nb",
            "/a\0",
            "/\t/example.com",
            "/é",
            "/../admin",
            "/a/%2E%2e/b",
            "/a/.",
            &long,
        ] {
            assert!(refusal(path).is_some(), "{path}");
        }
    }
}
