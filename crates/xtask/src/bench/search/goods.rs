//! A generated catalogue: electronics-like titles, descriptions of Zipf-like words, fifty categories, sixty brands. The
//! product of a number is the same in every run, and a word has the same share of the products at every size.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Words in a description.
const WORDS: std::ops::Range<usize> = 18..42;
/// Different words in descriptions.
const VOCABULARY: u32 = 8_000;
/// What every product costs at least, in minor units.
pub(super) const PRICE_MIN: u32 = 500;
/// How many of a hundred products hold each of [`MARKS`] in the title.
const MARK_PERCENT: u32 = 6;

/// Kinds of products; each is a category.
pub(super) const KINDS: [&str; 50] = [
    "laptop",
    "monitor",
    "keyboard",
    "mouse",
    "printer",
    "scanner",
    "router",
    "switch",
    "tablet",
    "smartphone",
    "headphones",
    "headset",
    "speaker",
    "soundbar",
    "television",
    "projector",
    "camera",
    "camcorder",
    "lens",
    "tripod",
    "drone",
    "webcam",
    "microphone",
    "charger",
    "cable",
    "adapter",
    "dock",
    "hub",
    "battery",
    "toner",
    "cartridge",
    "drum",
    "processor",
    "motherboard",
    "memory",
    "drive",
    "enclosure",
    "cooler",
    "case",
    "fan",
    "server",
    "rack",
    "inverter",
    "telephone",
    "watch",
    "radio",
    "turntable",
    "amplifier",
    "receiver",
    "console",
];
/// Words of which each stands in the title of the same share of products.
pub(super) const MARKS: [&str; 12] = [
    "wireless",
    "portable",
    "compact",
    "professional",
    "gaming",
    "rugged",
    "slim",
    "ergonomic",
    "silent",
    "modular",
    "waterproof",
    "refurbished",
];
const COLOURS: [&str; 8] = [
    "Black", "White", "Silver", "Grey", "Blue", "Red", "Green", "Gold",
];
const SERIES: [&str; 24] = [
    "Aurora", "Basalt", "Cirrus", "Delta", "Ember", "Fathom", "Granite", "Harbor", "Indigo",
    "Juniper", "Krypton", "Lumen", "Meridian", "Nimbus", "Onyx", "Pinnacle", "Quartz", "Ridge",
    "Summit", "Tundra", "Umbra", "Vertex", "Willow", "Zenith",
];
const SYLLABLES: [&str; 20] = [
    "ba", "ko", "ri", "tan", "mel", "dor", "vi", "lus", "per", "sen", "ga", "lin", "mo", "tra",
    "fel", "nor", "qui", "zan", "hem", "dra",
];

/// One product.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub(super) number: u32,
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) model: String,
    pub(super) brand: String,
    pub(super) kind: &'static str,
    pub(super) description: String,
    pub(super) price: i64,
    pub(super) in_stock: bool,
    inches: u32,
    gigabytes: u32,
    colour: &'static str,
}

/// A made-up word; the low numbers are the frequent ones.
pub(super) fn word(number: u32) -> String {
    let mut rest = number;
    let mut text = String::new();
    for _ in 0..3 {
        text.push_str(SYLLABLES[(rest % 20) as usize]);
        rest /= 20;
    }
    text
}

/// The name of a brand, 0 to 59.
pub(super) fn brand(number: u32) -> String {
    let word = word(number * 131 + 17);
    let (head, tail) = word.split_at(1);
    format!("{}{tail}", head.to_uppercase())
}

/// A number from 0 to `count` - 1; the n-th comes 1/n as often as the first.
fn zipf(dice: &mut StdRng, count: u32) -> u32 {
    // The inverse of the logarithm is near enough to the harmonic sum.
    let ranks = f64::from(count).ln() * dice.random::<f64>();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to count"
    )]
    let rank = ranks.exp() as u32;
    rank.saturating_sub(1).min(count - 1)
}

impl Product {
    pub(super) fn of(number: u32) -> Self {
        let mut dice = StdRng::seed_from_u64(u64::from(number));
        let kind = KINDS[dice.random_range(0..KINDS.len())];
        let brand = brand(zipf(&mut dice, 60));
        let series = SERIES[dice.random_range(0..SERIES.len())];
        let letters = word(dice.random_range(0..8_000)).to_uppercase();
        let model = format!("{}-{}", &letters[..2], dice.random_range(1_000..100_000));
        let mut title = format!("{brand} {series} {model}");
        for mark in MARKS {
            if dice.random_range(0..100) < MARK_PERCENT {
                title.push(' ');
                title.push_str(mark);
            }
        }
        let inches = [11, 13, 14, 15, 17, 24, 27, 32][dice.random_range(0..8)];
        let gigabytes = [4, 8, 16, 32, 64, 128][dice.random_range(0..6)];
        let colour = COLOURS[dice.random_range(0..COLOURS.len())];
        let title = format!("{title} {kind} {inches} inch {gigabytes} GB {colour}");
        let length = dice.random_range(WORDS);
        let words: Vec<String> = (0..length)
            .map(|_| word(zipf(&mut dice, VOCABULARY)))
            .collect();
        Self {
            number,
            slug: format!("{}-{number}", model.to_lowercase()),
            description: words.join(" "),
            price: dice.random_range(i64::from(PRICE_MIN)..300_000),
            in_stock: dice.random_range(0..10) > 0,
            title,
            model,
            brand,
            kind,
            inches,
            gigabytes,
            colour,
        }
    }

    /// The product's id in the read model.
    pub(super) fn id(&self) -> String {
        format!("01900000-0000-7000-8000-{:012x}", self.number)
    }

    pub(super) fn brand_slug(&self) -> String {
        self.brand.to_lowercase()
    }

    /// The series, as it stands in the title.
    pub(super) fn series(&self) -> String {
        let second = self.title.split(' ').nth(1);
        second.unwrap_or_default().to_lowercase()
    }

    /// `code=value` of each specification.
    pub(super) fn specifications(&self) -> Vec<String> {
        vec![
            format!("display_diagonal={}", self.inches),
            format!("internal_memory={}", self.gigabytes),
            format!("product_colour={}", self.colour),
        ]
    }

    /// The description as the catalogue gives it to its read models.
    pub(super) fn body(&self) -> Value {
        let number = |code: &str, name: &str, unit: &str, value: u32, place: i32| json!({"code": code, "name": name, "kind": "number", "unit": unit, "value": value, "highlight": place});
        json!({
            "product_id": self.id(), "slug": self.slug, "title": self.title, "description": self.description,
            "brand": {"slug": self.brand_slug(), "name": self.brand},
            "category": {"slug": self.kind, "name": self.kind, "path": format!("all/{}", self.kind)},
            "category_names": ["Everything", self.kind], "art": "laptop", "color": null,
            "attributes": [
                number("display_diagonal", "Display diagonal", "in", self.inches, 1),
                number("internal_memory", "Memory", "GB", self.gigabytes, 2),
                {"code": "product_colour", "name": "Colour", "kind": "text", "unit": null, "value": self.colour, "highlight": null},
            ],
            "skus": [self.model], "variant_titles": [],
            "price_minor": self.price, "compare_at_minor": null, "currency": "USD",
            "availability": if self.in_stock { "in_stock" } else { "out" }, "variant_count": 1,
            "default_variant_id": format!("01900000-0000-7000-9000-{:012x}", self.number),
            "created_at": "2026-01-02T03:04:05+00:00", "released_at": null,
        })
    }

    /// The hash of the text that is embedded.
    pub(super) fn meaning_hash(&self) -> Vec<u8> {
        Sha256::digest(format!("{}. {}", self.title, self.description)).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_has_the_same_share_at_every_size() {
        let share = |count: u32| {
            let titles = (0..count).map(|number| Product::of(number).title);
            titles.filter(|title| title.contains(" wireless ")).count() * 1_000 / count as usize
        };
        for count in [2_000, 8_000] {
            assert!((45..=75).contains(&share(count)), "{}", share(count));
        }
    }

    #[test]
    fn a_number_is_always_the_same_product() {
        assert_eq!(Product::of(7).body(), Product::of(7).body());
        assert_ne!(Product::of(7).title, Product::of(8).title);
    }
}
