use crate::Lexicon;
use crate::testing::shop;

#[test]
fn queries_go_on_from_what_was_typed() {
    let lexicon = shop();
    for (typed, wanted, unwanted) in [
        ("lap", &["laptops", "laptop bags"][..], &["lap"][..]),
        ("LAP", &["laptops"], &[]),
        ("laptop", &["laptops", "laptop bag"], &["laptop"]),
        ("laptop ", &["laptop bag"], &[]),
        ("laptop b", &["laptop bag"], &[]),
        ("wireless m", &["wireless mouse"], &[]),
        ("wirless m", &["wireless mouse"], &[]),
        ("samsung t", &["samsung televisions"], &[]),
        ("apple ", &["apple smartphones", "apple iphone"], &[]),
        ("hedph", &["headphones"], &[]),
        ("wi-f", &["wi-fi router"], &[]),
        ("toner c", &["toner cartridge"], &[]),
        ("iphone 1", &["iphone 11"], &[]),
        ("xyzzy", &[], &["xyzzy"]),
        ("", &[], &[]),
        ("   ", &[], &[]),
    ] {
        let found = lexicon.complete(typed, 10);
        for wanted in wanted {
            assert!(found.iter().any(|f| f == wanted), "{typed}: {found:?}");
        }
        assert!(
            !found.iter().any(|f| unwanted.contains(&f.as_str())),
            "{typed}: {found:?}"
        );
        let distinct: std::collections::HashSet<_> = found.iter().collect();
        assert_eq!(distinct.len(), found.len(), "{typed}");
    }
    assert_eq!(lexicon.complete("l", 1).len(), 1);
    assert!(lexicon.complete("l", 0).is_empty());
}

#[test]
fn popular_queries_come_first() {
    let mut lexicon = shop();
    lexicon.set_popular(vec![
        ("Laptop  16GB".to_owned(), 0.2),
        ("laptop for school".to_owned(), 0.9),
        ("laptop 16gb".to_owned(), 0.3),
        (String::new(), 1.0),
        ("nan".to_owned(), f32::NAN),
    ]);
    assert_eq!(
        lexicon.complete("lap", 2),
        ["laptop for school", "laptop 16gb"]
    );
    lexicon.set_popular(Vec::new());
    assert_eq!(lexicon.complete("laptop f", 5), Vec::<String>::new());
}

#[test]
fn categories_are_found_by_their_names_and_by_what_is_in_them() {
    let lexicon = shop();
    for (typed, wanted) in [
        ("lapt", "laptops"),
        ("laptop ba", "laptop-bags-and-backpacks"),
        ("headpones", "headphones"),
        ("iphone", "smartphones"),
        ("tv", "televisions"),
        ("camera bag", "camera-bags-and-cases"),
    ] {
        let found = lexicon.categories(typed, 3);
        assert_eq!(
            found.first().map(|f| f.0.as_str()),
            Some(wanted),
            "{typed}: {found:?}"
        );
    }
    assert!(lexicon.categories("xyzzy", 3).is_empty() && lexicon.categories("", 3).is_empty());
    assert!(lexicon.categories("a", 2).len() <= 2);
}

#[test]
fn an_empty_shop_suggests_nothing() {
    let lexicon = Lexicon::default();
    assert!(lexicon.complete("laptop", 5).is_empty() && lexicon.categories("laptop", 5).is_empty());
}
