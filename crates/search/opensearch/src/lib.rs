//! Product search on a server of OpenSearch, for shops that outgrow the embedded index.
//!
//! - [`settings`]: where the server is. [`engine`]: the engine. [`rebuild`]: a new index without an interruption.
//! - Inside: `schema` and `product` say what is written; `words`, `filters`, `nearest`, `search` and `counts` ask;
//!   `answer` reads; `bulk` takes changes in; `index` and `version` look after the indices behind the alias; `client` sends.
//!
//! Invariants: texts of shoppers become values of term queries, never parts of a query language, a script or a path;
//! every call has a deadline; half an answer is an error; a change never overwrites a newer one; a rebuilt index answers
//! once it is whole, and the alias names one at any moment; analysis, ranking and the choice of facets are those of
//! `search-lexis` and `search-core`.

#![expect(clippy::float_arithmetic, reason = "scores are no money")]

mod answer;
mod bulk;
mod client;
mod counts;
pub mod engine;
mod filters;
mod index;
mod nearest;
mod product;
pub mod rebuild;
mod schema;
mod search;
pub mod settings;
mod version;
mod words;

pub use engine::OpenSearch;
pub use rebuild::{Need, Rebuild, Swapped};
pub use settings::{NearestBy, Settings, SettingsError};
