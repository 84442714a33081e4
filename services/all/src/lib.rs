//! The whole shop in one process: the six services behind one door.
//!
//! - [`services`]: starts them, each with its own settings, database role, pools, jobs and verifier of access tokens.
//! - [`gate`]: what the gateway does elsewhere: routes, limits, throttles, ids, headers, all from `deploy/routes.toml`.
//! - [`pages`]: the shop's pages from a folder. [`serve`]: puts it together. [`command`]: the command line.
//!
//! Invariants: the services do not know that they share a process, and talk to each other only as they do apart:
//! through the database; a service gets no request that the gateway would not let through; no rule of routing or of
//! limits stands here, only in `deploy/`.

pub mod command;
pub mod config;
pub mod gate;
pub mod pages;
pub mod serve;
pub mod services;
