//! What the server answers, as far as it is read.

use kernel::ProductId;
use search_core::Features;
use search_vectors::Embedding;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::client::{CallError, Cause};
use crate::product::{read_features, read_vector};
use crate::schema::field;

/// Answers of several searches that were sent together.
#[derive(Debug, Deserialize)]
pub(crate) struct Answers {
    responses: Vec<Answer>,
}

/// The answer of one search, or why there is none.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    #[serde(default)]
    status: u16,
    error: Option<Cause>,
    #[serde(default)]
    timed_out: bool,
    #[serde(rename = "_shards", default)]
    shards: Shards,
    #[serde(default)]
    hits: Hits,
    /// Counts by name.
    #[serde(default)]
    pub(crate) aggregations: Value,
}

#[derive(Debug, Default, Deserialize)]
struct Shards {
    #[serde(default)]
    failed: u32,
}

#[derive(Debug, Default, Deserialize)]
struct Hits {
    total: Option<Total>,
    #[serde(default)]
    hits: Vec<Hit>,
}

#[derive(Debug, Deserialize)]
struct Total {
    value: u64,
}

/// A product found.
#[derive(Debug, Deserialize)]
pub(crate) struct Hit {
    /// The product.
    #[serde(rename = "_id")]
    id: Uuid,
    /// Its score by words.
    #[serde(rename = "_score")]
    pub(crate) score: Option<f32>,
    #[serde(default)]
    fields: Fields,
}

/// Columns of a hit; each has one value.
#[derive(Debug, Default, Deserialize)]
struct Fields {
    #[serde(default)]
    features: Vec<String>,
    #[serde(default)]
    vector: Vec<String>,
    #[serde(default)]
    price: Vec<i64>,
    #[serde(default)]
    created: Vec<i64>,
    #[serde(default)]
    wanted: Vec<i64>,
}

impl Answers {
    /// The answers in the order of the questions, once all are whole.
    pub(crate) fn whole(self) -> Result<std::vec::IntoIter<Answer>, CallError> {
        let answers: Result<Vec<_>, _> = self.responses.into_iter().map(Answer::whole).collect();
        answers.map(Vec::into_iter)
    }
}

impl Answer {
    /// The answer, unless some of it is missing: half an answer is none.
    pub(crate) fn whole(self) -> Result<Self, CallError> {
        if let Some(cause) = self.error {
            return Err(CallError::of(self.status, cause));
        }
        let busy = |reason: &str| CallError::Busy {
            status: self.status,
            reason: reason.to_owned(),
        };
        if self.timed_out {
            return Err(busy("the search timed out"));
        }
        if self.shards.failed > 0 {
            return Err(busy("some shards do not answer"));
        }
        Ok(self)
    }

    /// How many match.
    pub(crate) fn total(&self) -> u64 {
        self.hits.total.as_ref().map_or(0, |total| total.value)
    }

    pub(crate) fn into_hits(self) -> Vec<Hit> {
        self.hits.hits
    }
}

impl Hit {
    pub(crate) fn id(&self) -> ProductId {
        self.id.into()
    }

    /// Its features.
    ///
    /// # Errors
    /// When the column is damaged.
    pub(crate) fn features(&self) -> Result<Features, CallError> {
        let column = self.fields.features.first();
        column
            .and_then(|text| read_features(text))
            .ok_or(CallError::Damaged(self.id))
    }

    /// Its vector, where it has one.
    pub(crate) fn vector(&self) -> Option<Embedding> {
        self.fields
            .vector
            .first()
            .and_then(|text| read_vector(text))
    }

    /// The value of a column by which it is sorted.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        let column = match name {
            field::PRICE => &self.fields.price,
            field::CREATED => &self.fields.created,
            field::WANTED => &self.fields.wanted,
            _ => return None,
        };
        column.first().copied()
    }
}
