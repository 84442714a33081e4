//! How much a match in each field counts. The same for every engine.
//!
//! A concept's score is the best of its alternatives' scores times their weights; an alternative's is the dis-max over
//! the fields: the best field's BM25 (k1 = 1.2, b = 0.75, Lucene's length norms, without the constant factor k1 + 1)
//! times its boost, plus [`TIE_BREAKER`] times the other fields'. The score of a product is the sum over the concepts.
//!
//! A term is looked for in title, brand, category, attributes and description, a code in the codes; all of several stems
//! score the sum of each. A phrase scores in a
//! field that holds all its stems: the sum of their BM25; where the title holds them next to each other, [`ADJACENT`]
//! times the BM25 of the whole phrase is added before the boost. A prefix scores [`PREFIX`] in the plain title (with the
//! title's boost), the brand and the codes, whatever it goes on to.

/// Title.
pub const TITLE: f32 = 4.0;
/// Brand.
pub const BRAND: f32 = 3.0;
/// Names of the category and those above.
pub const CATEGORY: f32 = 3.0;
/// Specifications.
pub const ATTRIBUTES: f32 = 1.0;
/// Description.
pub const DESCRIPTION: f32 = 0.5;
/// Codes: SKUs, barcodes, model numbers.
pub const CODES: f32 = 6.0;
/// How much the other fields of a concept add to its best.
pub const TIE_BREAKER: f32 = 0.1;
/// How much the BM25 of adjacent stems adds to that of each.
pub const ADJACENT: f32 = 0.5;
/// The score of a prefix in any field, before the boost.
pub const PREFIX: f32 = 1.0;
