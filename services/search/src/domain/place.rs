//! Cutting results into pages.

use kernel::{Cursor, InvalidCursor, ProductId};
use search_core::{Sort, SortKey};
use serde::{Deserialize, Serialize};

/// Where a page of results ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Place {
    /// In the order of ranking, which moves with every change of any product: the product is looked for, and where it
    /// is gone, its number.
    Ranked {
        /// Which reading of the query the results belong to.
        attempt: u8,
        /// The last product shown.
        id: ProductId,
        /// How many were shown so far.
        seen: u16,
    },
    /// In a sorted order.
    Sorted {
        /// By what.
        sort: Sort,
        /// Which reading of the query the results belong to.
        attempt: u8,
        /// The last product shown.
        key: SortKey,
    },
}

impl Place {
    /// Reads the cursor of a page in this order.
    ///
    /// # Errors
    /// When it cannot be read or belongs to another order.
    pub fn read(cursor: &str, sort: Sort) -> Result<Self, InvalidCursor> {
        let place: Self = Cursor::decode(cursor)?;
        let fits = match place {
            Self::Ranked { .. } => sort == Sort::Relevance,
            Self::Sorted { sort: of, .. } => of == sort,
        };
        if fits { Ok(place) } else { Err(InvalidCursor) }
    }

    /// The cursor.
    pub fn write(self) -> String {
        Cursor::encode(&self)
    }

    /// Which reading of the query the results belong to.
    pub fn attempt(self) -> usize {
        match self {
            Self::Ranked { attempt, .. } | Self::Sorted { attempt, .. } => attempt.into(),
        }
    }

    /// How many results were shown before.
    pub fn seen(self) -> usize {
        match self {
            Self::Ranked { seen, .. } => seen.into(),
            Self::Sorted { .. } => 0,
        }
    }

    /// The place in a sorted order.
    pub fn key(self) -> Option<SortKey> {
        match self {
            Self::Ranked { .. } => None,
            Self::Sorted { key, .. } => Some(key),
        }
    }
}
