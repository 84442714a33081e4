//! Who is asking: access tokens, verified locally.
//!
//! A token is a JWT with `typ: at+jwt`, signed with `EdDSA` by a key whose `kid` is known exactly;
//! no other header member is accepted. The claims are [`AccessClaims`], no more and no less.
//! [`follow`] keeps keys and revoked sessions current; a verified token is remembered by its hash
//! until it expires, and revocation is looked at on every use.

mod claims;
mod follow;
mod permission;
mod signer;
mod sql_feed;
#[cfg(test)]
mod tests;
mod user;
mod verifier;

pub use claims::{AccessClaims, Audience, PublicKey, Role};
pub use follow::{AccessFeed, Revoked, follow, refresh};
pub use permission::{EVERYTHING, Permission, Permitted, Scopes};
pub use signer::Signer;
pub use sql_feed::SqlFeed;
pub use user::{CurrentUser, MaybeUser, Staff};
pub use verifier::{TokenError, Verifier};

/// The `typ` of an access token (RFC 9068).
const TYPE: &str = "at+jwt";
/// How far clocks may lie apart, in seconds.
const LEEWAY_S: i64 = 5;
/// The longest time from a token's issue to its end that is accepted, in seconds. What was revoked
/// longer ago than this no token can belong to.
const LIFETIME_MAX_S: i64 = 900;
