//! Reading the texts of the shop and what shoppers type.
//!
//! - [`analysis`]: texts become terms, the same for documents and queries, whatever engine searches them.
//! - [`lexicon`]: what the shop's own catalogue says: words, brands, kinds of products, codes.
//! - [`reading`]: what somebody means who typed a text, and what is tried when nothing is found.
//! - [`synonyms`]: words that mean the same, as people write them down.
//!
//! Pure: no IO, no clock. Never panics on any text, and takes time linear in its (bounded) length.

#![expect(clippy::float_arithmetic, reason = "weights are no money")]

pub mod analysis;
pub mod lexicon;
pub mod reading;
mod spelling;
mod suggest;
pub mod synonyms;
#[cfg(test)]
mod testing;
mod words;

pub use lexicon::{Lexicon, Size, Subject};
pub use reading::{
    Alternative, Concept, Highlighter, KIND_SURE, Note, Pattern, Reading, Stage, Title,
};
pub use synonyms::{SynonymError, SynonymFault, Synonyms};
