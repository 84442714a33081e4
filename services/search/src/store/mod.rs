//! All SQL of the search service.

pub mod documents;
