//! What tests share: a migrated database of their own, an app to call without a socket, tokens that its verifier
//! accepts, and a clock that stands still. A dev-dependency only.
//!
//! - [`db`]: [`TestDb`], cloned from one migrated template per server and schema version.
//! - [`app`]: [`TestApp`], oneshot calls on a router.
//! - [`tokens`]: [`Tokens`], signed access tokens of customers and staff.
//! - [`authorisation`]: every operation of staff is closed to who has no right to it.
//! - [`redis`]: the Redis that tests may empty. [`time`]: frozen clocks. [`wait`]: until something is so.

pub mod app;
pub mod authorisation;
pub mod db;
pub mod redis;
pub mod time;
pub mod tokens;
pub mod wait;

pub use app::{Answer, Call, TestApp};
pub use db::TestDb;
pub use redis::redis_url;
pub use time::{clock, noon};
pub use tokens::Tokens;
pub use wait::until;
