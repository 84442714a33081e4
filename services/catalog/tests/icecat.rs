//! The shipped Icecat mapping: how often it finds the right category, and whether it maps the whole catalogue.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use catalog::import::{Limits, Mapping, Rows, SourceRow};
use catalog::taxonomy::Taxonomy;
use std::collections::HashMap;
use std::path::Path;

/// Right categories of the labelled products, in percent.
const ACCURACY_MIN: usize = 90;
/// Products in "Other", in percent of all.
const OTHER_MAX: usize = 5;

fn mapping() -> Mapping {
    let text = include_str!("../../../docs/import/icecat.toml");
    Mapping::parse(text, Taxonomy::shop()).unwrap()
}

fn labels() -> HashMap<&'static str, Vec<&'static str>> {
    include_str!("data/icecat_labels.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut fields = line.split('\t');
            let (id, label) = (fields.next().unwrap(), fields.nth(1).unwrap());
            (id, label.split('|').collect())
        })
        .collect()
}

#[test]
fn labelled_products_get_their_category() {
    let (mapping, labels) = (mapping(), labels());
    let sample: &[u8] = include_bytes!("data/icecat_sample.jsonl");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in Rows::from_reader(sample, false, Limits::default()).unwrap() {
        let product = mapping.map(&row.unwrap().row.unwrap()).unwrap();
        let label = &labels[product.external_ref.as_str()];
        seen += 1;
        if !label.contains(&product.category_slug.as_str()) {
            wrong.push(format!(
                "{} -> {}, want {}",
                product.title,
                product.category_slug,
                label.join(" or ")
            ));
        }
    }
    let right = seen - wrong.len();
    println!("{right} of {seen} right\n{}", wrong.join("\n"));
    assert_eq!(seen, 300);
    assert_eq!(labels.len(), 300);
    assert!(
        right * 100 >= seen * ACCURACY_MIN,
        "{right} of {seen} right\n{}",
        wrong.join("\n")
    );
}

#[test]
fn labels_name_leaves() {
    let taxonomy = Taxonomy::shop();
    for slug in labels().into_values().flatten() {
        assert!(taxonomy.is_leaf(slug) && slug != "other", "{slug}");
    }
}

/// The catalogue is not ours to ship: `TECHMART_TEST__ICECAT_FILE=… cargo test -p catalog --test icecat -- --ignored`.
#[test]
#[ignore = "needs the whole Icecat file, named by TECHMART_TEST__ICECAT_FILE"]
fn the_whole_catalogue_maps() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a path for one optional test is no setting of the service"
    )]
    let path = std::env::var("TECHMART_TEST__ICECAT_FILE").expect("the variable names the file");
    let mapping = mapping();
    let mut categories: HashMap<String, usize> = HashMap::new();
    let mut slugs = HashMap::new();
    let mut failed = Vec::new();
    for row in Rows::open(Path::new(&path), Limits::default()).unwrap() {
        let SourceRow { line, row } = row.unwrap();
        match row.and_then(|row| mapping.map(&row)) {
            Ok(product) => {
                *categories.entry(product.category_slug).or_default() += 1;
                *slugs.entry(product.slug_hint).or_insert(0) += 1;
            }
            Err(error) => failed.push(format!("line {line}: {error}")),
        }
    }
    let all: usize = categories.values().sum();
    let other = categories.get("other").copied().unwrap_or(0);
    let mut list: Vec<_> = categories.iter().collect();
    list.sort_by_key(|(slug, count)| (usize::MAX - **count, (*slug).clone()));
    println!("{all} mapped, {other} in other, {} failed", failed.len());
    for (slug, count) in list {
        println!("{count:6} {slug}");
    }
    assert_eq!(failed, Vec::<String>::new());
    assert!(slugs.values().all(|count| *count == 1), "slugs are unique");
    assert!(other * 100 <= all * OTHER_MAX, "{other} of {all} in other");
}
