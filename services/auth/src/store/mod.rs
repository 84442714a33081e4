//! All SQL of this service, over schema `auth`. Knows no HTTP; callers begin and commit.

pub mod keys;
pub mod sessions;
pub mod tokens;
pub mod users;
