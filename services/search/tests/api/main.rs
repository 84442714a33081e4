//! The search service over HTTP, following a real database. Instances work in the background while a test ends and its
//! database is dropped: each test has threads for both.

mod moment;
mod shop;
mod staff_desk;

mod answers;
mod arranged;
mod away;
mod commands;
mod counting;
mod facets;
mod following;
mod hostile;
mod instances;
mod lists;
mod paging;
mod previews;
mod refusals;
mod restored;
mod signals_events;
mod signals_flush;
mod signals_orders;
mod signals_popularity;
mod staff_doors;
mod staff_live;
mod staff_queries;
mod staff_rules;
mod staff_synonyms;
mod suggesting;
mod understanding;
mod words;
