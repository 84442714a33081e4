//! How far an index has followed the read model, and in which history of the database.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A place in the history of the read model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The last change taken in; 0: none.
    pub cursor: i64,
    /// The last milestone passed; `None` at the beginning, and in what was written before there were milestones.
    #[serde(default)]
    pub milestone: Option<Milestone>,
}

/// A mark that a writer left. A history that holds it holds every change that was there when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Its number, in the order of writing. Another history may give it again.
    pub id: i64,
    /// Random: no other history has it.
    pub token: Uuid,
}

impl From<i64> for Place {
    /// A place by its cursor alone.
    fn from(cursor: i64) -> Self {
        Self {
            cursor,
            milestone: None,
        }
    }
}
