//! A product as answers show it, made once for many answers.

use contract_catalog::ProductSummary;
use kernel::ProductId;
use search_lexis::Title;

use crate::document::Document;

/// What an answer shows of a product.
#[derive(Debug, Clone)]
pub struct Card {
    /// The product.
    pub id: ProductId,
    /// Its title, as highlighting looks at it.
    pub title: Title,
    /// Its summary, written: that is what most answers need, and takes less memory than its fields.
    json: Box<str>,
}

impl Card {
    /// The card of a document.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(document: &Document) -> Result<Self, serde_json::Error> {
        let summary = document.summary();
        Ok(Self {
            id: summary.id,
            title: Title::of(&summary.title),
            json: serde_json::to_string(&summary)?.into(),
        })
    }

    /// The product as lists show it.
    ///
    /// # Errors
    /// Never: it was written by [`Card::of`].
    pub fn summary(&self) -> Result<ProductSummary, serde_json::Error> {
        serde_json::from_str(&self.json)
    }

    /// The summary as a JSON object whose closing brace is left out: further fields may follow.
    pub fn opened(&self) -> &str {
        self.json.strip_suffix('}').unwrap_or(&self.json)
    }
}
