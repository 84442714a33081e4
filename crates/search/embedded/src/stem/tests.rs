//! What is found, and every score, is what tantivy's own queries give.

use search_core::{Change, Entry, document};
use serde_json::json;
use tantivy::query::{
    BooleanQuery, BoostQuery, DisjunctionMaxQuery, Occur, PhraseQuery, TermQuery,
};
use tantivy::schema::Field;
use tantivy::{Searcher, TERMINATED, Term};
use uuid::Uuid;

use super::*;
use crate::best::Best;
use crate::collect::AllHits;
use crate::columns::Slot;
use crate::index::Index;
use crate::terms::Terms;

const WORDS: [&str; 6] = ["lamp", "desk", "blue", "steel", "round", "cable"];
/// More than tantivy gathers at a time.
const PRODUCTS: u32 = 6_000;

/// A product whose title and description hold words by the digits of its number.
fn change(number: u32, revision: i64) -> Change {
    let word = |place: u32| WORDS[(number.wrapping_mul(2_654_435_761) >> place) as usize % 6];
    let title = [3, 7, 11].map(word).join(" ");
    let description = [5, 9, 9, 13].map(word).join(" ");
    let body = json!({
        "product_id": Uuid::from_u128(number.into()), "slug": "lamp", "brand": null, "title": title, "description": description,
        "category": {"slug": "lamps", "name": "Lamps", "path": "lamps"}, "category_names": ["Lamps"],
        "art": "generic", "color": null, "attributes": [], "skus": [], "variant_titles": [],
        "price_minor": 100, "compare_at_minor": null, "currency": "USD", "availability": "in_stock",
        "variant_count": 1, "default_variant_id": Uuid::from_u128(number.into()), "created_at": "2026-01-02T03:04:05Z"
    })
    .to_string();
    let document = document::read(&body).unwrap();
    let entry = Entry::of(revision, document, body, None, 0.0);
    Change {
        product_id: entry.document.id,
        revision,
        entry: Some(Box::new(entry)),
    }
}

/// An index of several parts, in which some products were written again.
fn index() -> Index {
    let index = Index::create(None, 15_000_000, "").unwrap();
    for (turn, numbers) in (1..).zip([0..PRODUCTS, PRODUCTS..PRODUCTS + 50, 100..160]) {
        let changes: Vec<Change> = numbers.map(|number| change(number, turn)).collect();
        index.apply(&changes, turn.into()).unwrap();
    }
    index
}

fn term(field: Field, word: &str) -> Box<dyn Query> {
    let term = Term::from_field_text(field, word);
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn part(searcher: &Searcher, field: Field, word: &str) -> Option<Part> {
    let parts = Terms::of([field]).find(searcher, word).unwrap();
    parts.first().cloned()
}

/// Two ways to ask the same.
struct Ways<'a> {
    index: &'a Index,
    searcher: Searcher,
}

impl Ways<'_> {
    fn fields(&self) -> [(Field, Score); 2] {
        let fields = &self.index.fields;
        [(fields.title, 1.7), (fields.description, 0.3)]
    }

    fn ours(&self, word: &str) -> Box<dyn Query> {
        let part = |(field, boost)| Some(part(&self.searcher, field, word)?.boosted(boost));
        Box::new(Stem::new(
            self.fields().into_iter().filter_map(part).collect(),
        ))
    }

    fn theirs(&self, word: &str) -> Box<dyn Query> {
        let fields = self.fields().map(|(field, boost)| -> Box<dyn Query> {
            Box::new(BoostQuery::new(term(field, word), boost))
        });
        Box::new(DisjunctionMaxQuery::with_tie_breaker(
            fields.into(),
            weights::TIE_BREAKER,
        ))
    }

    /// Two words in the title, next to each other for more, or words of the description.
    fn phrase(
        &self,
        words: [&str; 2],
        term: &dyn Fn(Field, &str) -> Box<dyn Query>,
    ) -> Box<dyn Query> {
        let title = self.index.fields.title;
        let terms = words.map(|word| Term::from_field_text(title, word));
        let adjacent = BoostQuery::new(Box::new(PhraseQuery::new(terms.into())), 0.5);
        let both = |field| -> Box<dyn Query> {
            let both = words.map(|word| term(field, word));
            Box::new(BooleanQuery::intersection(both.into()))
        };
        let in_title = BooleanQuery::new(vec![
            (Occur::Must, both(title)),
            (Occur::Should, Box::new(adjacent)),
        ]);
        let in_text = both(self.index.fields.description);
        Box::new(BoostQuery::new(
            Box::new(BooleanQuery::union(vec![Box::new(in_title), in_text])),
            1.3,
        ))
    }

    /// Every match with the bits of its score.
    fn matches(&self, query: &dyn Query, scored: bool) -> Vec<(Slot, u32)> {
        let state = self.index.state();
        let all = AllHits {
            slots: &state.slots,
            scored,
        };
        let hits = self.searcher.search(query, &all).unwrap();
        let score = |score: Score| if scored { score.to_bits() } else { 0 };
        let mut matches: Vec<_> = hits.iter().map(|h| (h.slot, score(h.score))).collect();
        matches.sort_unstable();
        matches
    }
}

#[test]
fn finds_and_scores_as_tantivy_does() {
    let index = index();
    let searcher = index.reader.searcher();
    assert!(searcher.segment_readers().len() > 1);
    let ways = Ways {
        index: &index,
        searcher,
    };
    let mut found = 0;
    for scored in [true, false] {
        for [a, b, c] in [[0, 1, 2], [3, 4, 5], [2, 2, 0]].map(|three| three.map(|n| WORDS[n])) {
            let (one, other) = (ways.ours(a), ways.theirs(a));
            let same = ways.matches(&one, scored);
            assert_eq!(same, ways.matches(&other, scored), "{a}");
            found += same.len();

            let one = Best::new(vec![one, ways.ours(b)], 0.0);
            let other = DisjunctionMaxQuery::new(vec![other, ways.theirs(b)]);
            assert_eq!(
                ways.matches(&one, scored),
                ways.matches(&other, scored),
                "{a} or {b}"
            );

            let stem = |field, word: &str| -> Box<dyn Query> {
                let part = part(&ways.searcher, field, word);
                Box::new(Stem::new(part.into_iter().collect()))
            };
            let one_phrase = ways.phrase([a, c], &stem);
            let other_phrase = ways.phrase([a, c], &term);
            let same = ways.matches(&one_phrase, scored);
            assert_eq!(same, ways.matches(&other_phrase, scored), "{a} {c}");
            found += same.len();

            let one = BooleanQuery::intersection(vec![Box::new(one), ways.ours(c)]);
            let other = BooleanQuery::intersection(vec![Box::new(other), ways.theirs(c)]);
            let same = ways.matches(&one, scored);
            assert_eq!(same, ways.matches(&other, scored), "{a} or {b}, and {c}");
            found += same.len();
        }
    }
    assert!(found > 1_000);
}

#[test]
fn tells_the_score_of_a_match_and_refuses_what_does_not_match() {
    let index = index();
    let searcher = index.reader.searcher();
    let ways = Ways {
        index: &index,
        searcher: searcher.clone(),
    };
    let query = ways.ours("lamp");
    let weight = query
        .weight(EnableScoring::enabled_from_searcher(&searcher))
        .unwrap();
    let segment = searcher.segment_reader(0);
    let mut scorer = weight.scorer(segment, 1.0).unwrap();
    let (first, score) = (scorer.doc(), scorer.score());
    let told = weight.explain(segment, first).unwrap().value();
    assert_eq!(told.to_bits(), score.to_bits());
    let mut matches = vec![first];
    while scorer.advance() != TERMINATED {
        matches.push(scorer.doc());
    }
    let other = (0..segment.max_doc()).find(|doc| !matches.contains(doc));
    assert!(weight.explain(segment, other.unwrap()).is_err());
}

#[test]
fn a_term_is_looked_up_anew_after_a_change() {
    let index = Index::create(None, 15_000_000, "").unwrap();
    let held = |word| {
        let state = index.state();
        let found = state.stems.find(&index.reader.searcher(), word);
        found.unwrap().len()
    };
    assert_eq!(held("lamp"), 0);
    index.apply(&[change(1, 1)], 1.into()).unwrap();
    assert!(held("lamp") > 0);
}
