//! From tables to products.

use super::data::{self, Spec, Table};
use super::numbers::{self, Dice};
use super::product::{COLOUR, CURRENCY, SeedProduct, SeedVariant};
use super::text::Blanks;
use crate::import::{Attribute, AttributeKind, AttributeValue, clean};
use jiff::Timestamp;
use std::collections::HashSet;

/// Longest slug, in bytes.
const SLUG_MAX: usize = 100;
/// Most colours of one product.
const COLOURS_MAX: usize = 4;
/// 2024-01-08, the first day of release, in seconds; products follow within [`DAYS`].
const FIRST_RELEASE: i64 = 1_704_672_000;
/// Days over which the releases are spread.
const DAYS: i64 = 860;
/// How many of a hundred products are on offer.
const OFFERS: usize = 20;

/// The whole demo catalogue, ordered by category slug.
///
/// # Errors
/// When a table cannot be read, which a test rules out for the shipped ones.
pub fn generate() -> Result<Vec<SeedProduct>, toml::de::Error> {
    Ok(data::tables()?
        .iter()
        .flat_map(|(category, table)| category_products(category, table))
        .collect())
}

fn category_products(category: &str, table: &Table) -> Vec<SeedProduct> {
    let mut dice = Dice::new(category);
    let mut names = HashSet::new();
    (0..table.count)
        .map(|at| product(category, table, at, &mut dice, &mut names))
        .collect()
}

fn product(
    category: &str,
    table: &Table,
    at: u32,
    dice: &mut Dice,
    names: &mut HashSet<String>,
) -> SeedProduct {
    // Where in the price range the product stands, in thousandths.
    let tier = i64::from(at) * 1000 / i64::from(table.count.max(2) - 1).max(1);
    let mut blanks = Blanks::default();
    let mut attributes = Vec::new();
    for spec in &table.specs {
        let value = pick(spec, tier, dice);
        attributes.extend(spec.attribute(value));
        blanks.value(&spec.code, value.clone());
    }
    let brand = dice.choose(&table.brands).cloned().unwrap_or_default();
    let (series, model, title) = loop {
        let series = dice.choose(&table.series).cloned().unwrap_or_default();
        let model = dice.pattern(&table.model);
        blanks.text("brand", &brand);
        blanks.text("series", &series);
        blanks.text("model", &model);
        let title = blanks.title(&table.title);
        if names.insert(format!("{series} {model}")) || names.len() > 200 {
            break (series, model, title);
        }
    };
    let colours = colours(table, dice);
    if let [only] = colours.as_slice() {
        attributes.push(text_attribute("product_colour", COLOUR, only));
    }
    attributes.push(text_attribute(
        "model",
        "Model",
        &format!("{series} {model}"),
    ));
    let external_ref = format!("demo-{category}-{}", at + 1);
    SeedProduct {
        slug: clean::slug(&title, SLUG_MAX),
        description: description(table, &blanks, dice),
        variants: variants(category, table, at, tier, &brand, &colours, dice),
        released_at: Timestamp::from_second(FIRST_RELEASE + dice.between(0, DAYS) * 86_400).ok(),
        category_slug: category.to_owned(),
        currency: CURRENCY.to_owned(),
        external_ref,
        title,
        brand,
        attributes,
    }
}

/// A value that grows with the tier, or any where the spec is free.
fn pick<'a>(spec: &'a Spec, tier: i64, dice: &mut Dice) -> &'a AttributeValue {
    let count = spec.values.len();
    let at = if spec.free {
        dice.roll(count)
    } else {
        usize::try_from(tier).unwrap_or(0) * count / 1001
    };
    &spec.values[at.min(count - 1)]
}

fn text_attribute(code: &str, name: &str, value: &str) -> Attribute {
    Attribute {
        code: code.to_owned(),
        name: name.to_owned(),
        kind: AttributeKind::Text,
        value: AttributeValue::Text(value.to_owned()),
        unit: None,
    }
}

fn colours(table: &Table, dice: &mut Dice) -> Vec<String> {
    let all = &table.colours;
    if all.len() < 2 {
        return all.clone();
    }
    let count = 2 + dice.roll(all.len().min(COLOURS_MAX) - 1);
    let start = dice.roll(all.len());
    let mut chosen: Vec<_> = (0..count).map(|at| (start + at) % all.len()).collect();
    chosen.sort_unstable();
    chosen.into_iter().map(|at| all[at].clone()).collect()
}

fn description(table: &Table, blanks: &Blanks, dice: &mut Dice) -> String {
    let sentences: Vec<_> = table
        .about
        .iter()
        .filter_map(|template| blanks.sentence(template))
        .collect();
    // One of the later sentences is left out where there are many, so that neighbours read differently.
    let left_out = if sentences.len() > 3 {
        1 + dice.roll(sentences.len() - 1)
    } else {
        sentences.len()
    };
    let kept = sentences
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != left_out)
        .map(|(_, text)| text.as_str());
    kept.collect::<Vec<_>>().join(" ")
}

fn variants(
    category: &str,
    table: &Table,
    at: u32,
    tier: i64,
    brand: &str,
    colours: &[String],
    dice: &mut Dice,
) -> Vec<SeedVariant> {
    let base = numbers::between(table.price, tier);
    let base = base * dice.between(970, 1030) / 1000;
    let weight = table.weight[0] + (table.weight[1] - table.weight[0]) * tier / 1000;
    let offer = (dice.roll(100) < OFFERS).then(|| dice.between(1100, 1350));
    let category = category
        .split('-')
        .map(numbers::skeleton)
        .collect::<String>();
    let head = format!("{}-{category}-{:02}", numbers::code(brand, 3), at + 1);
    let colour_options: Vec<_> = match colours {
        [] | [_] => vec![None],
        many => many.iter().map(Some).collect(),
    };
    let choices: Vec<_> = table.option.as_ref().map_or_else(
        || vec![None],
        |choice| {
            choice
                .values
                .iter()
                .zip(&choice.add)
                .map(|(value, add)| Some((&choice.name, value, *add)))
                .collect()
        },
    );
    let mut variants = Vec::new();
    for colour in &colour_options {
        for choice in &choices {
            let mut options = Vec::new();
            let mut sku = head.clone();
            if let Some(colour) = colour {
                options.push((COLOUR.to_owned(), (*colour).clone()));
                sku = format!("{sku}-{}", numbers::code(colour, 4));
            }
            let mut price = base;
            if let Some((name, value, add)) = choice {
                options.push(((*name).clone(), (*value).clone()));
                sku = format!("{sku}-{}", numbers::code(value, 6));
                price += add;
            }
            let price_minor = numbers::shop_price(price);
            let former = offer.map(|permille| numbers::shop_price(price_minor * permille / 1000));
            let (on_hand, backorder_limit) = numbers::stock(dice);
            let values: Vec<_> = options.iter().map(|(_, value)| value.as_str()).collect();
            variants.push(SeedVariant {
                barcode: numbers::barcode(&sku),
                title: if values.is_empty() {
                    "Standard".to_owned()
                } else {
                    values.join(" / ")
                },
                compare_at_minor: former.filter(|former| *former > price_minor),
                sku,
                options,
                price_minor,
                on_hand,
                backorder_limit,
                weight_g: weight,
            });
        }
    }
    variants
}
