//! Exactness against the plainest loop, changes, ties, and how much the sketch misses.

use super::*;
use crate::embedding::cosine;

/// Numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// About normally distributed, variance 1.
    fn normal(&mut self) -> f32 {
        let sum: u64 = (0..6).map(|_| self.bits() & 0xffff).sum();
        (sum as f32 / 65_535.0 - 3.0) * std::f32::consts::SQRT_2
    }

    fn vector(&mut self) -> [f32; DIMENSIONS] {
        std::array::from_fn(|_| self.normal())
    }

    /// A vector around a centre.
    fn around(&mut self, centre: &[f32; DIMENSIONS], spread: f32) -> Embedding {
        let vector = centre.map(|x| x + self.normal() * spread);
        Embedding::from_f32(&vector).unwrap()
    }
}

/// Vectors in clusters, as products of a shop are.
fn clustered(random: &mut Random, clusters: usize, count: usize) -> Vec<Embedding> {
    let centres: Vec<_> = (0..clusters).map(|_| random.vector()).collect();
    (0..count)
        .map(|i| random.around(&centres[i * 7_919 % clusters], 1.0))
        .collect()
}

fn filled(set: Nearest, vectors: &[Embedding]) -> Nearest {
    let mut set = set;
    for (slot, vector) in vectors.iter().enumerate() {
        set.put(slot as u32, Some(vector.clone()));
    }
    set
}

fn plain(
    vectors: &[Embedding],
    query: &Embedding,
    k: usize,
    accept: impl Fn(u32) -> bool,
) -> Vec<(u32, f32)> {
    let mut all: Vec<(u32, f32)> = vectors
        .iter()
        .enumerate()
        .map(|(slot, vector)| (slot as u32, cosine(query, vector)))
        .filter(|(slot, _)| accept(*slot))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all.truncate(k);
    all
}

#[test]
fn finds_exactly_what_the_plain_loop_finds() {
    let mut random = Random(1);
    let vectors = clustered(&mut random, 20, 3_000);
    let set = filled(Nearest::new(), &vectors);
    for (k, every) in [
        (0, 1),
        (1, 1),
        (10, 1),
        (10, 7),
        (100, 3),
        (2_999, 1),
        (9_000, 2),
    ] {
        let query = random.around(&vectors[k % 3_000].to_f32(), 0.02);
        let accept = |slot: u32| slot.is_multiple_of(every);
        assert_eq!(
            set.nearest(&query, k, accept),
            plain(&vectors, &query, k, accept),
            "{k} of each {every}th"
        );
        assert_eq!(set.cosine_of(&query, 5), Some(cosine(&query, &vectors[5])));
    }
    let nobody = set.nearest(&vectors[0], 10, |_| false);
    assert!(nobody.is_empty());
}

#[test]
fn a_sketch_is_exact_too_where_few_are_accepted() {
    let mut random = Random(2);
    let vectors = clustered(&mut random, 20, 3_000);
    let set = filled(Nearest::with_exact_max(500), &vectors);
    let query = random.around(&vectors[9].to_f32(), 0.02);
    let accept = |slot: u32| slot.is_multiple_of(6);
    assert_eq!(
        set.nearest(&query, 50, accept),
        plain(&vectors, &query, 50, accept)
    );
}

#[test]
fn equals_come_by_slot() {
    let vector = Embedding::from_f32(&Random(3).vector()).unwrap();
    for set in [Nearest::new(), Nearest::with_exact_max(10)] {
        let set = filled(set, &vec![vector.clone(); 500]);
        let slots = set.nearest(&vector, 7, |slot| slot > 2);
        let slots: Vec<u32> = slots.into_iter().map(|(slot, _)| slot).collect();
        assert_eq!(slots, [3, 4, 5, 6, 7, 8, 9]);
    }
}

#[test]
fn follows_changes() {
    let mut random = Random(4);
    let [a, b, c] = [0; 3].map(|_| Embedding::from_f32(&random.vector()).unwrap());
    let mut set = Nearest::new();
    assert!(set.is_empty());
    set.put(1_000, None);
    assert_eq!((set.len(), set.get(1_000)), (0, None));
    assert!(set.nearest(&a, 5, |_| true).is_empty());
    set.put(3, Some(a.clone()));
    set.put(9, Some(b.clone()));
    set.put(3, Some(c.clone()));
    assert_eq!(
        (set.len(), set.get(3), set.get(0)),
        (2, Some(c.clone()), None)
    );
    assert_eq!(set.nearest(&c, 5, |_| true)[0].0, 3);
    set.put(3, None);
    set.put(3, None);
    assert_eq!((set.len(), set.cosine_of(&c, 3)), (1, None));
    assert_eq!(set.cosine_of(&b, 77), None);
    let found = set.nearest(&a, 5, |_| true);
    assert_eq!(found, [(9, cosine(&a, &b))]);
    set.put(3, Some(a.clone()));
    assert_eq!(set.nearest(&a, 1, |_| true)[0].0, 3);
}

/// A tenth of the size for which README.md states a figure.
#[test]
fn a_sketch_misses_little() {
    let mut random = Random(5);
    let vectors = clustered(&mut random, 400, 120_000);
    let exact = filled(Nearest::with_exact_max(usize::MAX), &vectors);
    let sketched = filled(Nearest::new(), &vectors);
    let (mut hits, mut all) = (0, 0);
    for i in 0..40 {
        let query = random.around(&vectors[i * 2_999].to_f32(), 0.03);
        let expected = exact.nearest(&query, 100, |_| true);
        let found = sketched.nearest(&query, 100, |_| true);
        assert_eq!(found, sketched.nearest(&query, 100, |_| true));
        assert_eq!(found.len(), 100);
        all += expected.len();
        hits += expected.iter().filter(|one| found.contains(one)).count();
    }
    let recall = hits as f32 / all as f32;
    assert!(recall > 0.99, "{recall}");
}
