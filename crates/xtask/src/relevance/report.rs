//! What the judged queries came to: per query, in the mean, and as JSON.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::ask::{Found, Variant};
use super::labels::Judged;
use super::ndcg::{self, Score};
use super::{Floor, Mode};
use crate::ui::Ui;

/// All queries that were asked.
#[derive(Debug)]
pub(super) struct Report {
    variants: Vec<Variant>,
    model: Option<String>,
    rows: Vec<Row>,
}

/// One query.
#[derive(Debug)]
struct Row {
    id: String,
    text: String,
    /// By variant.
    cells: Vec<Cell>,
}

/// What one variant found for a query.
#[derive(Debug)]
struct Cell {
    /// By labels file; none where the query is not judgeable by these.
    scores: Vec<Option<Score>>,
    total: u64,
    top: Vec<Value>,
}

impl Report {
    pub(super) fn new(variants: &[Variant], model: Option<String>) -> Self {
        Self {
            variants: variants.to_vec(),
            model,
            rows: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds what the variants found for a query. `judged` has one entry per labels file.
    pub(super) fn add(
        &mut self,
        id: &str,
        text: &str,
        found: Vec<Found>,
        judged: &[Judged],
        keys: &BTreeMap<String, String>,
    ) {
        // Labels name a product by its slug, or by the key of the file that it came from.
        let labels = judged.last().map(Judged::products).unwrap_or_default();
        let cells = found.into_iter().map(|found| {
            let names: Vec<&str> = found
                .top
                .iter()
                .map(|hit| match keys.get(&hit.slug) {
                    Some(key) if !labels.contains(hit.slug.as_str()) => key.as_str(),
                    _ => hit.slug.as_str(),
                })
                .collect();
            let scores = judged
                .iter()
                .map(|judged| ndcg::score(judged.of(id)?, &names))
                .collect();
            let grades = judged.last().and_then(|judged| judged.of(id));
            let top = names.iter().zip(&found.top).map(|(name, hit)| {
                let grade = grades.and_then(|grades| grades.get(*name));
                json!({"product_id": name, "title": hit.title, "grade": grade})
            });
            Cell {
                scores,
                total: found.total,
                top: top.collect(),
            }
        });
        self.rows.push(Row {
            id: id.to_owned(),
            text: text.to_owned(),
            cells: cells.collect(),
        });
    }

    /// The mean of a variant by the labels up to that file.
    fn mean(&self, variant: usize, file: usize) -> Score {
        let scores = self.rows.iter().map(|row| row.cells[variant].scores[file]);
        ndcg::mean(scores.flatten())
    }

    fn files(&self) -> usize {
        let first = self.rows.first().and_then(|row| row.cells.first());
        first.map_or(0, |cell| cell.scores.len())
    }

    /// A line per query, then the means.
    pub(super) fn print(&self, labels: &[PathBuf], ui: Ui) {
        let Some(last) = self.files().checked_sub(1) else {
            return;
        };
        let head: Vec<String> = self.variants.iter().map(ToString::to_string).collect();
        ui.line(format!(
            "  {:<32}  {}",
            "NDCG@10 (labelled)",
            head.join("  ")
        ));
        for row in &self.rows {
            let cells = row.cells.iter().zip(&head).map(|(cell, head)| {
                let text = match cell.scores[last] {
                    Some(score) => format!("{:.3} ({:.0} %)", score.ndcg, 100.0 * score.labelled),
                    None => "-".to_owned(),
                };
                format!("{text:>width$}", width = head.len())
            });
            let name: String = format!("{} {}", row.id, row.text)
                .chars()
                .take(32)
                .collect();
            let cells: Vec<String> = cells.collect();
            ui.line(format!("  {name:<32}  {}", cells.join("  ")));
        }
        ui.line("");
        for file in 0..=last {
            let names: Vec<String> = labels[..=file].iter().map(|file| name(file)).collect();
            ui.line(format!("  labels: {}", names.join(" + ")));
            for (index, variant) in self.variants.iter().enumerate() {
                let mean = self.mean(index, file);
                ui.line(format!(
                    "    {variant:<22} NDCG@10 {:.4}   labelled@10 {:.1} %",
                    mean.ndcg,
                    100.0 * mean.labelled
                ));
            }
        }
        for (mode, apart) in self.apart() {
            ui.line(format!("  engines apart, {}: {apart:.4}", mode.name()));
        }
        let share = self.lowest_labelled();
        if share < 0.95 {
            ui.line(ui.yellow(&format!(
                "  only {:.1} % of some top tens are labelled: grade the missing pairs first (see --json)",
                100.0 * share
            )));
        }
    }

    fn lowest_labelled(&self) -> f64 {
        let last = self.files().saturating_sub(1);
        let shares = (0..self.variants.len()).map(|index| self.mean(index, last).labelled);
        shares.fold(1.0, f64::min)
    }

    /// By how much the means of the engines differ, in each mode that more than one was asked in.
    fn apart(&self) -> Vec<(Mode, f64)> {
        let last = self.files().saturating_sub(1);
        let mut means: BTreeMap<Mode, Vec<f64>> = BTreeMap::new();
        for (index, variant) in self.variants.iter().enumerate() {
            let mean = self.mean(index, last).ndcg;
            means.entry(variant.mode).or_default().push(mean);
        }
        let several = means.into_iter().filter(|(_, means)| means.len() > 1);
        several
            .map(|(mode, means)| {
                let most = means.iter().copied().fold(f64::MIN, f64::max);
                (mode, most - means.iter().copied().fold(f64::MAX, f64::min))
            })
            .collect()
    }

    /// The goals that were missed, by all labels.
    pub(super) fn missed(&self, floors: &[Floor], within: Option<f64>) -> Vec<String> {
        let last = self.files().saturating_sub(1);
        let mut missed = Vec::new();
        for (index, variant) in self.variants.iter().enumerate() {
            let mean = self.mean(index, last).ndcg;
            let of_mode = |floor: &&Floor| floor.mode.is_none_or(|mode| mode == variant.mode);
            for floor in floors.iter().filter(of_mode) {
                if mean < floor.least {
                    missed.push(format!("{variant}: {mean:.4}, not {}", floor.least));
                }
            }
        }
        for (mode, apart) in self.apart() {
            if within.is_some_and(|within| apart > within) {
                missed.push(format!("{}: engines are {apart:.4} apart", mode.name()));
            }
        }
        missed
    }

    /// Everything as JSON.
    pub(super) fn write(&self, file: &Path) -> Result<()> {
        let last = self.files().saturating_sub(1);
        let per_variant = |of: &dyn Fn(usize) -> Value| -> Value {
            let names = self.variants.iter().enumerate();
            names
                .map(|(index, variant)| (variant.to_string(), of(index)))
                .collect()
        };
        let queries = self.rows.iter().map(|row| {
            let variants = per_variant(&|index| {
                let cell = &row.cells[index];
                json!({
                    "ndcg": cell.scores[last].map(|score| score.ndcg),
                    "labelled": cell.scores[last].map(|score| score.labelled),
                    "total": cell.total,
                    "top": cell.top,
                })
            });
            json!({"query_id": row.id, "query": row.text, "variants": variants})
        });
        let means = per_variant(&|index| {
            let files = (0..self.files()).map(|file| self.mean(index, file));
            let means = files.map(|mean| json!({"ndcg": mean.ndcg, "labelled": mean.labelled}));
            Value::Array(means.collect())
        });
        let all = json!({
            "model": self.model,
            "means": means,
            "queries": queries.collect::<Vec<_>>(),
        });
        fs::write(file, serde_json::to_vec_pretty(&all)?)
            .with_context(|| format!("cannot write {}", file.display()))
    }
}

fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
