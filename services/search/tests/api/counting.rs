//! Facets against a count by hand, for filters drawn at random.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::shop::{Instance, New, Shop, titles};

const PRODUCTS: usize = 120;
const ROUNDS: usize = 60;
const COLOURS: [&str; 3] = ["Black", "Red", "Sea green"];
const ENDS: [i64; 12] = [
    10, 25, 50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 5_000,
];

/// Numbers that are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).expect("small")
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }
}

#[derive(Debug)]
struct Made {
    title: String,
    brand: &'static str,
    category: &'static str,
    price: i64,
    stock: i32,
    colour: Option<&'static str>,
    ram: Option<i64>,
    touch: Option<bool>,
}

fn made(dice: &mut Dice, number: usize) -> Made {
    let word = dice.of(&["lamp", "note", "lamp note"]);
    Made {
        title: format!("{word} {number}x"),
        brand: dice.of(&["acme", "birch", "cedar", "delta"]),
        category: dice.of(&["laptops", "tablets", "audio", "toner"]),
        price: dice.of(&[999, 1_000, 2_500, 4_999, 50_000, 99_999, 500_000, 700_001]),
        stock: dice.of(&[0, 1, 50]),
        colour: dice.of(&[None, Some(COLOURS[0]), Some(COLOURS[1]), Some(COLOURS[2])]),
        ram: dice.of(&[None, Some(8), Some(16), Some(32)]),
        touch: dice.of(&[None, Some(true), Some(false)]),
    }
}

/// Filters; `except` leaves one facet's own out.
#[derive(Debug, Default)]
struct Chosen {
    word: Option<&'static str>,
    categories: BTreeSet<&'static str>,
    brands: BTreeSet<&'static str>,
    min: Option<i64>,
    max: Option<i64>,
    in_stock: bool,
    colours: BTreeSet<&'static str>,
    ram: Option<(i64, i64)>,
    touch: Option<bool>,
}

impl Chosen {
    fn draw(dice: &mut Dice) -> Self {
        let mut chosen = Self {
            word: dice.of(&[None, Some("lamp"), Some("note")]),
            ..Self::default()
        };
        for _ in 0..dice.below(3) {
            let category = dice.of(&["laptops", "tablets", "audio", "toner", "computers"]);
            chosen.categories.insert(category);
        }
        for _ in 0..dice.below(3) {
            chosen
                .brands
                .insert(dice.of(&["acme", "birch", "cedar", "nobody"]));
        }
        for _ in 0..dice.below(3) {
            chosen.colours.insert(dice.of(&COLOURS));
        }
        chosen.min = dice.of(&[None, None, Some(1_000), Some(5_000)]);
        chosen.max = dice.of(&[None, None, Some(2_500), Some(99_999)]);
        chosen.in_stock = dice.below(3) == 0;
        chosen.ram = dice.of(&[None, None, Some((8, 8)), Some((8, 16)), Some((10, 40))]);
        chosen.touch = dice.of(&[None, None, Some(true)]);
        chosen
    }

    fn query(&self) -> String {
        let mut query = format!("limit=50&q={}", self.word.unwrap_or_default());
        let mut add = |name: &str, value: String| query.extend(["&", name, "=", &value]);
        self.categories
            .iter()
            .for_each(|c| add("category", (*c).to_owned()));
        self.brands
            .iter()
            .for_each(|b| add("brand", (*b).to_owned()));
        self.min
            .iter()
            .for_each(|m| add("price_min", m.to_string()));
        self.max
            .iter()
            .for_each(|m| add("price_max", m.to_string()));
        for colour in &self.colours {
            add("attr", format!("colour:{}", colour.replace(' ', "%20")));
        }
        if let Some((min, max)) = self.ram {
            add("attr", format!("ram:{min}..{max}"));
        }
        if let Some(touch) = self.touch {
            add("attr", format!("touch:{}", flag(touch)));
        }
        if self.in_stock {
            add("in_stock", "true".to_owned());
        }
        query
    }

    fn passes(&self, made: &Made, except: &str) -> bool {
        let category = |slug: &&str| {
            *slug == made.category
                || (*slug == "computers" && matches!(made.category, "laptops" | "tablets"))
        };
        let has = |facet: &str, holds: bool| facet == except || holds;
        self.word.is_none_or(|word| made.title.contains(word))
            && has(
                "category",
                self.categories.is_empty() || self.categories.iter().any(category),
            )
            && has(
                "brand",
                self.brands.is_empty() || self.brands.contains(made.brand),
            )
            && has(
                "price",
                self.min.is_none_or(|m| made.price >= m)
                    && self.max.is_none_or(|m| made.price <= m),
            )
            && has("in_stock", !self.in_stock || made.stock > 0)
            && has(
                "colour",
                self.colours.is_empty() || made.colour.is_some_and(|c| self.colours.contains(c)),
            )
            && has(
                "ram",
                self.ram
                    .is_none_or(|(min, max)| made.ram.is_some_and(|r| (min..=max).contains(&r))),
            )
            && has("touch", self.touch.is_none_or(|t| made.touch == Some(t)))
    }
}

fn flag(value: bool) -> &'static str {
    if value { "Yes" } else { "No" }
}

type Counts = BTreeMap<String, u64>;

/// Values that something has, with their counts.
fn shown(values: &Value, name: &str) -> Counts {
    let values = values.as_array().expect("values").iter();
    let pair = |v: &Value| {
        let value = v[name].as_str().expect("a value").to_owned();
        (value, v["count"].as_u64().expect("a count"))
    };
    values.map(pair).filter(|(_, count)| *count > 0).collect()
}

fn counted(
    all: &[Made],
    chosen: &Chosen,
    facet: &str,
    value: impl Fn(&Made) -> Option<String>,
) -> Counts {
    let mut counts = Counts::new();
    for made in all.iter().filter(|made| chosen.passes(made, facet)) {
        if let Some(value) = value(made) {
            *counts.entry(value).or_default() += 1;
        }
    }
    counts
}

fn assert_facets(facets: &Value, all: &[Made], chosen: &Chosen, query: &str) {
    let count =
        |facet: &str, value: &dyn Fn(&Made) -> Option<String>| counted(all, chosen, facet, value);
    let own = |value: &str| Some(value.to_owned());
    assert_eq!(
        shown(&facets["categories"], "slug"),
        count("category", &|m| own(m.category)),
        "{query}"
    );
    assert_eq!(
        shown(&facets["brands"], "slug"),
        count("brand", &|m| own(m.brand)),
        "{query}"
    );
    let passing = |facet: &str| {
        all.iter()
            .filter(|m| chosen.passes(m, facet))
            .collect::<Vec<_>>()
    };
    let stocked = passing("in_stock").iter().filter(|m| m.stock > 0).count();
    assert_eq!(facets["in_stock"], stocked, "{query}");
    let priced = passing("price");
    let amounts = priced.iter().map(|m| m.price);
    let ends = amounts.clone().min().zip(amounts.max());
    assert_eq!(
        ends,
        facets["price"]["min"]["amount"]
            .as_i64()
            .zip(facets["price"]["max"]["amount"].as_i64()),
        "{query}"
    );
    let ranges = facets["price"]["ranges"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut sum = 0;
    for range in &ranges {
        let end = |name: &str| range[name]["amount"].as_i64();
        let within = |m: &&&Made| {
            end("min").is_none_or(|e| m.price >= e) && end("max").is_none_or(|e| m.price < e)
        };
        let count = priced.iter().filter(within).count();
        assert_eq!(range["count"], count, "{query}: {range}");
        assert!(
            ENDS.iter()
                .any(|e| Some(e * 100) == end("min").or(end("max")))
        );
        sum += count;
    }
    assert_eq!(sum, priced.len(), "{query}: the ranges hold all");
    let mut seen = BTreeSet::new();
    for facet in facets["attributes"].as_array().expect("attributes") {
        let code = facet["code"].as_str().expect("a code");
        seen.insert(code);
        let (kind, expected) = match code {
            "colour" => ("choice", count(code, &|m| m.colour.map(str::to_owned))),
            "ram" => ("number", count(code, &|m| m.ram.map(|r| r.to_string()))),
            _ => (
                "choice",
                count(code, &|m| m.touch.map(|t| flag(t).to_owned())),
            ),
        };
        assert_eq!(facet["kind"], kind);
        assert_eq!(
            shown(&facet["values"], "value"),
            expected,
            "{code} of {query}"
        );
    }
    for (code, filtered) in [
        ("colour", !chosen.colours.is_empty()),
        ("ram", chosen.ram.is_some()),
        ("touch", chosen.touch.is_some()),
    ] {
        // What is filtered by stays, so that the choice can be changed.
        let any = all.iter().any(|m| {
            chosen.passes(m, code)
                && match code {
                    "colour" => m.colour.is_some(),
                    "ram" => m.ram.is_some(),
                    _ => m.touch.is_some(),
                }
        });
        assert!(
            !filtered || !any || seen.contains(code),
            "{code} of {query}"
        );
    }
}

async fn shop(dice: &mut Dice) -> (Instance, Vec<Made>) {
    let shop = Shop::open().await;
    let all: Vec<Made> = (0..PRODUCTS).map(|number| made(dice, number)).collect();
    for one in &all {
        let mut attributes = serde_json::Map::new();
        if let Some(colour) = one.colour {
            attributes.insert("colour".to_owned(), colour.into());
        }
        if let Some(ram) = one.ram {
            attributes.insert("ram".to_owned(), ram.into());
        }
        if let Some(touch) = one.touch {
            attributes.insert("touch".to_owned(), touch.into());
        }
        shop.add(&New {
            title: one.title.clone().leak(),
            brand: one.brand,
            category: one.category,
            price: one.price,
            stock: one.stock,
            attributes: Value::Object(attributes).to_string().leak(),
            ..New::default()
        })
        .await;
    }
    shop.reindex().await;
    let settings = [
        ("SEARCH__CHANGES_MAX", "50"),
        ("SEARCH__FILTER_VALUES_MAX", "9"),
    ];
    (shop.instance_with(&settings).await, all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facets_are_what_a_count_by_hand_says() {
    let dice = &mut Dice(7);
    let (instance, all) = shop(dice).await;
    assert_facets(
        &instance.search("").await["facets"],
        &all,
        &Chosen::default(),
        "no filter",
    );
    let mut found_something = 0;
    for _ in 0..ROUNDS {
        let chosen = Chosen::draw(dice);
        let sort = dice.of(&["relevance", "price_asc", "popular", "newest"]);
        let query = format!("{}&sort={sort}", chosen.query());
        let (first, items) = instance.all(&query).await;
        let mut found: Vec<&str> = items.iter().filter_map(|i| i["title"].as_str()).collect();
        found.sort_unstable();
        let mut wanted: Vec<&str> = all
            .iter()
            .filter(|m| chosen.passes(m, ""))
            .map(|m| m.title.as_str())
            .collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{query}");
        assert_eq!(first["total"], wanted.len(), "{query}");
        assert_facets(&first["facets"], &all, &chosen, &query);
        found_something += usize::from(!wanted.is_empty());
    }
    assert!(found_something > ROUNDS / 4, "the filters leave something");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attributes_are_chosen_by_value_and_range() {
    let new = |title, attributes| New {
        title,
        attributes,
        ..New::default()
    };
    let shop = Shop::with(&[
        new("A", r#"{"colour": "Black", "ram": 8, "touch": true}"#),
        new("B", r#"{"colour": "Black", "ram": 16.0, "touch": false}"#),
        new("C", r#"{"colour": "Red", "ram": 12.5}"#),
        new("D", r#"{"colour": "Red", "unknown": "x"}"#),
    ])
    .await;
    let instance = shop.instance().await;
    for (query, wanted) in [
        ("attr=unknown:x", vec![]),
        ("attr=colour:black", vec![]),
        ("attr=ram:20..", vec![]),
        ("attr=ram:16..8", vec![]),
        ("attr=ram:Black", vec![]),
        ("attr=colour:8..16", vec![]),
        ("attr=colour:Black", vec!["A", "B"]),
        (
            "attr=colour:Black&attr=colour:Red",
            vec!["A", "B", "C", "D"],
        ),
        ("attr=colour:Black&attr=ram:16", vec!["B"]),
        ("attr=ram:8..12.5", vec!["A", "C"]),
        ("attr=ram:..8&attr=ram:16", vec!["A", "B"]),
        ("attr=touch:Yes", vec!["A"]),
    ] {
        let page = instance.search(query).await;
        let mut found = titles(&page);
        found.sort_unstable();
        assert_eq!(found, wanted, "{query}");
    }
    let page = instance.search("attr=ram:16&attr=colour:Black").await;
    let facets = page["facets"]["attributes"].as_array().expect("facets");
    let ram = facets
        .iter()
        .find(|f| f["code"] == "ram")
        .expect("it stays");
    assert_eq!(
        (&ram["name"], &ram["unit"]),
        (&"Memory".into(), &"GB".into())
    );
    let values: Vec<_> = ram["values"].as_array().expect("values").iter().collect();
    let line = |v: &Value| format!("{} {} {}", v["value"], v["name"], v["selected"]);
    let lines: Vec<String> = values.into_iter().map(line).collect();
    assert_eq!(lines, [r#""8" "8 GB" false"#, r#""16" "16 GB" true"#]);
}
