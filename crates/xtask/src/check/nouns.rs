//! No business noun in `common`: plumbing that knows the business is in the wrong crate.

use regex::Regex;

const NOUNS: [&str; 22] = [
    "product",
    "variant",
    "category",
    "brand",
    "catalog",
    "catalogue",
    "price",
    "stock",
    "cart",
    "basket",
    "checkout",
    "order",
    "payment",
    "refund",
    "invoice",
    "shipping",
    "shipment",
    "promotion",
    "coupon",
    "customer",
    "review",
    "wishlist",
];

/// The names a file makes public.
pub(crate) fn public_names(text: &str) -> Vec<String> {
    let pattern = r"(?m)^\s*pub (?:async |const |unsafe )*(?:fn|struct|enum|trait|type|const|static|mod|union) (\w+)";
    let Ok(pattern) = Regex::new(pattern) else {
        return Vec::new();
    };
    pattern
        .captures_iter(text)
        .map(|found| found[1].to_owned())
        .collect()
}

/// The business noun in a name, if there is one (also in its plural).
pub(crate) fn business_noun(name: &str) -> Option<&'static str> {
    let words = words(name);
    NOUNS.into_iter().find(|noun| {
        words.iter().any(|word| {
            let plural = noun
                .strip_suffix('y')
                .map_or_else(|| format!("{noun}s"), |stem| format!("{stem}ies"));
            word == noun || *word == plural
        })
    })
}

/// `CartToken`, `cart_token` and `CART_TOKEN` → `cart`, `token`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous_lower = false;
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && previous_lower) {
            words.push(String::new());
        }
        if c != '_' {
            if words.is_empty() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        previous_lower = c.is_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_are_found_in_any_case() {
        assert_eq!(business_noun("CartToken"), Some("cart"));
        assert_eq!(business_noun("list_categories"), Some("category"));
        assert_eq!(business_noun("ORDER_STATES"), Some("order"));
        assert_eq!(business_noun("Ordering"), None);
        assert_eq!(business_noun("descartes"), None);
        assert_eq!(business_noun("IdempotencyKey"), None);
    }

    #[test]
    fn only_public_names_count() {
        let text = "pub struct A;\nstruct B;\n    pub async fn c() {}\npub(crate) fn d() {}\npub const E: u8 = 1;";
        assert_eq!(public_names(text), ["A", "c", "E"]);
    }
}
