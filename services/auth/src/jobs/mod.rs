//! Work beside the requests.

pub mod publish_key;
pub mod purge;
