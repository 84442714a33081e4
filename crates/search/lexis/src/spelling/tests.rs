use proptest::prelude::*;

use super::*;

fn filed(words: &[&str]) -> Spelling {
    let mut spelling = Spelling::default();
    for (word, id) in words.iter().zip(0..) {
        spelling.insert(word, id);
    }
    spelling
}

#[test]
fn words_that_are_near_are_found() {
    let words = [
        "laptop",
        "headphones",
        "lens",
        "tv",
        "tn2110",
        "monitor",
        "keyboard",
    ];
    let spelling = filed(&words);
    for (typed, wanted) in [
        ("latpop", Some("laptop")),
        ("laptp", Some("laptop")),
        ("lapptop", Some("laptop")),
        ("kaptop", Some("laptop")),
        ("hedphons", Some("headphones")),
        ("keybaord", Some("keyboard")),
        ("moniter", Some("monitor")),
        ("lnes", Some("lens")),
        ("tn2111", None),
        ("t", None),
        ("", None),
        ("xylophone", None),
    ] {
        let near = spelling.near(typed);
        let best = near
            .iter()
            .map(|id| words[*id as usize])
            .find(|w| edits(typed, w, edits_max(typed.len())).is_some());
        assert_eq!(best, wanted, "{typed}");
    }
}

#[test]
fn words_that_are_taken_out_are_gone() {
    let mut spelling = filed(&["laptop", "lapdog"]);
    spelling.remove(&[0]);
    assert_eq!(spelling.near("laptop"), Vec::<Id>::new());
    assert_eq!(spelling.near("lapdgo"), [1]);
}

#[test]
fn slips_are_cheaper_than_accidents() {
    for (typed, likely, unlikely) in [
        ("cabel", "cable", "label"),
        ("moniter", "monitor", "moniker"),
        ("baterry", "battery", "flattery"),
        ("pirnter", "printer", "pinter"),
        ("camra", "camera", "carla"),
    ] {
        assert!(effort(typed, likely) < effort(typed, unlikely), "{typed}");
    }
}

#[test]
fn many_words_are_filed_and_found() {
    let mut spelling = Spelling::default();
    let word = |i: u32| -> String {
        format!("word{i}")
            .chars()
            .map(|c| {
                c.to_digit(10)
                    .map_or(c, |d| (b'a' + u8::try_from(d).unwrap()) as char)
            })
            .collect()
    };
    for i in 0..5_000 {
        spelling.insert(&word(i), i);
    }
    for i in (0..5_000).step_by(97) {
        assert!(spelling.near(&word(i)).contains(&i));
    }
}

proptest! {
    #[test]
    fn distances_are_those_of_the_library(a in "[a-d]{0,9}", b in "[a-d]{0,9}") {
        let wanted = strsim::osa_distance(&a, &b);
        prop_assert_eq!(edits(&a, &b, 9), Some(wanted).filter(|d| *d <= 9));
        prop_assert_eq!(edits(&a, &b, 1), Some(wanted).filter(|d| *d <= 1));
    }

    #[test]
    fn one_edit_is_always_found(word in "[a-z]{4,12}", at in 0usize..4, letter in "[a-z]") {
        let mut typed: Vec<char> = word.chars().collect();
        typed[at] = letter.chars().next().unwrap();
        let typed: String = typed.into_iter().collect();
        prop_assert!(filed(&[&word]).near(&typed).contains(&0));
    }
}
