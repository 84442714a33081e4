//! Words that carry no subject.

/// After these words a phrase only says more about its thing: `case for a phone`.
const PREPOSITIONS: [&str; 9] = [
    "compatible",
    "for",
    "from",
    "in",
    "inside",
    "of",
    "on",
    "with",
    "without",
];

/// Words that a result need not hold.
const OPTIONAL: [&str; 52] = [
    "a",
    "an",
    "and",
    "any",
    "are",
    "at",
    "best",
    "budget",
    "buy",
    "by",
    "cheap",
    "cheaper",
    "cheapest",
    "compatible",
    "deal",
    "discount",
    "for",
    "from",
    "good",
    "great",
    "i",
    "in",
    "is",
    "it",
    "latest",
    "me",
    "my",
    "need",
    "new",
    "newest",
    "of",
    "on",
    "online",
    "or",
    "price",
    "priced",
    "sale",
    "shop",
    "some",
    "that",
    "the",
    "this",
    "to",
    "top",
    "under",
    "use",
    "want",
    "which",
    "with",
    "without",
    "you",
    "your",
];

/// Whether what follows only says more about what stands before.
pub(crate) fn is_preposition(word: &str) -> bool {
    PREPOSITIONS.contains(&word)
}

/// Whether a result need not hold this word.
pub(crate) fn is_optional(word: &str) -> bool {
    OPTIONAL.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_words_can_be_searched() {
        assert!(OPTIONAL.is_sorted());
        assert!(is_optional("the") && is_optional("for") && !is_optional("laptop"));
        assert!(
            PREPOSITIONS
                .iter()
                .all(|p| is_optional(p) || *p == "inside")
        );
    }
}
