//! From a request to a page of results: understand, find, rank, cut.
//!
//! - [`attempts`]: the readings of a query that are tried in turn until something matches.
//! - [`page`]: order and cut. [`lists`]: suggestions and other short lists. [`answer`]: what the client is told. [`cache`]: answers that were given a moment ago.

use std::sync::Arc;

use kernel::{Currency, ProductId, SharedClock};
use search_core::ranking::{self, Ranked};
use search_core::{Card, EngineError, Nearest, Order, Plan, SearchEngine, Sort};
use search_lexis::{Reading, Synonyms};

use crate::config::SearchSettings;
use crate::domain::place::Place;
use crate::domain::query::SearchRequest;
use crate::domain::results::Mode;
use crate::engines::{Answer, EngineKind, Engines};
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::merchandising::{Merchandising, Rule};
use crate::semantic::Semantic;

mod answer;
mod attempts;
pub mod cache;
mod lists;
mod page;

use attempts::Attempt;

/// Everything that a search needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// Who finds.
    pub engines: Engines,
    /// What the shop's words are.
    pub knowledge: Knowledge,
    /// What texts mean.
    pub semantic: Semantic,
    /// What staff arranged.
    pub merchandising: Merchandising,
    /// The time.
    pub clock: SharedClock,
    /// The shop's currency.
    pub currency: Currency,
    /// Products nearest in meaning that a search may add.
    pub nearest: usize,
    /// Least cosine of such a product.
    pub similarity_min: f32,
    /// Least cosine where no word matches anything: anything typed is somewhat near to something.
    pub alone_similarity_min: f32,
}

/// What a preview does otherwise than the shop.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Another engine.
    pub engine: Option<EngineKind>,
    /// By words only, or by meaning too.
    pub mode: Option<Mode>,
    /// Other synonyms.
    pub synonyms: Option<Arc<Synonyms>>,
    /// Another rule than the one in force, or none.
    pub rule: Option<Option<Rule>>,
}

/// What is asked of the engine, whatever the reading.
struct Asked<'a> {
    rule: Option<&'a Rule>,
    order: Order,
    place: Option<Place>,
    by_meaning: bool,
}

/// What a search found and how.
#[derive(Debug)]
pub struct Outcome {
    /// The query as understood.
    pub reading: Arc<Reading>,
    /// The reading that found something, of those that were tried.
    pub attempt: Attempt,
    /// What staff arranged for the query.
    pub rule: Option<Rule>,
    /// The page's results in order, with what is shown of them.
    pub results: Vec<(Ranked, Arc<Card>)>,
    /// Results over all pages.
    pub total: u64,
    /// Counts.
    pub counts: Arc<search_core::facets::FacetCounts>,
    /// Where the next page begins.
    pub next: Option<Place>,
    /// How the results were found.
    pub mode: Mode,
    /// The engine that answered.
    pub engine: Arc<dyn SearchEngine>,
    /// The engine of the settings is away.
    pub degraded: bool,
}

impl Pipeline {
    /// The pipeline with these parts.
    #[expect(clippy::float_arithmetic, reason = "a share of hundredths")]
    pub fn new(
        engines: Engines,
        knowledge: Knowledge,
        semantic: Semantic,
        merchandising: Merchandising,
        clock: SharedClock,
        currency: Currency,
        settings: &SearchSettings,
    ) -> Self {
        Self {
            engines,
            knowledge,
            semantic,
            merchandising,
            clock,
            currency,
            nearest: settings.nearest,
            similarity_min: f32::from(settings.similarity_min_percent) / 100.0,
            alone_similarity_min: f32::from(settings.alone_similarity_min_percent) / 100.0,
        }
    }

    /// Searches.
    ///
    /// # Errors
    /// [`Error::Cursor`] for a cursor of another order, [`Error::Engine`] when no engine answers.
    pub async fn search(
        &self,
        request: &SearchRequest,
        options: &Options,
    ) -> Result<Outcome, Error> {
        let rule = self.rule(&request.text, options);
        // Those in force, not those the lexicon has learnt so far: answers are kept by their revision.
        let active = self.merchandising.current();
        let synonyms = options.synonyms.as_ref().unwrap_or(&active.synonyms);
        let reading = self
            .knowledge
            .ask(|lexicon| lexicon.read_with(&request.text, synonyms));
        let reading = Arc::new(reading);
        let sort = sort(request, &reading);
        let place = request
            .cursor
            .as_deref()
            .map(|cursor| Place::read(cursor, sort))
            .transpose()?;
        // Meaning helps to rank; a list that is sorted by a value needs none.
        let by_meaning = sort == Sort::Relevance && options.mode != Some(Mode::Lexical);
        let asked = Asked {
            rule: rule.as_ref(),
            order: order(request, sort, place),
            place,
            by_meaning: by_meaning && self.semantic.fingerprint().is_some(),
        };
        let attempts = attempts::of(&reading, &request.filters, asked.by_meaning);
        let (number, attempt, plan, mut answer) = self.find(&asked, options, attempts).await?;
        let nearness = plan
            .vector
            .as_ref()
            .map(|nearest| self.semantic.nearness(&nearest.vector));
        let query = ranking::Query {
            reading: &attempt.reading,
            nearness: nearness.as_ref(),
        };
        let page = page::cut(
            query,
            std::mem::take(&mut answer.found.candidates),
            rule.as_ref(),
            &page::Cut {
                order: plan.order,
                attempt: number,
                after: place,
                size: request.size.get().into(),
            },
        );
        let ids: Vec<_> = page.ranked.iter().map(|r| r.candidate.id).collect();
        let cards = self.cards(options.engine, &mut answer, &ids).await?;
        Ok(Outcome {
            results: page::with_cards(page.ranked, cards),
            reading,
            attempt,
            rule,
            total: answer.found.total,
            counts: answer.found.facets,
            next: page.next,
            mode: if plan.vector.is_some() {
                Mode::Hybrid
            } else {
                Mode::Lexical
            },
            engine: answer.engine,
            degraded: answer.degraded,
        })
    }

    /// Tries one reading after the other until words match. Later pages belong to the reading of the first.
    async fn find(
        &self,
        asked: &Asked<'_>,
        options: &Options,
        attempts: Vec<Attempt>,
    ) -> Result<(usize, Attempt, Plan, Answer), Error> {
        let last = attempts.len().saturating_sub(1);
        let first = asked.place.map_or(0, Place::attempt).min(last);
        for (number, attempt) in attempts.into_iter().enumerate().skip(first) {
            let vector = if asked.by_meaning {
                self.nearest(&attempt).await
            } else {
                None
            };
            let plan = Plan {
                concepts: attempt.stage.concepts(&attempt.reading),
                required: attempt.stage.required,
                filters: attempt.filters.clone(),
                vector,
                include: asked
                    .rule
                    .map(|rule| rule.pinned.clone())
                    .unwrap_or_default(),
                order: asked.order,
                facets: true,
            };
            let answer = if is_unsearchable(&attempt.reading) {
                self.engines.nothing()
            } else {
                self.ask(options.engine, &plan).await?
            };
            let settled = number == last || asked.place.is_some() || plan.concepts.is_empty();
            if settled || self.words_match(options.engine, &plan, &answer).await? {
                return Ok((number, attempt, plan, answer));
            }
        }
        // There is always a last attempt.
        Err(Error::Engine(EngineError::Away(
            "nothing was asked".to_owned(),
        )))
    }

    /// Whether the words of a plan match something: whatever the order, the same reading answers.
    async fn words_match(
        &self,
        kind: Option<EngineKind>,
        plan: &Plan,
        answer: &Answer,
    ) -> Result<bool, Error> {
        let Order::Sorted { sort, .. } = plan.order else {
            return Ok(answer.found.candidates.iter().any(|c| c.lexical.is_some()));
        };
        if plan.include.is_empty() || answer.found.total == 0 {
            return Ok(answer.found.total > 0);
        }
        // A sorted list does not tell which of its products are there because they are pinned.
        let words = Plan {
            include: Vec::new(),
            order: Order::Sorted {
                sort,
                after: None,
                size: 1,
            },
            facets: false,
            ..plan.clone()
        };
        Ok(self.ask(kind, &words).await?.found.total > 0)
    }

    /// The cards of an answer's products. Where its engine went away meanwhile, the embedded one has them.
    pub(crate) async fn cards(
        &self,
        kind: Option<EngineKind>,
        answer: &mut Answer,
        ids: &[ProductId],
    ) -> Result<Vec<Arc<Card>>, Error> {
        Ok(match kind {
            Some(_) => answer.engine.cards(ids).await?,
            None => self.engines.cards(answer, ids).await?,
        })
    }

    /// Asks an engine by its kind, or the one of the settings.
    pub(crate) async fn ask(&self, kind: Option<EngineKind>, plan: &Plan) -> Result<Answer, Error> {
        let Some(kind) = kind else {
            return Ok(self.engines.search(plan).await?);
        };
        let engine = self.engines.get(kind).ok_or(Error::NoEngine)?;
        Ok(Answer {
            found: engine.search(plan).await?,
            engine: Arc::clone(engine),
            degraded: false,
        })
    }

    fn rule(&self, text: &str, options: &Options) -> Option<Rule> {
        match &options.rule {
            Some(rule) => rule.clone(),
            None => self
                .merchandising
                .current()
                .rule(text, self.clock.now())
                .cloned(),
        }
    }

    /// What is near in meaning to a reading of the query.
    async fn nearest(&self, attempt: &Attempt) -> Option<Nearest> {
        Some(Nearest {
            vector: self.semantic.query(&attempt.reading.meaning).await?,
            count: self.nearest,
            similarity_min: if attempt.by_meaning_alone {
                self.alone_similarity_min
            } else {
                self.similarity_min
            },
        })
    }
}

/// The order of results. Without words there is nothing to match better or worse: the newest first.
fn sort(request: &SearchRequest, reading: &Reading) -> Sort {
    match request.sort {
        Sort::Relevance if reading.concepts.is_empty() => Sort::Newest,
        sort => sort,
    }
}

/// Whether something was typed of which nothing can be searched, as `***`: it finds nothing, not everything.
fn is_unsearchable(reading: &Reading) -> bool {
    let has_price = reading.price_min.is_some() || reading.price_max.is_some();
    !reading.typed.is_empty() && reading.concepts.is_empty() && !has_price
}

/// The order of a request, and the part of it that holds its page.
fn order(request: &SearchRequest, sort: Sort, place: Option<Place>) -> Order {
    if sort == Sort::Relevance {
        // One more tells whether a page follows.
        let shown = place
            .map_or(0, Place::seen)
            .saturating_add(request.size.get().into());
        Order::Ranked {
            window: shown.saturating_add(1).clamp(Plan::HEAD, Plan::WINDOW_MAX),
        }
    } else {
        Order::Sorted {
            sort,
            after: place.and_then(Place::key),
            size: usize::from(request.size.get()).saturating_add(1),
        }
    }
}
