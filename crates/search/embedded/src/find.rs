//! Answering a plan.

use std::hint::black_box;
use std::sync::Arc;

use search_core::plan::{Order, Plan, Sort, SortKey};
use tantivy::Searcher;

use crate::asked::Asked;
use crate::cache::{Answer, Pick};
use crate::collect::{AllHits, Hit, Slots};
use crate::columns::{Columns, Row, Slot};
use crate::schema::Fields;
use crate::tally::Tally;
use crate::terms::Terms;
use crate::top::{self, Top};
use crate::words::{self, Words};
use search_vectors::Nearest as Vectors;

/// Candidates, nearest and included products at most.
const CANDIDATES_MAX: usize = 10_000;
/// Matches that are looked at at a time.
const BLOCK: usize = 64;

/// The index as it stands.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// Its fields.
    pub(crate) fields: &'a Fields,
    /// The words.
    pub(crate) searcher: &'a Searcher,
    /// Where its stems are...
    pub(crate) stems: &'a Terms,
    /// ...and its codes.
    pub(crate) codes: &'a Terms,
    /// Which products its documents are.
    pub(crate) slots: &'a Slots,
    /// Everything else.
    pub(crate) columns: &'a Columns,
    /// The vectors.
    pub(crate) vectors: &'a Vectors,
}

/// Products that are results whatever they hold.
struct Extras {
    /// By slot, each once.
    all: Vec<Extra>,
    /// A bit for each slot.
    bits: Vec<u64>,
}

struct Extra {
    slot: Slot,
    lexical: Option<f32>,
}

/// A search under way.
struct Search<'a> {
    columns: &'a Columns,
    asked: &'a Asked,
    sort: Option<Sort>,
    total: u64,
    tally: Option<Tally<'a>>,
    top: Top<'a>,
}

impl View<'_> {
    /// Answers a plan. What was `counted` for another page is not counted again.
    pub(crate) fn find(&self, plan: &Plan, counted: Option<&Answer>) -> tantivy::Result<Answer> {
        let columns = self.columns;
        let (sort, after, size) = match plan.order {
            Order::Ranked { window } => (None, None, window),
            Order::Sorted { sort, after, size } => (Some(sort), after, size),
        };
        let query = Words {
            fields: self.fields,
            searcher: self.searcher,
            stems: self.stems,
            codes: self.codes,
        }
        .query(&plan.concepts, plan.required, sort.is_none())?;
        let asked = Asked::new(&plan.filters, columns);
        let count = plan.facets && counted.is_none();
        let mut search = Search {
            columns,
            asked: &asked,
            // Without words all are alike: the newest come first.
            sort: sort.or(query.is_none().then_some(Sort::Newest)),
            total: 0,
            tally: count.then(|| Tally::new(columns, &asked)),
            top: Top::new(columns, size.min(CANDIDATES_MAX), after),
        };
        let mut extras = self.extras(plan);
        match query {
            None => {
                let all = (0..columns.slots()).map(|slot| Hit { slot, score: 0.0 });
                search.take_all(&all.collect::<Vec<_>>(), &mut extras);
            }
            Some(query) => {
                let scored = sort.is_none();
                let all = AllHits {
                    slots: self.slots,
                    scored,
                };
                let hits = self.searcher.search(&*query, &all)?;
                let held = words::must_hold(&plan.concepts, plan.required);
                if scored && !count && held && asked.is_open() {
                    search.rank_all(&hits, &mut extras);
                } else {
                    search.take_all(&hits, &mut extras);
                }
            }
        }
        for extra in extras.all.iter().filter(|extra| extra.lexical.is_none()) {
            if sort.is_some() {
                search.take(columns.row(extra.slot), extra.slot, 0.0);
            } else {
                search.count(columns.row(extra.slot));
            }
        }
        Ok(self.answer(plan, search, &extras, counted))
    }

    fn answer(
        &self,
        plan: &Plan,
        search: Search<'_>,
        extras: &Extras,
        counted: Option<&Answer>,
    ) -> Answer {
        let ranked = matches!(plan.order, Order::Ranked { .. });
        let by_score = search.sort.is_none();
        let asked = search.asked;
        let counts = search.tally.map(Tally::finish);
        let cosine = |slot| {
            let nearest = plan.vector.as_ref().filter(|_| ranked)?;
            self.vectors.cosine_of(&nearest.vector, slot)
        };
        let first = if ranked {
            search.top.finish()
        } else {
            search.top.finish_sorted()
        };
        let mut picks = Vec::with_capacity(first.len());
        for (number, slot) in first {
            if ranked && extras.holds(slot) {
                continue;
            }
            let id = self.columns.id(slot);
            picks.push(Pick {
                slot,
                lexical: ranked.then_some(if by_score { top::to_score(number) } else { 0.0 }),
                cosine: cosine(slot),
                near: extras.holds(slot),
                key: (!ranked).then_some(SortKey { number, id }),
            });
        }
        let passing = |extra: &&Extra| asked.fails(self.columns.row(extra.slot), self.columns) == 0;
        picks.extend(
            extras
                .all
                .iter()
                .filter(|_| ranked)
                .filter(passing)
                .map(|extra| Pick {
                    slot: extra.slot,
                    lexical: extra.lexical,
                    cosine: cosine(extra.slot),
                    near: true,
                    key: None,
                }),
        );
        Answer {
            total: search.total,
            facets: counts
                .map(Arc::new)
                .or_else(|| counted.map(|answer| Arc::clone(&answer.facets)))
                .unwrap_or_default(),
            picks,
        }
    }

    /// The nearest and the included. The nearest are chosen among all products, whatever is filtered.
    fn extras(&self, plan: &Plan) -> Extras {
        let included = plan.include.iter().take(CANDIDATES_MAX);
        let mut slots: Vec<Slot> = included.filter_map(|&id| self.columns.alive(id)).collect();
        if let (Some(nearest), Order::Ranked { .. }) = (&plan.vector, plan.order) {
            let count = nearest.count.min(CANDIDATES_MAX);
            let alive = |slot| self.columns.row(slot).alive;
            let found = self.vectors.nearest(&nearest.vector, count, alive);
            let near = found
                .into_iter()
                .filter(|(_, cosine)| *cosine >= nearest.similarity_min);
            slots.extend(near.map(|(slot, _)| slot));
        }
        slots.sort_unstable();
        slots.dedup();
        Extras::new(&slots, self.columns.slots())
    }
}

impl Search<'_> {
    /// Takes matches in. Done in blocks: what lies far apart in memory is asked for all at once, instead of waiting for
    /// one after the other.
    fn take_all(&mut self, hits: &[Hit], extras: &mut Extras) {
        let columns = self.columns;
        let mut rows = [*columns.row(Slot::MAX); BLOCK];
        for hits in hits.chunks(BLOCK) {
            for (row, hit) in rows.iter_mut().zip(hits) {
                *row = *columns.row(hit.slot);
            }
            if self.tally.is_some() {
                let first = rows.iter().filter_map(|row| columns.values(row).first());
                black_box(first.fold(0, |all, &value| all ^ value));
            }
            for (row, hit) in rows.iter().zip(hits) {
                self.take(row, hit.slot, hit.score);
                extras.match_words(hit.slot, hit.score);
            }
        }
    }

    /// Takes matches in that all pass and that nobody counts: only their scores are looked at. What holds a word is there.
    fn rank_all(&mut self, hits: &[Hit], extras: &mut Extras) {
        self.total = self.total.saturating_add(hits.len() as u64);
        for hit in hits {
            self.top.offer(top::of_score(hit.score), hit.slot);
            extras.match_words(hit.slot, hit.score);
        }
    }

    /// Takes a match in.
    #[inline]
    fn take(&mut self, row: &Row, slot: Slot, score: f32) {
        if self.count(row) {
            let number = match self.sort {
                None => top::of_score(score),
                Some(sort) => top::number(sort, row, slot, self.columns),
            };
            self.top.offer(number, slot);
        }
    }

    /// Counts a match; whether it is a result.
    #[inline]
    fn count(&mut self, row: &Row) -> bool {
        let fails = self.asked.fails(row, self.columns);
        if let Some(tally) = &mut self.tally {
            tally.count(row, fails);
        }
        let passes = fails == 0;
        // Not `+= u64::from(passes)`: optimised, rustc 1.95 loses that sum. The tests in `--release` show it.
        if passes {
            self.total += 1;
        }
        passes
    }
}

impl Extras {
    fn new(slots: &[Slot], all: Slot) -> Self {
        let mut bits = Vec::new();
        if !slots.is_empty() {
            bits.resize((all as usize).div_ceil(64), 0);
        }
        for &slot in slots {
            bits[slot as usize / 64] |= 1 << (slot % 64);
        }
        let extra = |&slot| Extra {
            slot,
            lexical: None,
        };
        Self {
            all: slots.iter().map(extra).collect(),
            bits,
        }
    }

    #[inline]
    fn holds(&self, slot: Slot) -> bool {
        let bits = self.bits.get(slot as usize / 64);
        bits.is_some_and(|bits| bits & (1 << (slot % 64)) != 0)
    }

    /// Notes that one of them matches by words too.
    #[inline]
    fn match_words(&mut self, slot: Slot, score: f32) {
        if self.holds(slot)
            && let Ok(place) = self.all.binary_search_by_key(&slot, |extra| extra.slot)
        {
            self.all[place].lexical = Some(score);
        }
    }
}
