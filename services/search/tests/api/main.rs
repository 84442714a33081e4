//! The search service over HTTP, following a real database.

mod shop;

mod facets;
mod following;
mod hostile;
mod instances;
mod paging;
mod refusals;
mod suggesting;
mod words;
