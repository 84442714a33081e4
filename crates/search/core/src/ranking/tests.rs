#![expect(
    clippy::float_cmp,
    reason = "shares of whole numbers, and values that are only passed on, are exact"
)]

use std::collections::HashMap;
use std::sync::Arc;

use kernel::ProductId;
use search_lexis::{Alternative, Concept, Pattern, Reading};
use uuid::Uuid;

use super::*;
use crate::found::{Features, Position};
use crate::wording::Wording;

fn concept(word: &str) -> Concept {
    wordings(&[Pattern::Term(word.to_owned())])
}

fn wordings(patterns: &[Pattern]) -> Concept {
    Concept {
        word: "typed".to_owned(),
        alternatives: patterns
            .iter()
            .map(|pattern| Alternative {
                pattern: pattern.clone(),
                weight: 1.0,
            })
            .collect(),
        optional: false,
    }
}

fn reading(words: &[&str]) -> Reading {
    Reading {
        concepts: words.iter().map(|word| concept(word)).collect(),
        ..Reading::default()
    }
}

fn candidate(id: u128, title: &str, category: &str) -> Candidate {
    Candidate {
        id: ProductId::from(Uuid::from_u128(id)),
        lexical: None,
        cosine: None,
        near: false,
        key: None,
        features: Features {
            position: Arc::new(Position {
                category: category.into(),
                parents: Box::default(),
            }),
            wording: Wording::new(title.split(' '), []),
            in_stock: true,
            ..Features::default()
        },
    }
}

fn found(id: u128, title: &str, category: &str, lexical: f32, cosine: f32) -> Candidate {
    Candidate {
        lexical: (lexical > 0.0).then_some(lexical),
        cosine: Some(cosine),
        ..candidate(id, title, category)
    }
}

fn order(query: Query<'_>, candidates: &[Candidate]) -> Vec<u128> {
    let mut turned = candidates.to_vec();
    turned.reverse();
    let ids = |ranked: Vec<Ranked>| -> Vec<u128> {
        ranked
            .iter()
            .map(|r| Uuid::from(r.candidate.id).as_u128())
            .collect()
    };
    let order = ids(rank(query, candidates.to_vec()));
    assert_eq!(
        order,
        ids(rank(query, turned)),
        "the order depends on the order of candidates"
    );
    for count in 0..=candidates.len().saturating_add(1) {
        let first = ids(first(query, candidates.to_vec(), count));
        assert_eq!(first, order[..count.min(order.len())]);
    }
    order
}

#[test]
fn nothing_found_is_no_order() {
    assert!(rank(&Reading::default(), Vec::new()).is_empty());
}

#[test]
fn words_alone_keep_accessories_behind_the_kind_that_is_named() {
    let mut laptop = reading(&["laptop"]);
    laptop.kinds = vec![("laptops".to_owned(), 1.0)];
    let mut bag = candidate(1, "laptop bag", "laptop-bags");
    bag.lexical = Some(9.0);
    let mut book = candidate(2, "elitebook notebook", "laptops");
    book.lexical = Some(6.0);
    assert_eq!(order((&laptop).into(), &[bag, book]), [2, 1]);
}

#[test]
fn the_name_of_the_category_speaks_where_words_do_not() {
    let earbuds = reading(&["earbud"]);
    let nearness = HashMap::from([("headphones".to_owned(), 0.7), ("cases".to_owned(), 0.2)]);
    let near = [
        found(1, "case", "cases", 0.0, 0.50),
        found(2, "in ear", "headphones", 0.0, 0.45),
    ];
    let query = Query {
        reading: &earbuds,
        nearness: Some(&nearness),
    };
    assert_eq!(order(query, &near), [2, 1]);
    assert_eq!(order((&earbuds).into(), &near), [1, 2]);
}

#[test]
fn what_holds_an_exact_code_stands_before_everything_near() {
    let candidates = [
        found(1, "brother tn 2110 toner", "toner", 12.0, 0.05),
        found(2, "brother tn 2120 toner", "toner", 0.0, 0.99),
    ];
    let nearness = HashMap::from([("toner".to_owned(), 0.9)]);
    let mut toner = reading(&["brother", "tn2110", "toner"]);
    for (exact, wanted) in [(false, [2, 1]), (true, [1, 2])] {
        toner.exact = exact;
        let query = Query {
            reading: &toner,
            nearness: Some(&nearness),
        };
        assert_eq!(order(query, &candidates), wanted);
    }
}

#[test]
fn a_product_without_a_vector_yet_is_no_worse_than_its_like() {
    let mouse = reading(&["mouse"]);
    let mut fresh = found(3, "mouse", "mice", 5.0, 0.0);
    fresh.cosine = None;
    let candidates = [
        found(1, "mouse", "mice", 5.0, 0.6),
        found(2, "mouse", "mice", 5.0, 0.4),
        fresh,
        found(4, "mouse", "mice", 5.0, 0.5),
        found(5, "pad", "mouse-pads", 0.0, 0.45),
    ];
    assert_eq!(order((&mouse).into(), &candidates), [1, 3, 4, 2, 5]);
}

#[test]
fn equal_ones_go_by_what_is_wanted_and_then_by_id() {
    let mut wanted = candidate(3, "mouse", "mice");
    wanted.features.popularity = 0.5;
    let mut gone = candidate(1, "mouse", "mice");
    gone.features.in_stock = false;
    let candidates = [
        candidate(4, "mouse", "mice"),
        gone,
        wanted,
        candidate(2, "mouse", "mice"),
    ];
    assert_eq!(
        order((&reading(&["mouse"])).into(), &candidates),
        [3, 2, 4, 1]
    );
}

#[test]
fn signals_are_shares() {
    let mut query = reading(&["usb", "hub"]);
    query.kinds = vec![
        ("usb-hubs".to_owned(), 0.9),
        ("peripherals".to_owned(), 1.0),
    ];
    let below = |mut candidate: Candidate| {
        let position = Arc::make_mut(&mut candidate.features.position);
        position.parents = Box::new(["peripherals".into()]);
        candidate
    };
    let hub = below(found(1, "mini usb hub", "usb-hubs", 8.0, 0.5));
    let stick = below(found(2, "usb stick", "usb-sticks", 2.0, 0.3));
    let seen = signals((&query).into(), &[hub, stick]);
    let shown = |s: &Signals| [s.matches, s.title, s.lexical, s.kind, s.cosine];
    assert_eq!(shown(&seen[0]), [1.0, 1.0, 1.0, 0.9, 0.5]);
    assert_eq!(shown(&seen[1]), [1.0, 0.5, 0.25, 0.8, 0.3]);
}

#[test]
fn a_title_says_a_wording_when_it_has_all_of_it() {
    let stems = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
    let drive = wordings(&[
        Pattern::Phrase(stems("flash drive")),
        Pattern::Term("stick".to_owned()),
        Pattern::Code("fm08fd05b".to_owned()),
        Pattern::Prefix("pend".to_owned()),
    ]);
    let said = |title: &str, code: &str| {
        let wording = Wording::new(title.split(' '), [code]);
        wording::share(std::slice::from_ref(&drive), &wording)
    };
    assert_eq!(said("drive usb flash", ""), 1.0);
    assert_eq!(said("flash light", ""), 0.0);
    assert_eq!(said("usb stick", ""), 1.0);
    assert_eq!(said("philips usb", "fm08fd05b"), 1.0);
    assert_eq!(said("pendrive", ""), 1.0);
    let optional = Concept {
        optional: true,
        ..concept("cheap")
    };
    assert_eq!(wording::share(&[optional], &Wording::default()), 0.0);
}

#[test]
fn nearness_is_a_cosine_for_each_category() {
    let along = |axis: usize| {
        let mut vector = [0.0; search_vectors::DIMENSIONS];
        vector[axis] = 1.0;
        search_vectors::Embedding::from_f32(&vector).unwrap()
    };
    let categories: Categories = [("a".to_owned(), along(0)), ("b".to_owned(), along(1))]
        .into_iter()
        .collect();
    let nearness = categories.nearness(&along(0));
    assert!(nearness["a"] > 0.999 && nearness["b"].abs() < 0.001);
    assert!(categories.contains("b") && !categories.contains("c"));
}

#[test]
fn a_brand_and_a_kind_put_the_kind_before_what_goes_with_it() {
    let candidates = [
        found(
            1,
            "epson projector lamp",
            "projector-accessories",
            9.0,
            0.62,
        ),
        found(2, "epson eb 900", "projectors", 7.0, 0.5),
    ];
    let mut reading = reading(&["epson", "projector"]);
    reading.kinds = vec![("projectors".to_owned(), 1.0)];
    assert_eq!(order((&reading).into(), &candidates), [1, 2]);
    reading.brand = Some("epson".to_owned());
    assert_eq!(order((&reading).into(), &candidates), [2, 1]);
    // A guess is none.
    reading.kinds[0].1 = 0.5;
    assert_eq!(order((&reading).into(), &candidates), [1, 2]);
}
