//! What is asked: the same texts of every engine.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::goods::{KINDS, MARKS, Product, brand};

/// Different texts of searches.
const SEARCHES: usize = 1_500;

/// What is searched for.
#[derive(Debug)]
pub(super) struct Asked {
    /// Searches as shoppers make them: kinds, brands with kinds, two to four words, model numbers. Each finds something.
    pub(super) searches: Vec<String>,
    /// Single words of which each is in the same share of all products.
    pub(super) words: Vec<String>,
    /// Beginnings of words.
    pub(super) prefixes: Vec<String>,
}

impl Asked {
    /// For a catalogue of at least `products` products.
    pub(super) fn new(products: u32) -> Self {
        let mut dice = StdRng::seed_from_u64(1);
        let searches = (0..SEARCHES).map(|number| search(number, products, &mut dice));
        let mut searches: Vec<String> = searches.collect();
        searches.sort();
        searches.dedup();
        searches.shuffle(&mut dice);
        let beginnings = KINDS
            .iter()
            .chain(&MARKS)
            .flat_map(|word| (2..=5).filter_map(|end| word.get(..end)));
        let mut prefixes: Vec<String> = beginnings.map(str::to_owned).collect();
        prefixes.extend((0..60).map(|number| brand(number).to_lowercase()[..4].to_owned()));
        prefixes.sort();
        prefixes.dedup();
        prefixes.shuffle(&mut dice);
        Self {
            searches,
            words: MARKS.map(str::to_owned).to_vec(),
            prefixes,
        }
    }
}

/// Words of a product that there is: every search finds something in every engine.
fn search(number: usize, products: u32, dice: &mut StdRng) -> String {
    let some = Product::of(dice.random_range(0..products));
    let (kind, maker) = (some.kind, some.brand.to_lowercase());
    let colour = some
        .title
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let marks = || MARKS.into_iter().filter(|mark| some.title.contains(mark));
    let mark = marks().next().unwrap_or(&colour);
    match number % 10 {
        0 => kind.to_owned(),
        1 | 2 => format!("{mark} {kind}"),
        3 | 4 => format!("{maker} {kind}"),
        5 => format!("{maker} {mark}"),
        6 => format!("{kind} {colour} {}", some.series()),
        7 => format!("{maker} {mark} {kind}"),
        8 => some.model.to_lowercase(),
        _ => mark.to_owned(),
    }
}
