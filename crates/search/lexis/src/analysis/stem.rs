//! Stems: plurals and British spellings only. Anything stronger makes strangers meet (`organizer` and `organ`).

/// What no rule gets right, and spellings that differ between the countries.
const IRREGULAR: [(&str, &str); 52] = [
    ("aluminium", "aluminum"),
    ("analogue", "analog"),
    ("batterys", "battery"),
    ("buses", "bus"),
    ("caches", "cache"),
    ("catalogue", "catalog"),
    ("cds", "cd"),
    ("centre", "center"),
    ("centres", "center"),
    ("chassis", "chassis"),
    ("children", "child"),
    ("colour", "color"),
    ("coloured", "colored"),
    ("colours", "color"),
    ("dvds", "dvd"),
    ("feet", "foot"),
    ("fibre", "fiber"),
    ("fibres", "fiber"),
    ("focuses", "focus"),
    ("gps", "gps"),
    ("gray", "grey"),
    ("headaches", "headache"),
    ("heroes", "hero"),
    ("jewellery", "jewelry"),
    ("knives", "knife"),
    ("leaves", "leaf"),
    ("lens", "lens"),
    ("lenses", "lens"),
    ("licence", "license"),
    ("licences", "license"),
    ("litre", "liter"),
    ("litres", "liter"),
    ("lives", "life"),
    ("men", "man"),
    ("metre", "meter"),
    ("metres", "meter"),
    ("mice", "mouse"),
    ("moulded", "molded"),
    ("mouses", "mouse"),
    ("pcs", "pc"),
    ("shelves", "shelf"),
    ("theatre", "theater"),
    ("theatres", "theater"),
    ("travelling", "traveling"),
    ("tvs", "tv"),
    ("tyre", "tire"),
    ("tyres", "tire"),
    ("ups", "ups"),
    ("viruses", "virus"),
    ("wives", "wife"),
    ("women", "woman"),
    ("yes", "yes"),
];

/// The stem of a folded word. The stem of a stem is itself.
pub fn stem(word: &str) -> String {
    if let Ok(i) = IRREGULAR.binary_search_by_key(&word, |(from, _)| from) {
        return IRREGULAR[i].1.to_owned();
    }
    regular(word)
}

fn regular(word: &str) -> String {
    let length = word.len();
    if length < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let without = |n: usize| word[..length - n].to_owned();
    let ends = |end: &str| word.ends_with(end);
    if length > 4 && (ends("ies") || ends("ie")) {
        // `movies` and `movie` meet in `movy`.
        return without(if ends("ies") { 3 } else { 2 }) + "y";
    }
    if ["sses", "shes", "ches", "xes", "zzes"]
        .iter()
        .any(|e| ends(e))
    {
        return without(2);
    }
    if ends("s") && !["ss", "us", "is"].iter().any(|e| ends(e)) {
        return without(1);
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_spellings_meet() {
        assert!(IRREGULAR.is_sorted(), "it is searched by halves");
        for (one, other) in [
            ("camera", "cameras"),
            ("battery", "batteries"),
            ("mouse", "mice"),
            ("box", "boxes"),
            ("switch", "switches"),
            ("lens", "lenses"),
            ("tv", "tvs"),
            ("movie", "movies"),
            ("photo", "photos"),
            ("video", "videos"),
            ("shoe", "shoes"),
            ("glass", "glasses"),
            ("colour", "color"),
            ("grey", "gray"),
            ("case", "cases"),
            ("cable", "cables"),
            ("key", "keys"),
            ("tie", "ties"),
            ("accessory", "accessories"),
            ("fibre", "fiber"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
        for (one, other) in [
            ("bus", "bu"),
            ("wireless", "wireles"),
            ("organizer", "organ"),
            ("gaming", "game"),
            ("ups", "up"),
        ] {
            assert_ne!(stem(one), stem(other), "{one} {other}");
        }
    }

    #[test]
    fn the_stem_of_a_stem_is_itself() {
        for (from, to) in IRREGULAR {
            assert_eq!((stem(from).as_str(), stem(to).as_str()), (to, to));
        }
        let ends = [
            "", "s", "es", "ies", "ie", "sses", "uses", "is", "oes", "zzes", "shes",
        ];
        for begin in ["a", "ab", "abc", "abci", "ss", "xs", "hous", "ps4", "é"] {
            for end in ends {
                let once = stem(&format!("{begin}{end}"));
                assert_eq!(stem(&once), once, "{begin}{end}");
            }
        }
    }
}
