//! Writing a remark on an order.

use serde_json::{Value, json};

use super::change::{Act, Change};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::store;

/// The longest remark, in characters.
const BODY_CHARS_MAX: usize = 4000;

/// A remark.
#[derive(Debug)]
pub struct AddNote {
    /// What it says.
    pub body: String,
}

impl Act for AddNote {
    const OPERATION: &'static str = "note.write";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let body = self.body.trim();
        if body.is_empty() || body.chars().count() > BODY_CHARS_MAX {
            return Err(Refusal::field("/body", "a text of 1 to 4000 characters").into());
        }
        let author = change
            .staff_id()
            .ok_or(Error::Internal("a note without an author"))?;
        let order_id = change.order.order_id;
        store::notes::insert_note(change.conn(), order_id, author, body).await?;
        let after = json!({"characters": body.chars().count()});
        change
            .audit_order(Self::OPERATION, Value::Null, after, None)
            .await
    }
}
