//! What handlers take out of a request. Every refusal is a [`Problem`](crate::problem::Problem).

mod idempotency_key;
mod if_match;
mod json;
mod meta;
mod page;
mod path;
mod query;
mod reason;
#[cfg(test)]
mod tests;

pub use idempotency_key::IdempotencyKey;
pub use if_match::IfMatch;
pub use json::{Json, parse_json, read_body};
pub use meta::RequestMeta;
pub use page::{PageQuery, page};
pub use path::Path;
pub use query::Query;

pub use crate::access::{CurrentUser, MaybeUser, Permitted, Staff};
