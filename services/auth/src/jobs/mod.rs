//! Work beside the requests.

pub mod password_resets;
pub mod publish_key;
pub mod purge;
