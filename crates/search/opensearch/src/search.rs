//! From a plan to what is found: the nearest first, then everything else in one request.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use kernel::ProductId;
use opensearch::http::Method;
use search_core::facets::FacetCounts;
use search_core::{Candidate, Found, Order, Plan, Sort, SortKey};
use search_vectors::Embedding;
use serde_json::{Value, json};

use crate::answer::{Answer, Answers, Hit};
use crate::client::CallError;
use crate::counts;
use crate::engine::Inner;
use crate::filters::Clauses;
use crate::index::Live;
use crate::schema::field;
use crate::words;

/// Candidates of one search at most.
const WINDOW_MAX: usize = 10_000;

impl Inner {
    /// Finds the candidates of a plan in one index.
    pub(crate) async fn find(&self, live: &Live, plan: &Plan) -> Result<Found, CallError> {
        match plan.order {
            Order::Ranked { window } => self.ranked(live, plan, window).await,
            Order::Sorted { sort, after, size } => {
                let page = Page { sort, after, size };
                self.sorted(live, plan, page).await
            }
        }
    }

    async fn ranked(&self, live: &Live, plan: &Plan, window: usize) -> Result<Found, CallError> {
        let vector = plan
            .vector
            .as_ref()
            .filter(|_| live.has_vectors(&self.settings));
        let mut chosen: HashSet<ProductId> = plan.include.iter().copied().collect();
        if let Some(nearest) = vector {
            chosen.extend(self.nearest(live, nearest).await?);
        }
        let vector = vector.map(|nearest| &nearest.vector);
        let chosen: Vec<ProductId> = chosen.into_iter().collect();
        let question = Question::new(self, live, plan, &chosen);
        let mut searches = vec![question.window(window, vector.is_some()), question.count()];
        if !chosen.is_empty() {
            searches.push(question.chosen(vector.is_some()));
        }
        let mut answers = self.ask(live, &searches).await?;
        let (by_words, counted, others) = (answers.next(), answers.next(), answers.next());
        let mut candidates = HashMap::new();
        for (answer, near) in [(by_words, false), (others, true)] {
            let hits = answer.map(Answer::into_hits).unwrap_or_default();
            for hit in hits {
                let candidate = candidate(&hit, plan, vector)?;
                let known = candidates.entry(candidate.id).or_insert(candidate);
                known.near |= near;
            }
        }
        let (total, facets) = self.counted(live, &question, counted).await?;
        Ok(Found {
            candidates: candidates.into_values().collect(),
            total,
            facets: Arc::new(facets),
        })
    }

    async fn sorted(&self, live: &Live, plan: &Plan, page: Page) -> Result<Found, CallError> {
        let question = Question::new(self, live, plan, &plan.include);
        let searches = [question.page(page), question.count()];
        let mut answers = self.ask(live, &searches).await?;
        let (found, counted) = (answers.next(), answers.next());
        let hits = found.map(Answer::into_hits).unwrap_or_default();
        let included: HashSet<_> = plan.include.iter().copied().collect();
        let candidates: Result<Vec<_>, CallError> = hits
            .iter()
            .map(|hit| {
                let candidate = candidate(hit, plan, None)?;
                Ok(Candidate {
                    lexical: None,
                    near: included.contains(&candidate.id),
                    key: page.key(hit),
                    ..candidate
                })
            })
            .collect();
        let (total, facets) = self.counted(live, &question, counted).await?;
        Ok(Found {
            candidates: candidates?,
            total,
            facets: Arc::new(facets),
        })
    }

    /// The total and, where they are asked, the facets.
    async fn counted(
        &self,
        live: &Live,
        question: &Question<'_>,
        answer: Option<Answer>,
    ) -> Result<(u64, FacetCounts), CallError> {
        let Some(answer) = answer else {
            return Ok((0, FacetCounts::default()));
        };
        if !question.plan.facets {
            return Ok((answer.total(), FacetCounts::default()));
        }
        let first = counts::First::read(&answer.aggregations, &question.filters);
        let more = match first.more() {
            Some(aggregations) => {
                let search = question.search(json!({
                    "size": 0, "track_total_hits": false,
                    "query": question.union(&question.filters.all()), "aggs": aggregations,
                }));
                self.ask(live, &[search])
                    .await?
                    .next()
                    .map(|answer| answer.aggregations)
            }
            None => None,
        };
        Ok((
            first.results(),
            first.facets(more.as_ref(), &question.filters),
        ))
    }

    /// Sends searches together and gives their whole answers.
    async fn ask(
        &self,
        live: &Live,
        searches: &[Value],
    ) -> Result<std::vec::IntoIter<Answer>, CallError> {
        let mut body = String::new();
        // Half an answer is refused anyway: the server need not finish it.
        let mut header = json!({"allow_partial_search_results": false});
        if self.settings.shards > 1 {
            header["search_type"] = json!("dfs_query_then_fetch");
        }
        for search in searches {
            // Writing to a string cannot fail.
            let _written = writeln!(body, "{header}\n{search}");
        }
        let path = format!("/{}/_msearch", live.index);
        let deadline = self.settings.search_timeout;
        let answers: Answers = self
            .client
            .call(Method::Post, &path, &[], Some(Bytes::from(body)), deadline)
            .await?;
        answers.whole()
    }
}

/// A hit as ranking sees it.
fn candidate(hit: &Hit, plan: &Plan, vector: Option<&Embedding>) -> Result<Candidate, CallError> {
    let score = hit.score.unwrap_or_default();
    let matches = score > 0.0 || words::required(&plan.concepts, plan.required) == 0;
    let cosine = vector.and_then(|vector| Some(hit.vector()?.cosine(vector)));
    Ok(Candidate {
        id: hit.id(),
        lexical: matches.then_some(score),
        cosine,
        near: false,
        key: None,
        features: hit.features()?,
    })
}

/// A page of a sorted order.
#[derive(Debug, Clone, Copy)]
struct Page {
    sort: Sort,
    after: Option<SortKey>,
    size: usize,
}

impl Page {
    /// What is sorted by, and whether the largest come first.
    fn column(self) -> (&'static str, bool) {
        match self.sort {
            Sort::PriceAsc => (field::PRICE, false),
            Sort::PriceDesc => (field::PRICE, true),
            Sort::Popular => (field::WANTED, true),
            // Without an order of its own, relevance is asked as a ranked plan.
            Sort::Relevance | Sort::Newest => (field::CREATED, true),
        }
    }

    fn key(self, hit: &Hit) -> Option<SortKey> {
        let (column, descending) = self.column();
        let number = hit.number(column)?;
        let number = if descending {
            number.saturating_neg()
        } else {
            number
        };
        Some(SortKey {
            number,
            id: hit.id(),
        })
    }
}

/// A plan on its way to the server.
struct Question<'a> {
    plan: &'a Plan,
    words: Value,
    filters: Clauses<'a>,
    /// Results whatever words they hold.
    chosen: Value,
    timeout: String,
    /// Digits of the currency after the point.
    exponent: u16,
}

impl<'a> Question<'a> {
    fn new(inner: &Inner, live: &Live, plan: &'a Plan, chosen: &[ProductId]) -> Self {
        let ids: Vec<_> = chosen.iter().map(|id| id.uuid()).collect();
        Self {
            plan,
            words: words::query(&plan.concepts, plan.required, live.score_factor),
            filters: Clauses::of(&plan.filters),
            chosen: json!({"ids": {"values": ids}}),
            timeout: format!("{}ms", inner.settings.search_timeout.as_millis()),
            exponent: inner.settings.currency.exponent(),
        }
    }

    /// A search with what every search says.
    fn search(&self, mut search: Value) -> Value {
        if let Value::Object(parts) = &mut search {
            parts.insert("timeout".to_owned(), json!(self.timeout));
            parts.insert("_source".to_owned(), json!(false));
        }
        search
    }

    /// The best by words; without words all are alike, and the newest come first.
    fn window(&self, size: usize, vectors: bool) -> Value {
        let first = if self.plan.concepts.is_empty() {
            field::CREATED
        } else {
            "_score"
        };
        self.search(json!({
            "size": size.min(WINDOW_MAX), "track_total_hits": false,
            "query": {"bool": {"must": [self.words], "filter": self.filters.all()}},
            "sort": [{first: "desc"}, {field::ID: "asc"}], "track_scores": true,
            "docvalue_fields": columns(vectors),
        }))
    }

    /// The chosen, with their scores by words.
    fn chosen(&self, vectors: bool) -> Value {
        let mut filters = self.filters.all();
        filters.push(&self.chosen);
        self.search(json!({
            "size": WINDOW_MAX, "track_total_hits": false,
            "query": {"bool": {"filter": filters, "should": [self.words], "minimum_should_match": 0}},
            "docvalue_fields": columns(vectors),
        }))
    }

    /// A page of all that match.
    fn page(&self, page: Page) -> Value {
        let (column, descending) = page.column();
        let order = if descending { "desc" } else { "asc" };
        let mut columns = columns(false);
        columns.push(column);
        let mut search = json!({
            "size": page.size.min(WINDOW_MAX), "track_total_hits": false,
            "query": self.union(&self.filters.all()),
            "sort": [{column: order}, {field::ID: "asc"}],
            "docvalue_fields": columns,
        });
        if let Some(after) = page.after {
            let number = if descending {
                after.number.saturating_neg()
            } else {
                after.number
            };
            search["search_after"] = json!([number, after.id.uuid()]);
        }
        self.search(search)
    }

    /// Everything that matches: its number, and the facets where they are asked.
    fn count(&self) -> Value {
        if !self.plan.facets {
            return self.search(json!({
                "size": 0, "track_total_hits": true, "query": self.union(&self.filters.all()),
            }));
        }
        let aggregations = counts::first(&self.filters, self.exponent);
        self.search(json!({
            "size": 0, "track_total_hits": false, "query": self.union(&[]), "aggs": aggregations,
        }))
    }

    /// What matches by words or is chosen, and passes these filters; no scores.
    fn union(&self, filters: &[&Value]) -> Value {
        let mut all: Vec<Value> = filters.iter().map(|clause| (*clause).clone()).collect();
        let any = json!({"bool": {"should": [self.words, self.chosen], "minimum_should_match": 1}});
        all.push(any);
        json!({"bool": {"filter": all}})
    }
}

/// Columns that candidates need.
fn columns(vectors: bool) -> Vec<&'static str> {
    let vector = vectors.then_some(field::VECTOR);
    [field::FEATURES].into_iter().chain(vector).collect()
}
