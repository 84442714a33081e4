//! Objects of one kind, by id and in the order of their making.

use std::collections::HashMap;

use crate::model::{Charge, Customer, Dispute, Event, Intent, PaymentMethod, Refund};

/// An object with an identity and a time of making.
pub(crate) trait Row {
    fn id(&self) -> &str;
    /// Unix seconds.
    fn created(&self) -> i64;
}

/// Objects of one kind.
#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<T: Row> Table<T> {
    /// Adds an object or replaces the one with the same id.
    pub(crate) fn put(&mut self, row: T) {
        if let Some(place) = self.places.get(row.id()) {
            self.rows[*place] = row;
        } else {
            self.places.insert(row.id().to_owned(), self.rows.len());
            self.rows.push(row);
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.places.get(id).map(|place| &self.rows[*place])
    }

    /// Oldest first.
    pub(crate) fn rows(&self) -> &[T] {
        &self.rows
    }

    /// Where an object stands in `rows`.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }
}

macro_rules! rows {
    ($($kind:ty),*) => {$(
        impl Row for $kind {
            fn id(&self) -> &str {
                &self.id
            }

            fn created(&self) -> i64 {
                self.created
            }
        }
    )*};
}

rows!(
    Intent,
    Charge,
    Refund,
    PaymentMethod,
    Customer,
    Dispute,
    Event
);
