use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::testing::shop;
use crate::{Lexicon, Synonyms};

/// The concepts as a text: optional ones with a question mark, wordings with bars between them.
fn concepts(reading: &Reading) -> String {
    let pattern = |pattern: &Pattern| match pattern {
        Pattern::Term(term) => term.clone(),
        Pattern::Phrase(terms) => format!("\"{}\"", terms.join(" ")),
        Pattern::All(terms) => format!("({})", terms.join(" ")),
        Pattern::Code(code) => format!("#{code}"),
        Pattern::Prefix(prefix) => format!("{prefix}*"),
    };
    let concept = |c: &Concept| {
        let wordings: Vec<String> = c.alternatives.iter().map(|a| pattern(&a.pattern)).collect();
        format!(
            "{}{}",
            wordings.join("|"),
            if c.optional { "?" } else { "" }
        )
    };
    reading
        .concepts
        .iter()
        .map(concept)
        .collect::<Vec<_>>()
        .join(" ; ")
}

fn plain() -> Lexicon {
    let mut lexicon = shop();
    lexicon.set_synonyms(Arc::new(Synonyms::parse("laptop, notebook\nps4 => playstation 4\nsmart phone => smartphone\nflat screen tv => lcd tv").unwrap()));
    lexicon
}

#[test]
fn queries_become_concepts() {
    let lexicon = plain();
    for (query, wanted) in [
        ("", ""),
        ("  ...  ", ""),
        ("wireless mouse", "wireless ; mouse"),
        ("Laptops", "laptop|notebook"),
        ("notebook for school", "notebook|laptop ; for? ; school"),
        ("the", "the"),
        ("ps4", "ps4|\"ps 4\"|\"playstation 4\""),
        (
            "flat screen tv",
            "(flat screen tv)|\"flat screen tv\"|\"lcd tv\"",
        ),
        ("usb c hub", "usbc|\"usb c\" ; hub"),
        ("usbc hub", "usbc ; hub"),
        ("tn 2110", "#tn2110|(tn 2110)|tn2110"),
        ("wh 1000 xm 4", "#wh1000xm4|(wh 1000 xm 4)|wh1000xm4"),
        ("006 r 90321", "#006r90321|(006 r 90321)|006r90321"),
        ("TN-2110", "tn2110|#tn2110|\"tn 2110\""),
        ("tp link router", "(tp link)|tplink ; router"),
        ("tplink", "tplink"),
        ("power bank", "power ; bank"),
        ("powerbank", "powerbank|\"power bank\""),
        ("mousepad", "mousepad|\"mouse pad\""),
        ("15 inch laptop", "15in|15.6in ; laptop|notebook"),
        ("tv 55", "tv ; 55in"),
        ("1tb ssd", "1tb|1000gb|1024gb ; ssd"),
        ("8 port switch", "8port|\"8 port\" ; switch"),
        ("b0042xy", "b0042xy|#b0042xy|b0042xy*|\"b 0042 xy\""),
        ("882861702572", "882861702572|#882861702572|882861702572*"),
        ("ノート", "(ノー ート)"),
    ] {
        assert_eq!(concepts(&lexicon.read(query)), wanted, "{query}");
    }
}

#[test]
fn the_last_word_may_go_on() {
    let lexicon = plain();
    for (query, wanted) in [
        ("lap", "lap|lap*"),
        ("laptop b", "laptop|notebook ; b|b*"),
        ("laptop ", "laptop|notebook"),
        ("usb c", "usb ; c|c*"),
        ("tn-21", "tn21|tn21*|#tn21|\"tn 21\""),
        ("for", "for|for*"),
    ] {
        assert_eq!(concepts(&lexicon.read_begun(query)), wanted, "{query}");
    }
}

#[test]
fn prices_are_read_from_words() {
    let lexicon = plain();
    for (query, min, max, left) in [
        ("laptop under 500", None, Some(50_000), "laptop"),
        ("laptop below $300", None, Some(30_000), "laptop"),
        ("laptop < 200", None, Some(20_000), "laptop"),
        ("laptop <= 200 usd", None, Some(20_000), "laptop"),
        ("laptop up to 1,299.99", None, Some(129_999), "laptop"),
        ("laptop less than 1.5k", None, Some(150_000), "laptop"),
        ("under 500 laptop", None, Some(50_000), "laptop"),
        ("laptop under €500 16gb", None, Some(50_000), "laptop 16gb"),
        ("laptop max 400", None, Some(40_000), "laptop"),
        (
            "200-300 dollars monitor",
            Some(20_000),
            Some(30_000),
            "monitor",
        ),
        ("monitor $200-$300", Some(20_000), Some(30_000), "monitor"),
        (
            "monitor between 200 and 300",
            Some(20_000),
            Some(30_000),
            "monitor",
        ),
        (
            "monitor from 100 to 200",
            Some(10_000),
            Some(20_000),
            "monitor",
        ),
        (
            "monitor 100 to 200 eur",
            Some(10_000),
            Some(20_000),
            "monitor",
        ),
        ("tv over 1000", Some(100_000), None, "tv"),
        ("tv more than 99,50", Some(9_950), None, "tv"),
        ("tv around 500", Some(40_000), Some(60_000), "tv"),
        ("$500 laptop", None, Some(50_000), "laptop"),
        ("laptop 500usd or less", None, Some(50_000), "laptop"),
        ("rtx 3060 under 400", None, Some(40_000), "rtx 3060"),
        ("laptop 100 dollars and up", Some(10_000), None, "laptop"),
        // No prices.
        ("under desk", None, None, "under desk"),
        ("ssd under 500 gb", None, None, "ssd under 500 gb"),
        ("tv over 40 inches", None, None, "tv over 40 inches"),
        ("tv over 40\"", None, None, "tv over 40\""),
        ("usb 2.0 to 3.0", None, None, "usb 2.0 to 3.0"),
        ("iphone 13 pro max 256", None, None, "iphone 13 pro max 256"),
        (
            "windows 7 to 10 upgrade",
            None,
            None,
            "windows 7 to 10 upgrade",
        ),
        ("200-300", None, None, "200-300"),
        ("below zero", None, None, "below zero"),
        ("between 300 and 200", None, None, "between 300 and 200"),
        (
            "under 99999999999999999999",
            None,
            None,
            "under 99999999999999999999",
        ),
    ] {
        let reading = lexicon.read(query);
        assert_eq!(
            (
                reading.price_min,
                reading.price_max,
                reading.meaning.as_str()
            ),
            (min, max, left),
            "{query}"
        );
    }
    let mut yen = plain();
    yen.set_minor_units(1);
    assert_eq!(yen.read("laptop under 5000.99").price_max, Some(5_000));
}

#[test]
fn kinds_are_the_things_that_are_asked_for() {
    let lexicon = shop();
    for (query, wanted) in [
        ("laptop", Some("laptops")),
        ("gaming laptop", Some("laptops")),
        ("laptop black", Some("laptops")),
        ("laptop 16gb", Some("laptops")),
        ("notebook", Some("laptops")),
        ("laptop bag", Some("laptop-bags-and-backpacks")),
        ("backpack", Some("laptop-bags-and-backpacks")),
        ("case for iphone", Some("phone-and-tablet-cases")),
        ("iphone case", Some("phone-and-tablet-cases")),
        ("phone case", Some("phone-and-tablet-cases")),
        ("camera case", Some("camera-bags-and-cases")),
        ("camera", Some("digital-cameras")),
        ("iphone", Some("smartphones")),
        ("iphone 11", Some("smartphones")),
        ("toner", Some("toner-cartridges")),
        ("earbuds", Some("headphones")),
        ("printer", Some("printers")),
        ("printer cable", Some("usb-cables")),
        ("55 inch tv", Some("televisions")),
        ("mouse pad", Some("mouse-pads-and-wrist-rests")),
        ("wireless mouse", Some("mice-and-trackballs")),
        ("samsung", None),
        ("for a laptop", Some("laptops")),
        ("4977766654241", None),
        ("", None),
    ] {
        let reading = lexicon.read(query);
        assert_eq!(
            reading.kinds.first().map(|k| k.0.as_str()),
            wanted,
            "{query}: {:?}",
            reading.kinds
        );
        assert!(
            reading
                .kinds
                .iter()
                .all(|(_, weight)| *weight > 0.0 && *weight <= 1.0),
            "{query}"
        );
        assert!(reading.kinds.is_sorted_by(|a, b| a.1 >= b.1), "{query}");
    }
    let bag = |query: &str| {
        lexicon
            .read(query)
            .kinds
            .into_iter()
            .find(|k| k.0 == "laptop-bags-and-backpacks")
            .map_or(0.0, |k| k.1)
    };
    assert!(bag("laptop") < 0.2, "who asks for laptops wants no bags");
}

#[test]
fn brands_are_known_however_they_are_written() {
    let lexicon = shop();
    for (query, wanted) in [
        ("Samsung TV", Some("samsung")),
        ("tv samsung", Some("samsung")),
        ("tp link router", Some("tp-link")),
        ("TP-LINK", Some("tp-link")),
        ("tplink router", Some("tp-link")),
        ("case logic", Some("case-logic")),
        ("case for apple", None),
        ("case", None),
        ("samsng tv", None),
    ] {
        assert_eq!(lexicon.read(query).brand.as_deref(), wanted, "{query}");
    }
    let corrected = lexicon.read("samsng tv").correction.unwrap();
    assert_eq!(
        (corrected.typed.as_str(), corrected.brand.as_deref()),
        ("samsung tv", Some("samsung"))
    );
}

#[test]
fn exact_queries_are_told() {
    let lexicon = shop();
    for (query, wanted) in [
        ("tn2110", true),
        ("brother tn 2110 toner", true),
        ("4977766654241", true),
        ("006r90321", true),
        ("b0042xy", true),
        ("rtx 2060", true),
        ("27 inch monitor", true),
        ("16gb laptop", true),
        ("iphone 11", false),
        ("ps4", false),
        ("windows 10", false),
        ("wireless mouse", false),
        ("", false),
    ] {
        assert_eq!(lexicon.read(query).exact, wanted, "{query}");
    }
}

#[test]
fn words_that_nothing_holds_are_corrected() {
    let lexicon = shop();
    for (query, wanted) in [
        ("hedphones", Some("headphones")),
        ("wirless mouse", Some("wireless mouse")),
        ("LAPTPO bag", Some("laptop bag")),
        ("lpatop under 500", Some("laptop under 500")),
        ("under 500 lpatop", Some("under 500 laptop")),
        ("tonr cartrige", Some("toner cartridge")),
        ("laptop", None),
        ("laptops", None),
        ("tn2111", None),
        ("notebook", None),
        ("powerbank", None),
        ("xylophone", None),
        ("lap", None),
        ("", None),
    ] {
        let reading = lexicon.read(query);
        let correction = reading.correction.as_deref();
        assert_eq!(correction.map(|c| c.typed.as_str()), wanted, "{query}");
        assert!(correction.is_none_or(|c| c.correction.is_none()));
    }
}

#[test]
fn stages_require_less_and_less_and_say_so() {
    let lexicon = plain();
    let stages = |query: &str| -> Vec<(usize, Vec<Note>)> {
        lexicon
            .read(query)
            .stages()
            .into_iter()
            .map(|s| (s.required, s.notes))
            .collect()
    };
    let dropped = |words: &[&str]| Note::Dropped {
        words: words.iter().map(|w| (*w).to_owned()).collect(),
    };
    let corrected = || Note::Corrected {
        from: "wirless mouse".to_owned(),
        to: "wireless mouse".to_owned(),
    };
    assert_eq!(stages("router"), [(1, vec![])]);
    assert_eq!(stages(""), [(0, vec![])]);
    assert_eq!(
        stages("pink xylophone router for boats"),
        [
            (4, vec![]),
            (1, vec![dropped(&["pink", "xylophone", "boats"])]),
            (1, vec![Note::AnyWord])
        ]
    );
    assert_eq!(
        stages("apple router"),
        [
            (2, vec![]),
            (1, vec![dropped(&["apple"])]),
            (1, vec![Note::AnyWord])
        ]
    );
    assert_eq!(
        stages("wirless mouse")[..2],
        [
            (2, vec![corrected()]),
            (1, vec![corrected(), dropped(&["wireless"])])
        ],
        "what nothing holds is not searched for"
    );
    for query in [
        "a",
        "laptop with ssd and 16 gb for school under 900",
        "x y z",
        "mouse mouse mouse",
    ] {
        let reading = lexicon.read(query);
        for stage in reading.stages() {
            let concepts = stage.concepts(&reading);
            let needed = concepts.iter().filter(|c| !c.optional).count();
            assert!(stage.required <= needed && stage.required > 0, "{query}");
        }
    }
}

#[test]
fn titles_show_what_matched() {
    let lexicon = shop();
    for (query, title, wanted) in [
        ("laptops", "Acer Laptop 15", &["Laptop"][..]),
        ("notebook", "Acer Laptop 15", &["Laptop"]),
        ("tn2110", "Brother TN-2110 toner", &["TN-2110"]),
        ("tn2110", "Brother TN 2110 toner", &["TN 2110"]),
        (
            "tn 2110 toner",
            "Brother TN-2110 toner",
            &["TN-2110", "toner"],
        ),
        ("wifi", "Écran Wi-Fi 😀 wi fi", &["Wi-Fi", "wi fi"]),
        ("55 inch", "😀 TV 55\" black", &["55\""]),
        ("mouse for me", "A mouse for me", &["mouse"]),
        ("xyz", "A mouse", &[]),
        ("", "A mouse", &[]),
    ] {
        let units: Vec<u16> = title.encode_utf16().collect();
        let found: Vec<String> = lexicon
            .read(query)
            .highlight(title)
            .into_iter()
            .map(|r| String::from_utf16(&units[r]).unwrap())
            .collect();
        assert_eq!(found, wanted, "{query} in {title}");
    }
    let begun = lexicon.read_begun("lap").highlight("A laptop");
    assert_eq!(begun.first(), Some(&(2..8)));
}

#[test]
fn long_queries_are_cut() {
    let lexicon = shop();
    let reading = lexicon.read(&"mouse ".repeat(10_000));
    assert!(reading.concepts.len() <= 32 && reading.typed.len() <= 512);
    assert!(lexicon.read(&"x".repeat(100_000)).typed.len() <= 512);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_can_be_read(text in r#"(\PC|[a-z0-9 ."'$€<>-]|under|between|and|laptop|usb|tn|inch|for|samsng){0,40}"#) {
        let lexicon = LEXICON.with(std::rc::Rc::clone);
        for reading in [lexicon.read(&text), lexicon.read_begun(&text)] {
            prop_assert_eq!(reading.concepts.len(), reading.telling.len());
            for concept in &reading.concepts {
                prop_assert!(!concept.alternatives.is_empty());
                prop_assert!(concept.alternatives.iter().all(|a| a.weight > 0.0 && a.weight <= 1.0));
            }
            prop_assert!(reading.price_min.zip(reading.price_max).is_none_or(|(min, max)| min <= max));
            let _ = (reading.stages(), reading.highlight(&text));
        }
        let _ = (lexicon.complete(&text, 5), lexicon.categories(&text, 5));
    }

    #[test]
    fn a_query_is_read_the_same_in_any_case(text in "[a-z0-9 -]{0,30}") {
        let lexicon = LEXICON.with(std::rc::Rc::clone);
        // A lone capital behind a number names a unit.
        prop_assume!(!text.split([' ', '-']).any(|word| matches!(word, "a" | "u")));
        let (lower, upper) = (lexicon.read(&text), lexicon.read(&text.to_uppercase()));
        prop_assert_eq!(concepts(&lower), concepts(&upper));
        prop_assert_eq!(lower.kinds, upper.kinds);
    }
}

thread_local! {
    static LEXICON: std::rc::Rc<Lexicon> = std::rc::Rc::new(shop());
}
