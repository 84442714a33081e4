//! Medians of all rounds, ratios within each round, and the goals.

use std::collections::BTreeMap;

use super::load::{Question, Sample};
use crate::ui::Ui;

/// The engines in the order of the table.
pub(super) const ENGINES: [&str; 3] = ["TechMart", "PostgreSQL", "OpenSearch"];
/// How many times OpenSearch's throughput per core ours must be.
const GOAL_RATIO: f64 = 5.0;
/// How much a search of a word may take longer in the largest catalogue than in the smallest.
const GOAL_GROWTH: f64 = 2.0;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    /// An engine with a question.
    Engine(&'static str, Question),
    /// Ours, with words of the same share of products.
    Word,
    /// Ours by words alone.
    Lexical,
    /// Ours by meaning, the vectors of queries in memory.
    HybridKept,
    /// Ours by meaning, each query's vector computed.
    HybridComputed,
}

/// All samples by size and cell, in the order of the rounds.
#[derive(Debug, Default)]
pub(super) struct Report(BTreeMap<(u32, Cell), Vec<Sample>>);

impl Cell {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Engine(engine, _) => engine,
            Self::Word => "one word",
            Self::Lexical => "by words alone",
            Self::HybridKept => "by meaning, vectors kept",
            Self::HybridComputed => "by meaning, computed",
        }
    }

    fn question(self) -> &'static str {
        match self {
            Self::Engine(_, question) => match question {
                Question::Search => "query",
                Question::Facets => "query, facets",
                Question::Suggest => "suggest",
            },
            _ => "query",
        }
    }
}

impl Report {
    pub(super) fn add(&mut self, size: u32, cell: Cell, sample: Sample) {
        self.0.entry((size, cell)).or_default().push(sample);
    }

    /// Prints all of it; how many goals were reached and how many missed.
    pub(super) fn print(&self, ui: Ui) -> (usize, usize) {
        ui.line("");
        ui.line("  products  question       engine                        p50 ms    p99 ms   CPU us each   per core and s  requests");
        for ((size, cell), samples) in &self.0 {
            let of = |value: fn(&Sample) -> f64| median(samples.iter().map(value));
            let cpu = of(|sample| sample.cpu_us);
            ui.line(format!(
                "  {size:>8}  {:<13}  {:<26} {:>9.2} {:>9.2}  {cpu:>12.0}  {:>15.0}  {:>8}",
                cell.question(),
                cell.name(),
                of(|sample| millis(sample.p50_us)),
                of(|sample| millis(sample.p99_us)),
                1e6 / cpu.max(1.0),
                samples.iter().map(|sample| sample.requests).sum::<u32>(),
            ));
        }
        let mut goals = self.ratios();
        goals.extend(self.growth());
        ui.line("");
        let mut missed = 0;
        for (text, reached) in &goals {
            missed += usize::from(!reached);
            ui.line(if *reached {
                format!("  {text}")
            } else {
                format!("  {}", ui.red(text))
            });
        }
        self.vector(ui);
        (goals.len() - missed, missed)
    }

    fn sizes(&self) -> Vec<u32> {
        let mut sizes: Vec<u32> = self.0.keys().map(|(size, _)| *size).collect();
        sizes.dedup();
        sizes
    }

    /// Throughput per core, ours over another engine's: the median over the rounds.
    fn ratio(&self, size: u32, question: Question, other: &'static str) -> Option<f64> {
        let of = |engine| self.0.get(&(size, Cell::Engine(engine, question)));
        let (ours, theirs) = (of(ENGINES[0])?, of(other)?);
        let each = ours.iter().zip(theirs);
        Some(median(
            each.map(|(ours, theirs)| theirs.cpu_us / ours.cpu_us.max(1.0)),
        ))
    }

    fn ratios(&self) -> Vec<(String, bool)> {
        let mut goals = Vec::new();
        for size in self.sizes() {
            for question in super::QUESTIONS {
                let name = Cell::Engine(ENGINES[0], question).question();
                for other in &ENGINES[1..] {
                    let Some(ratio) = self.ratio(size, question, other) else {
                        continue;
                    };
                    let is_goal = *other == ENGINES[2] && question != Question::Suggest;
                    let goal = if is_goal {
                        format!(" (goal >= {GOAL_RATIO})")
                    } else {
                        String::new()
                    };
                    let text = format!(
                        "{size:>8}  {name:<13}  throughput per core / {other}'s {ratio:>8.1}{goal}"
                    );
                    goals.push((text, !is_goal || ratio >= GOAL_RATIO));
                }
            }
        }
        goals
    }

    /// From the smallest catalogue to the largest.
    fn growth(&self) -> Option<(String, bool)> {
        let sizes = self.sizes();
        let (smallest, largest) = (*sizes.first()?, *sizes.last()?);
        if smallest == largest {
            return None;
        }
        let p50 = |size| {
            let samples = self.0.get(&(size, Cell::Word))?;
            Some(median(samples.iter().map(|sample| millis(sample.p50_us))))
        };
        let (before, after) = (p50(smallest)?, p50(largest)?);
        let growth = after / before;
        Some((
            format!(
                "a word in 6 % of the products, p50 at {largest} / at {smallest}: {after:.2} / {before:.2} ms = {growth:.2} (goal <= {GOAL_GROWTH})"
            ),
            growth <= GOAL_GROWTH,
        ))
    }

    /// What searching by meaning adds.
    fn vector(&self, ui: Ui) {
        for size in self.sizes() {
            let of = |cell| {
                let samples = self.0.get(&(size, cell))?;
                let of = |value: fn(&Sample) -> f64| median(samples.iter().map(value));
                Some((
                    of(|sample| millis(sample.p50_us)),
                    of(|sample| sample.cpu_us),
                ))
            };
            let cells = (
                of(Cell::Lexical),
                of(Cell::HybridKept),
                of(Cell::HybridComputed),
            );
            let (Some(words), Some(kept), Some(computed)) = cells else {
                continue;
            };
            ui.line(format!(
                "  {size:>8}  by meaning, on top of words: {:.2} ms p50, {:.0} us CPU; the query's vector: {:.2} ms p50, {:.0} us CPU more",
                kept.0 - words.0,
                kept.1 - words.1,
                computed.0 - kept.0,
                computed.1 - kept.1
            ));
        }
    }
}

fn millis(micros: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "minutes at most")]
    let micros = micros as f64;
    micros / 1_000.0
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
