//! What staff arranged reaches the lexicon, with which queries are read; names of categories get their vectors.

use std::time::Duration;

use common::jobs::Jobs;

use crate::knowledge::Knowledge;
use crate::merchandising::Merchandising;
use crate::semantic::Semantic;

/// How often to look whether there is something new; costs nothing.
const LOOK: Duration = Duration::from_millis(250);

/// How often to look for new categories. Their vectors cost a millisecond each, once.
const LOOK_CATEGORIES: Duration = Duration::from_secs(1);

/// Keeps the lexicon's synonyms and popular queries up to date until the process stops.
pub fn run(merchandising: &Merchandising, knowledge: &Knowledge, jobs: &Jobs) {
    let (merchandising, knowledge) = (merchandising.clone(), knowledge.clone());
    let stop = jobs.stopping();
    jobs.spawn("learn synonyms", async move {
        let mut known = None;
        while !stop.is_cancelled() {
            let active = merchandising.current();
            if known
                .as_ref()
                .is_none_or(|k| !std::sync::Arc::ptr_eq(k, &active))
            {
                knowledge.set_synonyms(active.synonyms.clone());
                knowledge.set_popular(active.popular.clone());
                known = Some(active);
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    });
}

/// Keeps the vectors of the categories' names up to date until the process stops.
pub fn run_categories(knowledge: &Knowledge, semantic: &Semantic, jobs: &Jobs) {
    let (knowledge, semantic) = (knowledge.clone(), semantic.clone());
    jobs.every("learn categories", LOOK_CATEGORIES, move || {
        let (knowledge, semantic) = (knowledge.clone(), semantic.clone());
        async move {
            let names = knowledge.ask(search_lexis::Lexicon::category_names);
            semantic.learn_categories(names).await
        }
    });
}
