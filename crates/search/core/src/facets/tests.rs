use super::*;

fn specification(code: &str, value: SpecificationValue, unit: Option<&str>) -> Specification {
    Specification {
        code: code.to_owned(),
        name: code.to_uppercase(),
        value,
        unit: unit.map(str::to_owned),
        highlight: None,
    }
}

fn text(code: &str, value: &str) -> Specification {
    specification(code, SpecificationValue::Text(value.to_owned()), None)
}

fn counted(code: &str, numeric: bool, results: u64, coverage: u64, counts: &[u64]) -> Counted {
    let values = counts.iter().enumerate().map(|(n, &count)| ValueCount {
        value: n.to_string().into(),
        name: n.to_string().into(),
        count,
    });
    Counted {
        attribute: AttributeCounts {
            code: code.into(),
            name: code.into(),
            unit: None,
            numeric,
            coverage,
            values: values.collect(),
        },
        results,
        filtered: false,
    }
}

fn codes(chosen: &[AttributeCounts]) -> Vec<&str> {
    chosen.iter().map(|a| &*a.code).collect()
}

#[test]
fn what_does_not_tell_results_apart_is_left_out() {
    let useless = [
        counted("same_for_all", false, 100, 100, &[100]),
        counted("few_have_it", false, 100, 9, &[5, 4]),
        counted("each_its_own", false, 100, 100, &[1; 30]),
        counted("mostly_other", false, 100, 100, &[20, 20, 19]),
        counted("nobody_has_it", false, 100, 0, &[]),
        counted("nothing_found", true, 0, 0, &[]),
    ];
    assert!(
        useless.iter().all(|c| usefulness(c).is_none()),
        "{useless:?}"
    );
    assert!(choose(useless.to_vec()).is_empty());
}

#[test]
fn what_is_filtered_by_stays_and_takes_no_place() {
    let mut all: Vec<_> = (10..30)
        .map(|n| counted(&format!("a{n}"), false, 100, 100, &[50, 50]))
        .collect();
    let mut one = counted("chosen", false, 100, 5, &[5]);
    one.filtered = true;
    all.push(one);
    let chosen = choose(all);
    assert_eq!(chosen.len(), ATTRIBUTES_MAX + 1);
    assert_eq!(codes(&chosen).last(), Some(&"chosen"));
}

#[test]
fn the_most_telling_come_first() {
    let chosen = choose(vec![
        counted("flag", false, 100, 100, &[50, 50]),
        counted("lopsided", false, 100, 100, &[98, 2]),
        counted("kinds", false, 100, 100, &[25, 25, 25, 25]),
        counted("number", true, 100, 100, &[25, 25, 25, 25]),
        counted("half", false, 100, 50, &[13, 13, 12, 12]),
    ]);
    assert_eq!(
        codes(&chosen),
        ["kinds", "number", "flag", "half", "lopsided"]
    );
}

#[test]
fn counts_what_enough_have() {
    let coverage = [("few", 9), ("ten", 10), ("more", 50), ("also", 50)];
    assert_eq!(to_count(100, coverage), ["also", "more", "ten"]);
    assert!(to_count(1, [("one", 1)]).is_empty());
    let many = (0..1_000).map(|n| (n, 100));
    assert_eq!(to_count(100, many).len(), ATTRIBUTES_COUNTED_MAX);
}

#[test]
fn long_texts_are_no_values_and_blanks_do_not_matter() {
    assert_eq!(shown(&text("a", &"x".repeat(VALUE_CHARS_MAX + 1))), None);
    assert_eq!(shown(&text("a", " \n ")), None);
    assert_eq!(
        shown(&text("a", " deep \n blue ")).as_deref(),
        Some("deep blue")
    );
    let flag = specification("a", SpecificationValue::Flag(false), Some("x"));
    assert_eq!(shown(&flag).as_deref(), Some("No"));
    let number = specification("a", SpecificationValue::Number("16".to_owned()), Some("GB"));
    assert_eq!(shown(&number).as_deref(), Some("16"));
    assert_eq!(value_name("16", Some("GB")), "16 GB");
}

#[test]
fn numbers_are_thousandths() {
    for refused in [
        "",
        "-",
        ".",
        "e3",
        "1x",
        "1e",
        "1e99999999999",
        "9e16",
        "99999999999999999",
        "1.5.5",
    ] {
        assert_eq!(thousandths(refused), None, "{refused}");
    }
    for (text, expected) in [
        ("0", 0),
        ("16", 16_000),
        ("-16", -16_000),
        ("1.5", 1_500),
        ("0.0005", 1),
        ("-0.0005", -1),
        ("0.00049", 0),
        ("1.23456", 1_235),
        ("1e3", 1_000_000),
        ("1.5e+2", 150_000),
        ("2e-3", 2),
        ("1e-300", 0),
        ("0e300", 0),
    ] {
        assert_eq!(thousandths(text), Some(expected), "{text}");
    }
}

#[test]
fn prices_follow_the_currency() {
    assert_eq!(price_ends(2)[0], 1_000);
    assert_eq!(price_ends(0)[11], 5_000);
}

#[test]
fn values_stand_in_a_fixed_order() {
    let value = |value: &str, count| ValueCount {
        value: value.into(),
        name: value.to_uppercase().into(),
        count,
    };
    let mut values = vec![
        value("c", 1),
        value("zero", 0),
        value("b", 2),
        value("a", 1),
    ];
    most_frequent(&mut values, 2);
    assert_eq!(values, [value("b", 2), value("a", 1)]);
}
