use proptest::prelude::*;

use super::*;
use crate::testing::{PRODUCTS, shop, teach};

fn empty(lexicon: &Lexicon) -> bool {
    let Size {
        products,
        terms,
        words,
        codes,
        ..
    } = lexicon.size();
    let names = lexicon.categories.all().iter().chain(lexicon.brands.all());
    (products, terms, words, codes) == (0, 0, 0, 0)
        && names.map(|name| name.count).sum::<u32>() == 0
        && lexicon
            .words
            .iter()
            .all(|(_, _, word)| word.next.is_empty())
        && lexicon
            .terms
            .iter()
            .all(|(_, _, term)| term.kinds.is_empty() && term.purposes.is_empty())
}

#[test]
fn learns_what_the_catalogue_says() {
    let lexicon = shop();
    assert_eq!(lexicon.size().products, 93);
    assert!(lexicon.size().bytes > 1_000);
    assert_eq!(
        lexicon.terms.get("laptop").map(|t| t.products),
        Some(18),
        "also those named so by their category"
    );
    assert_eq!(
        lexicon
            .terms
            .get("bluetooth")
            .map(|t| (t.products, t.details)),
        Some((3, 90))
    );
    assert_eq!(lexicon.codes.count("tn2110"), 3);
    assert_eq!(lexicon.codes.count("4977766654241"), 3);
    assert_eq!(lexicon.codes.count("95205903218"), 3, "without its zeros");
    assert_eq!(lexicon.follows("wireless", "mouse"), 6);
    assert_eq!(lexicon.follows("mouse", "wireless"), 0);
    assert_eq!(lexicon.category_name("laptops"), Some("Laptops"));
    assert_eq!(lexicon.brand_name("tp-link"), Some("TP-Link"));
    assert_eq!(
        (lexicon.brand_name("x"), lexicon.category_name("x")),
        (None, None)
    );
    assert!(
        lexicon
            .category_names()
            .contains(&("all".to_owned(), "Electronics".to_owned()))
    );
    let phone = lexicon
        .terms
        .get("iphone")
        .map(|t| (t.kinds.len(), t.purposes.len()));
    assert_eq!(
        phone,
        Some((1, 1)),
        "a case is no iPhone because it is for one"
    );
}

#[test]
fn what_was_never_learnt_changes_nothing() {
    let mut lexicon = shop();
    let before = lexicon.size();
    lexicon.forget(&Subject {
        title: "Unknown thing",
        brand: None,
        category: ("x", "X"),
        parents: &[],
        codes: &["1"],
        details: &[],
    });
    assert_eq!(lexicon.size(), before);
}

#[test]
fn names_are_those_that_were_told_last() {
    let mut lexicon = shop();
    let renamed = ("Acer Extensa", "Acer Inc", "Laptops", "AC-3");
    teach(&renamed, |s| {
        lexicon.learn(&Subject {
            brand: Some(("acer", "Acer Inc")),
            category: ("laptops", "Portable computers"),
            ..*s
        });
    });
    assert_eq!(lexicon.brand_name("acer"), Some("Acer Inc"));
    assert_eq!(lexicon.category_name("laptops"), Some("Portable computers"));
    assert!(lexicon.kinds.of_thing("laptop").is_empty());
    assert_eq!(lexicon.kinds.of_thing("computer").len(), 1);
}

#[test]
fn what_is_not_used_any_more_is_swept() {
    let mut lexicon = Lexicon::default();
    let letter = |i: u32| char::from(b'a' + u8::try_from(i % 26).unwrap());
    // Eight words of their own for each: some of letters only, some with digits.
    let title = |i: u32| -> String {
        let name: String = [i, i / 26, i / 676].map(letter).iter().collect();
        let words = (0..8).map(|w| {
            if w < 4 {
                format!("{name}{}", letter(w))
            } else {
                format!("{name}{w}")
            }
        });
        words.collect::<Vec<_>>().join(" ")
    };
    for i in 0..3_000 {
        let text = title(i);
        let subject = Subject {
            title: &text,
            brand: None,
            category: ("c", "C"),
            parents: &[],
            codes: &[],
            details: &[],
        };
        lexicon.learn(&subject);
        lexicon.forget(&subject);
    }
    assert!(empty(&lexicon));
    assert!(
        lexicon.terms.len() < 10_000 && lexicon.words.len() < 10_000,
        "{} {}",
        lexicon.terms.len(),
        lexicon.words.len()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn learning_and_forgetting_in_any_order_leaves_nothing(order in proptest::collection::vec(0..PRODUCTS.len(), 0..40), turn in 0..40usize) {
        let mut lexicon = Lexicon::default();
        for i in &order {
            teach(&PRODUCTS[*i], |s| lexicon.learn(s));
        }
        let mut back = order.clone();
        back.rotate_left(turn % order.len().max(1));
        for i in &back {
            teach(&PRODUCTS[*i], |s| lexicon.forget(s));
        }
        prop_assert!(empty(&lexicon));
    }
}
