//! What an address looks like in a country: postal codes, and the regions of countries that need one.

use kernel::CountryCode;

/// Postal codes: `9` is a digit, `A` a letter, `X` either; anything else is a separator, which may be left out.
/// Countries that are not here take any postal code.
const POSTAL_CODES: [(&str, &[&str]); 37] = [
    ("AT", &["9999"]),
    ("AU", &["9999"]),
    ("BE", &["9999"]),
    ("BG", &["9999"]),
    ("CA", &["A9A 9A9"]),
    ("CH", &["9999"]),
    ("CY", &["9999"]),
    ("CZ", &["999 99"]),
    ("DE", &["99999"]),
    ("DK", &["9999"]),
    ("EE", &["99999"]),
    ("ES", &["99999"]),
    ("FI", &["99999"]),
    ("FR", &["99999"]),
    (
        "GB",
        &[
            "A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA",
        ],
    ),
    ("GR", &["999 99"]),
    ("HR", &["99999"]),
    ("HU", &["9999"]),
    ("IE", &["A9X XXXX"]),
    ("IT", &["99999"]),
    ("JP", &["999-9999"]),
    ("LT", &["99999", "LT-99999"]),
    ("LU", &["9999", "L-9999"]),
    ("LV", &["LV-9999", "9999"]),
    ("MT", &["AAA 9999"]),
    ("NL", &["9999 AA"]),
    ("NO", &["9999"]),
    ("NZ", &["9999"]),
    ("PL", &["99-999"]),
    ("PT", &["9999-999"]),
    ("RO", &["999999"]),
    ("SE", &["999 99"]),
    ("SI", &["9999", "SI-9999"]),
    ("SK", &["999 99"]),
    ("US", &["99999", "99999-9999"]),
    ("PR", &["99999", "99999-9999"]),
    ("VI", &["99999", "99999-9999"]),
];

const US: &str = "AL Alabama|AK Alaska|AS American Samoa|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|\
    DE Delaware|DC District of Columbia|FL Florida|GA Georgia|GU Guam|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|\
    KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|\
    MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|\
    NC North Carolina|ND North Dakota|MP Northern Mariana Islands|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|\
    PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|VI U.S. Virgin Islands|\
    UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|AA Armed Forces Americas|\
    AE Armed Forces Europe|AP Armed Forces Pacific";
const CA: &str = "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|\
    NT Northwest Territories|NS Nova Scotia|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon";
const AU: &str = "ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|\
    SA South Australia|TAS Tasmania|VIC Victoria|WA Western Australia";

/// The regions of countries whose addresses need one: `code name`, parted by bars.
const REGIONS: [(&str, &str); 3] = [("US", US), ("CA", CA), ("AU", AU)];

/// A postal code as the country writes it. `None` where it has none like this.
pub fn postal_code(country: CountryCode, text: &str) -> Option<String> {
    let country = country.to_string();
    let plain = text.trim().to_uppercase();
    let Some((_, patterns)) = POSTAL_CODES.iter().find(|(code, _)| *code == country) else {
        return Some(plain);
    };
    let compact: Vec<char> = plain.chars().filter(|c| !" -".contains(*c)).collect();
    patterns.iter().find_map(|pattern| fit(pattern, &compact))
}

/// The characters in the shape of the pattern.
fn fit(pattern: &str, compact: &[char]) -> Option<String> {
    let mut rest = compact.iter().copied();
    let mut written = String::with_capacity(pattern.len());
    for wanted in pattern.chars() {
        if " -".contains(wanted) {
            written.push(wanted);
            continue;
        }
        let found = rest.next()?;
        let fits = match wanted {
            '9' => found.is_ascii_digit(),
            'A' => found.is_ascii_uppercase(),
            'X' => found.is_ascii_digit() || found.is_ascii_uppercase(),
            letter => found == letter,
        };
        if !fits {
            return None;
        }
        written.push(found);
    }
    rest.next().is_none().then_some(written)
}

/// What a country says about regions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Region {
    /// This one; none where the country needs none.
    Known(Option<String>),
    /// The country needs one.
    Missing,
    /// The country has no such region.
    Unknown,
}

/// The region as it is kept: its code, where the country has codes. A name is taken for its code.
pub fn region(country: CountryCode, text: Option<&str>) -> Region {
    let country = country.to_string();
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let Some((_, regions)) = REGIONS.iter().find(|(code, _)| *code == country) else {
        return Region::Known(text.map(str::to_owned));
    };
    let Some(text) = text else {
        return Region::Missing;
    };
    let named = |(code, name): &(&str, &str)| {
        code.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text)
    };
    regions
        .split('|')
        .filter_map(|region| region.split_once(' '))
        .find(named)
        .map_or(Region::Unknown, |(code, _)| {
            Region::Known(Some(code.to_owned()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(country: &str, text: &str) -> Option<String> {
        postal_code(country.parse().unwrap(), text)
    }

    #[test]
    fn impossible_postal_codes_are_refused() {
        for (country, text) in [
            ("US", "9410"),
            ("US", "94105-1"),
            ("US", "ABCDE"),
            ("CA", "94105"),
            ("CA", "K1A0B"),
            ("GB", "12345"),
            ("GB", "SW1A 1A"),
            ("DE", "1234"),
            ("NL", "1234"),
            ("IE", "12345"),
            ("LV", "LT-1010"),
            ("JP", "123456"),
            ("US", ""),
        ] {
            assert_eq!(written(country, text), None, "{country} {text}");
        }
    }

    #[test]
    fn postal_codes_are_written_as_the_country_does() {
        for (country, text, expected) in [
            ("US", " 94105 ", "94105"),
            ("US", "941051234", "94105-1234"),
            ("CA", "k1a0b1", "K1A 0B1"),
            ("GB", "sw1a1aa", "SW1A 1AA"),
            ("GB", "m1 1ae", "M1 1AE"),
            ("NL", "1012ab", "1012 AB"),
            ("PL", "00950", "00-950"),
            ("PT", "1000205", "1000-205"),
            ("SE", "11455", "114 55"),
            ("JP", "1000001", "100-0001"),
            ("IE", "d02x285", "D02 X285"),
            ("IE", "D6W XY00", "D6W XY00"),
            ("LV", "lv1010", "LV-1010"),
            ("LU", "1111", "1111"),
            ("BR", "01310-100", "01310-100"),
        ] {
            assert_eq!(
                written(country, text).as_deref(),
                Some(expected),
                "{country} {text}"
            );
        }
    }

    #[test]
    fn regions_are_codes_where_the_country_has_them() {
        let of = |country: &str, text| region(country.parse().unwrap(), text);
        assert_eq!(of("US", None), Region::Missing);
        assert_eq!(of("CA", Some(" ")), Region::Missing);
        assert_eq!(of("US", Some("Bavaria")), Region::Unknown);
        assert_eq!(of("AU", Some("CA")), Region::Unknown);
        let known = |code: &str| Region::Known(Some(code.to_owned()));
        assert_eq!(of("US", Some(" ca ")), known("CA"));
        assert_eq!(of("US", Some("new york")), known("NY"));
        assert_eq!(of("AU", Some("Victoria")), known("VIC"));
        assert_eq!(of("DE", Some("Bayern")), known("Bayern"));
        assert_eq!(of("DE", None), Region::Known(None));
    }
}
