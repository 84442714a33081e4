//! What a search asks and answers. Does no IO.

pub mod facets;
pub mod place;
pub mod query;
pub mod results;
