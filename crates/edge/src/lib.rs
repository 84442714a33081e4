//! What stands between the public and the services, whoever stands there: the gateway (nginx, configured by
//! `cargo xtask gateway`) or the process of all services (`services/all`).
//!
//! - [`routes`]: the routing table `deploy/routes.toml`: read, checked, and asked.
//! - [`headers`]: `deploy/headers.toml`: what is dropped from requests, and what pages carry.
//!
//! Invariants: does no IO but reading the files it is given; knows no server.

pub mod headers;
pub mod routes;

/// The services by name, in the order in which they are listed.
pub const SERVICES: [&str; 6] = ["auth", "catalog", "cart", "checkout", "orders", "search"];
