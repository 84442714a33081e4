use proptest::prelude::*;

use super::*;

fn terms(text: &str) -> String {
    stems(text).join(" ")
}

#[test]
fn measures_meet_however_they_are_written() {
    for (wanted, texts) in [
        (
            "55in 55",
            &[
                "55\"",
                "55″",
                "55''",
                "55 inch",
                "55 inches",
                "55in",
                "55-inch",
                "55 in",
                "55”",
                "55inch",
                "055in".trim_start_matches('0'),
            ][..],
        ),
        (
            "16gb 16",
            &[
                "16gb",
                "16 gb",
                "16 GB",
                "16-GB",
                "16GB",
                "16 gigabytes",
                "16 gig",
                "16.0 GB",
            ],
        ),
        ("2.4ghz 2.4", &["2.4ghz", "2.4 GHz", "2,4 GHz", "2.40GHz"]),
        (
            "3m 3",
            &["3 m", "3.00 m", "3m", "3 meters", "3-metre", "3.00M"],
        ),
        ("6ft 6", &["6ft", "6 feet", "6'", "6′", "6-foot"]),
        ("1000mbps 1000", &["1000 Mbit/s", "1,000 Mbps", "1000mbps"]),
        (
            "8port 8 port",
            &["8 port", "8-port", "8 Ports", "8 port(s)"],
        ),
        (
            "1920x1080 1920 1080",
            &[
                "1920x1080",
                "1920 x 1080",
                "1920×1080",
                "1920 X 1080",
                "1,920 x 1,080",
            ],
        ),
        ("10x15 15cm 10 15", &["10x15cm", "10 x 15 cm"]),
        ("130x220x44.5", &["130 x 220 x 44.5", "130x220x44,5"]),
        ("wifi wi fi", &["wi-fi", "Wi-Fi", "wi fi", "WI FI"]),
        ("tn2110 tn 2110", &["TN-2110", "tn-2110", "TN/2110"]),
        (
            "39.6cm 39.6 15.6in 15.6",
            &["39.6 cm (15.6\")", "39,6cm 15.6 inch"],
        ),
        ("usbc usb c", &["USB-C", "usb c"]),
    ] {
        for text in texts {
            assert_eq!(terms(text), wanted, "{text}");
        }
    }
}

#[test]
fn texts_become_terms() {
    for (text, wanted) in [
        ("", ""),
        ("  ,.;:-/\"'  ", ""),
        ("Laptops & Écrans", "laptop ecran"),
        ("2 in 1 laptop", "2 in 1 laptop"),
        ("4-in-1 reader", "4in1 4 in 1 reader"),
        ("24 in monitor", "24in 24 monitor"),
        ("usb type c hub", "usbc usb typec type c hub"),
        ("USB Type-C", "usbc usb typec type c"),
        ("usbc", "usbc"),
        ("e-reader", "ereader e reader"),
        ("E-Readers", "ereader e reader"),
        ("black/white", "black white"),
        ("S/FTP (S-STP)", "sftp s ftp sstp s stp"),
        ("Galaxy S20+", "galaxy s20 plus"),
        ("1 pc(s)", "1 pc"),
        ("brother's case", "brother case"),
        ("802.11ac", "80211ac 802 11ac"),
        ("192.168.1.1", "19216811 192 168 1 1"),
        ("usb 3.0", "usb 3"),
        ("006R90321", "006r90321"),
        ("980-000123", "980000123 980 000123"),
        ("2 x 3.5mm", "2x3.5 3.5mm 2 3.5"),
        ("5v 2A charger", "5v 5 2a 2 charger"),
        ("Sony 1855 A-mount", "sony 1855 amount a mount"),
        ("buy 2 a day", "buy 2 a day"),
        ("Cat.6 cable", "cat6 cat 6 cable"),
        ("AT&T", "att at t"),
        ("$1,299.99", "1299.99"),
        ("手机壳 case", "手机 机壳 case"),
        ("ноутбук Lenovo", "ноутбук lenovo"),
        ("سماعات", "سماعات"),
        ("레이저 프린터", "레이 이저 프린 린터"),
        ("壳", "壳"),
        ("4x6in壳", "4x6 6in 4 6 壳"),
        ("16gb壳", "16gb 16 壳"),
        ("a-16gb", "a16gb a 16gb"),
    ] {
        assert_eq!(terms(text), wanted, "{text}");
    }
}

#[test]
fn codes_are_found_in_every_spelling() {
    for (text, wanted) in [
        ("Brother TN-2110 toner", "tn2110"),
        ("Brother TN 2110 toner", "tn2110"),
        ("Xerox 006R90321", "006r90321"),
        ("HL-2030/2040", "hl20302040 hl2030 2040"),
        ("HP 55X Original", "hp55x"),
        ("Sony WH 1000 XM4", "1000xm4 wh1000 wh1000xm4"),
        ("PIXMA 4960999258980", "4960999258980"),
        ("Samsung 55 inch 16 GB 1920x1080", ""),
        ("wi-fi usb-c", ""),
        ("iPhone 11 Pro", ""),
    ] {
        let mut found = codes(text);
        found.sort();
        let mut wanted: Vec<&str> = wanted.split_whitespace().collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{text}");
    }
    assert_eq!(
        spellings("0882861702572"),
        ["0882861702572", "882861702572"]
    );
    assert_eq!(spellings("TN-2110"), ["tn2110"]);
    assert_eq!(spellings("0000 0000"), ["00000000"]);
    assert!(spellings("-").is_empty());
}

#[test]
fn words_are_as_written() {
    assert_eq!(
        words("Wi-Fi Cameras 55\""),
        ["wi", "fi", "wifi", "cameras", "55in"]
    );
    assert_eq!(words("TN-2110"), ["tn", "2110", "tn2110"]);
}

#[test]
fn long_texts_take_linear_time_and_terms_end() {
    for piece in [
        "a", "1", "1.", "1,111", "a-", "1x", "1 x ", "'", "壳", "usb c ", "e\u{301}", "1\"",
        "port(s)", "+", "A 1 ",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        let all = stems(&text);
        assert!(all.iter().all(|term| term.len() <= 64), "{piece}");
        let _ = codes(&text.chars().take(20_000).collect::<String>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_text_gives_terms_that_give_themselves(text in r#"(\PC|[a-zA-Z0-9 ."'x,/+-]|[0-9]{1,4}|in|gb|inches|usb|壳|é){0,30}"#) {
        for token in tokens(&text) {
            prop_assert!(!token.term.is_empty());
            for term in token.parts.iter().chain([&token.term]) {
                let again = stems(term);
                prop_assert_eq!(again.first(), Some(term), "{:?}", token);
            }
        }
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
        let _ = (words(&text), codes(&text), spellings(&text), units::conversions(&text));
    }

    #[test]
    fn ranges_are_places_in_the_text(text in r#"(\PC|[a-z0-9 ."'x,/+-]){0,30}"#) {
        if keeps_places(&text) {
            for token in tokens(&text) {
                prop_assert!(text.get(token.range.clone()).is_some_and(|t| !t.is_empty()));
            }
        }
    }
}
