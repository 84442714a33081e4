//! What is searched, and what a search asks and answers. Does no IO.

pub mod document;
pub mod facts;
pub mod kinds;
pub mod names;
pub mod query;
pub mod results;
pub mod vocabulary;
pub mod words;
