//! What is tried, one after the other, until something is found.

use serde::{Deserialize, Serialize};

use super::{Concept, Reading};

/// An attempt: what results must hold, and what is said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Whether the corrected reading is meant.
    corrected: bool,
    /// Places of concepts that need not be found.
    dropped: Vec<usize>,
    /// How many of those that are not optional a result must hold.
    pub required: usize,
    /// How this differs from what was typed; empty when it does not.
    pub notes: Vec<Note>,
}

/// What an answer says about how it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// Results are for a corrected query.
    Corrected {
        /// What was typed.
        from: String,
        /// What was searched.
        to: String,
    },
    /// Results need not hold these words.
    Dropped {
        /// As typed.
        words: Vec<String>,
    },
    /// Results hold at least one of the words.
    AnyWord,
}

impl Stage {
    /// What results should hold, by the reading whose stage it is, or by that one's correction. Written out only here: most
    /// stages are never tried.
    pub fn concepts(&self, reading: &Reading) -> Vec<Concept> {
        let corrected = reading.correction.as_deref().filter(|_| self.corrected);
        let mut concepts = corrected.unwrap_or(reading).concepts.clone();
        for &at in &self.dropped {
            if let Some(concept) = concepts.get_mut(at) {
                concept.optional = true;
            }
        }
        concepts
    }
}

impl Reading {
    /// The stages in order: everything as typed; corrected; without what is least telling; any word.
    pub fn stages(&self) -> Vec<Stage> {
        let mut stages = Vec::new();
        // What nothing in the shop holds is not searched when it can be corrected.
        let hopeless = self.correction.is_some() && self.required().any(|i| self.is_unknown(i));
        if !hopeless {
            stages.push(self.stage(false, Vec::new(), Vec::new()));
        }
        let Some(better) = self.correction.as_deref() else {
            self.relax(&[], &mut stages);
            return stages;
        };
        let note = Note::Corrected {
            from: self.typed.clone(),
            to: better.typed.clone(),
        };
        stages.push(better.stage(true, Vec::new(), vec![note.clone()]));
        better.relax(&[note], &mut stages);
        stages
    }

    /// Places of the concepts that must be found.
    fn required(&self) -> impl Iterator<Item = usize> {
        self.concepts
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.optional)
            .map(|(i, _)| i)
    }

    fn is_unknown(&self, at: usize) -> bool {
        self.telling.get(at).is_some_and(|telling| *telling <= 0.0)
    }

    /// All concepts are required but those that are dropped.
    fn stage(&self, corrected: bool, dropped: Vec<usize>, mut notes: Vec<Note>) -> Stage {
        if !dropped.is_empty() {
            let words = dropped
                .iter()
                .map(|at| self.concepts[*at].word.clone())
                .collect();
            notes.push(Note::Dropped { words });
        }
        let required = self.required().filter(|at| !dropped.contains(at)).count();
        Stage {
            corrected,
            dropped,
            required,
            notes,
        }
    }

    /// Fewer and fewer words.
    fn relax(&self, notes: &[Note], stages: &mut Vec<Stage>) {
        let mut by_telling: Vec<usize> = self.required().collect();
        if by_telling.len() < 2 {
            return;
        }
        let all = by_telling.len();
        let telling = |at: usize| self.telling.get(at).copied().unwrap_or(0.0);
        by_telling.sort_by(|a, b| telling(*a).total_cmp(&telling(*b)).then_with(|| b.cmp(a)));
        let unknown = by_telling.iter().filter(|at| self.is_unknown(**at)).count();
        // First what nothing holds; else the one that says least; then half.
        let first = if unknown > 0 { unknown } else { 1 };
        let corrected = !notes.is_empty();
        for count in [first, first.max(all / 2)] {
            let mut dropped: Vec<usize> = by_telling.iter().copied().take(count).collect();
            dropped.sort_unstable();
            let stage = self.stage(corrected, dropped, notes.to_vec());
            if count < all && stages.last() != Some(&stage) {
                stages.push(stage);
            }
        }
        let any = notes.iter().cloned().chain([Note::AnyWord]).collect();
        stages.push(Stage {
            corrected,
            dropped: Vec::new(),
            required: 1,
            notes: any,
        });
    }
}
