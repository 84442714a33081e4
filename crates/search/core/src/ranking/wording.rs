//! What of a query a title says.

use search_lexis::{Concept, Pattern};

use crate::found::Features;

/// The share of the concepts, but for optional ones, of which the title has a wording: 0 to 1; 0 without concepts.
pub fn share(concepts: &[Concept], features: &Features) -> f32 {
    let (mut said, mut all) = (0_u16, 0_u16);
    for concept in concepts.iter().filter(|c| !c.optional) {
        all = all.saturating_add(1);
        if says(concept, features) {
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
fn says(concept: &Concept, features: &Features) -> bool {
    let has = |stem: &String| features.title.contains(stem);
    concept
        .alternatives
        .iter()
        .any(|alternative| match &alternative.pattern {
            Pattern::Term(stem) => has(stem),
            Pattern::Phrase(stems) | Pattern::All(stems) => stems.iter().all(has),
            Pattern::Code(code) => features.codes.contains(code) || has(code),
            Pattern::Prefix(start) => {
                let begins = |word: &String| word.starts_with(start.as_str());
                features.title.iter().any(begins) || features.codes.iter().any(begins)
            }
        })
}
