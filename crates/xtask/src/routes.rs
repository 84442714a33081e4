//! The routing table, as the process of all services reads it.

pub(crate) use edge::routes::{Route, Table, shape};
