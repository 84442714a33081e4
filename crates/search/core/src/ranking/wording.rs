//! What of a query a title says.

use search_lexis::{Concept, Pattern};

use crate::wording::Wording;

/// The share of the concepts, but for optional ones, of which the title has a wording: 0 to 1; 0 without concepts.
pub fn share(concepts: &[Concept], wording: &Wording) -> f32 {
    let (mut said, mut all) = (0_u16, 0_u16);
    for concept in concepts.iter().filter(|c| !c.optional) {
        all = all.saturating_add(1);
        if says(concept, wording) {
            said = said.saturating_add(1);
        }
    }
    if all == 0 {
        0.0
    } else {
        f32::from(said) / f32::from(all)
    }
}

/// Whether the title has all of a wording of a concept; a code may stand among the product's codes instead.
fn says(concept: &Concept, wording: &Wording) -> bool {
    let has = |stem: &String| wording.title_has(stem);
    concept
        .alternatives
        .iter()
        .any(|alternative| match &alternative.pattern {
            Pattern::Term(stem) => has(stem),
            Pattern::Phrase(stems) | Pattern::All(stems) => stems.iter().all(has),
            Pattern::Code(code) => wording.has_code(code) || has(code),
            Pattern::Prefix(start) => wording.any_begins(start),
        })
}
