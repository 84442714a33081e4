//! The search engine inside the process: tantivy for words, columns for everything else, vectors for meaning.
//!
//! - [`Embedded`] is the engine, [`Rebuild`] an index that is built to replace the live one.
//! - `index`: one index; `writer` takes changes in, `answers` is what it answers. `home`: its directories. `schema`: its
//!   fields. `load`: filling the columns from it.
//! - `columns` (with `names`, `attributes`, `ragged`): what filters, sorts and ranks.
//! - `find`: answering a plan, by `words` (with `stem`, `terms`, `bm25`, `best`, `prefix` and `collect`), `asked` (filters), `tally`
//!   (facets) and `top` (the first of many). `cache`, `cards`: answers and documents that need not be made again.
//!
//! Invariants: a search sees a batch of changes whole or not at all; answers never depend on what was asked before.

#![expect(clippy::float_arithmetic, reason = "scores are no money")]

mod answers;
mod asked;
mod attributes;
mod best;
mod bm25;
mod cache;
mod cards;
mod collect;
mod columns;
mod engine;
mod find;
mod home;
mod index;
mod load;
mod names;
mod prefix;
mod ragged;
mod schema;
mod stem;
mod tally;
mod terms;
mod top;
mod words;
mod writer;

pub use engine::{Embedded, Rebuild, Settings};
