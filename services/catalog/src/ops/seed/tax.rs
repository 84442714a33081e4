//! Tax rates to begin with: the general sales tax of each state of the USA (without what counties add), and the
//! standard rate of value added tax of some European countries. Staff keep them current.

use crate::store::reference::TaxRateRow;

/// Percent times a thousand by state, on top of prices.
const US_STATES: &[(&str, i32)] = &[
    ("AL", 4000),
    ("AK", 0),
    ("AZ", 5600),
    ("AR", 6500),
    ("CA", 7250),
    ("CO", 2900),
    ("CT", 6350),
    ("DC", 6000),
    ("DE", 0),
    ("FL", 6000),
    ("GA", 4000),
    ("HI", 4000),
    ("IA", 6000),
    ("ID", 6000),
    ("IL", 6250),
    ("IN", 7000),
    ("KS", 6500),
    ("KY", 6000),
    ("LA", 5000),
    ("MA", 6250),
    ("MD", 6000),
    ("ME", 5500),
    ("MI", 6000),
    ("MN", 6875),
    ("MO", 4225),
    ("MS", 7000),
    ("MT", 0),
    ("NC", 4750),
    ("ND", 5000),
    ("NE", 5500),
    ("NH", 0),
    ("NJ", 6625),
    ("NM", 4875),
    ("NV", 6850),
    ("NY", 4000),
    ("OH", 5750),
    ("OK", 4500),
    ("OR", 0),
    ("PA", 6000),
    ("RI", 7000),
    ("SC", 6000),
    ("SD", 4200),
    ("TN", 7000),
    ("TX", 6250),
    ("UT", 6100),
    ("VA", 5300),
    ("VT", 6000),
    ("WA", 6500),
    ("WI", 5000),
    ("WV", 6000),
    ("WY", 4000),
];

/// Percent times a thousand by country, within prices.
const EUROPE: &[(&str, i32)] = &[
    ("AT", 20_000),
    ("BE", 21_000),
    ("CZ", 21_000),
    ("DE", 19_000),
    ("DK", 25_000),
    ("ES", 21_000),
    ("FI", 25_500),
    ("FR", 20_000),
    ("GB", 20_000),
    ("IE", 23_000),
    ("IT", 22_000),
    ("LU", 17_000),
    ("NL", 21_000),
    ("PL", 23_000),
    ("PT", 23_000),
    ("SE", 25_000),
];

/// Parts per million in a thousandth of a percent.
const PPM: i32 = 10;

/// All rates.
pub(super) fn rates() -> impl Iterator<Item = TaxRateRow> {
    let us = TaxRateRow {
        country: "US",
        region: "",
        rate_ppm: 0,
        included: false,
    };
    let states = US_STATES.iter().map(|&(region, rate)| TaxRateRow {
        country: "US",
        region,
        rate_ppm: rate * PPM,
        included: false,
    });
    let europe = EUROPE.iter().map(|&(country, rate)| TaxRateRow {
        country,
        region: "",
        rate_ppm: rate * PPM,
        included: true,
    });
    std::iter::once(us).chain(states).chain(europe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_stands_once() {
        let mut places: Vec<_> = rates().map(|rate| (rate.country, rate.region)).collect();
        let count = places.len();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), count);
        let california = rates().find(|rate| rate.region == "CA").unwrap();
        assert_eq!((california.rate_ppm, california.included), (72_500, false));
    }
}
