//! What holds any of some wordings, scored as the best of them.
//!
//! tantivy has such a query, which gathers the scores of 4,096 products ahead: 48 KB are made ready for each, in every part
//! of the index, before the first match. Ours are few wordings with few matches, so they are merged as they come, and only
//! those products are scored that match the other words, too. Scores are the same, bit by bit.

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// What matches any of some queries: the best score, and of the others `tie_breaker` times theirs.
#[derive(Debug)]
pub(crate) struct Best {
    queries: Vec<Box<dyn Query>>,
    tie_breaker: Score,
}

struct BestWeight {
    weights: Vec<Box<dyn Weight>>,
    tie_breaker: Score,
}

/// The same for one part of the index.
pub(crate) struct BestScorer<S> {
    parts: Vec<S>,
    doc: DocId,
    tie_breaker: Score,
}

impl Best {
    pub(crate) fn new(queries: Vec<Box<dyn Query>>, tie_breaker: Score) -> Self {
        Self {
            queries,
            tie_breaker,
        }
    }
}

impl Clone for Best {
    fn clone(&self) -> Self {
        let queries = self.queries.iter().map(|query| query.box_clone());
        Self::new(queries.collect(), self.tie_breaker)
    }
}

impl Query for Best {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weights = self.queries.iter().map(|query| query.weight(scoring));
        Ok(Box::new(BestWeight {
            weights: weights.collect::<tantivy::Result<_>>()?,
            tie_breaker: self.tie_breaker,
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for query in &self.queries {
            query.query_terms(visitor);
        }
    }
}

impl Weight for BestWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut parts = Vec::with_capacity(self.weights.len());
        for weight in &self.weights {
            let part = weight.scorer(reader, boost)?;
            if part.doc() != TERMINATED {
                parts.push(part);
            }
        }
        Ok(match parts.len() {
            0 => Box::new(EmptyScorer),
            1 => parts.remove(0),
            _ => Box::new(BestScorer::new(parts, self.tie_breaker)),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain(self, reader, doc)
    }
}

/// The score of a document, without the ways that led to it.
pub(crate) fn explain(
    weight: &impl Weight,
    reader: &SegmentReader,
    doc: DocId,
) -> tantivy::Result<Explanation> {
    let mut scorer = weight.scorer(reader, 1.0)?;
    if scorer.doc() > doc || scorer.seek(doc) != doc {
        let reason = format!("document {doc} does not match");
        return Err(TantivyError::InvalidArgument(reason));
    }
    Ok(Explanation::new("the best of its wordings", scorer.score()))
}

impl<S: Scorer> BestScorer<S> {
    /// Each part stands on its first match.
    pub(crate) fn new(parts: Vec<S>, tie_breaker: Score) -> Self {
        let first = parts.iter().map(DocSet::doc).min();
        Self {
            parts,
            doc: first.unwrap_or(TERMINATED),
            tie_breaker,
        }
    }
}

impl<S: Scorer> DocSet for BestScorer<S> {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        let mut next = TERMINATED;
        for part in &mut self.parts {
            let mut doc = part.doc();
            if doc == self.doc {
                doc = part.advance();
            }
            next = next.min(doc);
        }
        self.doc = next;
        next
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        let mut next = TERMINATED;
        for part in &mut self.parts {
            let mut doc = part.doc();
            if doc < target {
                doc = part.seek(target);
            }
            next = next.min(doc);
        }
        self.doc = next;
        next
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        let sizes = self.parts.iter().map(DocSet::size_hint);
        sizes.fold(0, u32::saturating_add)
    }

    fn cost(&self) -> u64 {
        let costs = self.parts.iter().map(DocSet::cost);
        costs.fold(0, u64::saturating_add)
    }
}

impl<S: Scorer> Scorer for BestScorer<S> {
    fn score(&mut self) -> Score {
        let (mut max, mut sum) = (0.0, 0.0);
        for part in &mut self.parts {
            if part.doc() == self.doc {
                let score = part.score();
                max = Score::max(score, max);
                sum += score;
            }
        }
        max + (sum - max) * self.tie_breaker
    }
}
