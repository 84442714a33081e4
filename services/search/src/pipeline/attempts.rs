//! The readings of a query that are tried in turn until words match. Every step away from what was typed is told.

use std::sync::Arc;

use search_core::Filters;
use search_lexis::{Reading, Stage};

use crate::domain::results::Note;

/// One way to read a query.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The reading that results are ranked and highlighted by.
    pub reading: Arc<Reading>,
    /// Which of its concepts results should hold, and how many of them; its notes are told in ours.
    pub stage: Stage,
    /// What every result must have.
    pub filters: Filters,
    /// What the query was corrected to.
    pub corrected: Option<String>,
    /// What else is not as typed.
    pub notes: Vec<Note>,
    /// Whether its results share no word with the query.
    pub by_meaning_alone: bool,
}

/// A query as it was typed, and as it was corrected; shared by all attempts.
struct Readings {
    typed: Arc<Reading>,
    corrected: Option<Arc<Reading>>,
}

/// The attempts for a query under the filters that were chosen, the most faithful first; at least one. The last one is
/// by meaning alone, where meaning is compared.
pub(super) fn of(reading: &Arc<Reading>, chosen: &Filters, by_meaning: bool) -> Vec<Attempt> {
    let corrected = reading.correction.as_deref();
    let readings = Readings {
        typed: Arc::clone(reading),
        corrected: corrected.map(|better| Arc::new(better.clone())),
    };
    let readings = &readings;
    let filters = bounded(chosen, reading);
    let (whole, loosened): (Vec<Stage>, Vec<Stage>) = reading
        .stages()
        .into_iter()
        .partition(|stage| stage.notes.iter().all(is_correction));
    let mut attempts: Vec<Attempt> = whole
        .iter()
        .map(|stage| Attempt::of(readings, stage.clone(), &filters))
        .collect();
    if filters != *chosen {
        // The words without the price that they name, before fewer words.
        attempts.extend(whole.into_iter().map(|stage| {
            let mut attempt = Attempt::of(readings, stage, chosen);
            attempt.notes.push(Note::DroppedFilters {
                filters: vec!["price".to_owned()],
            });
            attempt
        }));
    }
    let loosened = loosened.into_iter();
    attempts.extend(loosened.map(|stage| Attempt::of(readings, stage, &filters)));
    if let Some(first) = attempts.first().filter(|_| by_meaning) {
        // No product holds its words, or it would have answered: what it finds is near in meaning.
        let alone = Attempt {
            notes: vec![Note::SimilarInMeaning],
            by_meaning_alone: true,
            ..first.clone()
        };
        attempts.push(alone);
    }
    attempts
}

fn is_correction(note: &search_lexis::Note) -> bool {
    matches!(note, search_lexis::Note::Corrected { .. })
}

impl Attempt {
    fn of(readings: &Readings, mut stage: Stage, filters: &Filters) -> Self {
        let corrected = stage.notes.iter().find_map(|note| match note {
            search_lexis::Note::Corrected { to, .. } => Some(to.clone()),
            _ => None,
        });
        let better = readings.corrected.as_ref();
        let reading = better.filter(|_| corrected.is_some());
        let notes = std::mem::take(&mut stage.notes);
        let notes = notes.into_iter().filter_map(|note| match note {
            search_lexis::Note::Corrected { .. } => None,
            search_lexis::Note::Dropped { words } => Some(Note::DroppedWords { words }),
            search_lexis::Note::AnyWord => Some(Note::AnyWord),
        });
        Self {
            reading: Arc::clone(reading.unwrap_or(&readings.typed)),
            stage,
            filters: filters.clone(),
            notes: notes.collect(),
            corrected,
            by_meaning_alone: false,
        }
    }
}

/// The filters with the prices that the words name, unless prices were chosen.
fn bounded(chosen: &Filters, reading: &Reading) -> Filters {
    let mut filters = chosen.clone();
    if filters.price_min.is_none() && filters.price_max.is_none() {
        filters.price_min = reading.price_min;
        filters.price_max = reading.price_max;
    }
    filters
}
