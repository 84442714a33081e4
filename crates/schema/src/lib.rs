//! All migrations as one ordered history, and the database roles of the services.
//!
//! - [`MIGRATOR`] merges one folder per schema (`migrations/<schema>/`) into one history ordered by version.
//! - [`roles`] creates the cluster-wide roles and sets their passwords.
//! - [`check`] compares a database with the history.
//! - [`verify`] runs the invariants of stock, money and orders against a database.
//! - [`cli`] is the command line of `techmart-migrate`.
//!
//! Invariants: migrations are forward only; two files never share a version (tested); a file acts as its schema's
//! owner, so that a schema's objects belong to it and to nobody else.

use std::borrow::Cow;
use std::sync::LazyLock;

use sqlx::migrate::{Migration, Migrator};

pub mod check;
pub mod cli;
pub mod roles;
pub mod verify;

/// The services that own a schema, in the order in which their first migrations apply.
pub const SCHEMAS: [&str; 6] = ["auth", "catalog", "cart", "orders", "checkout", "search"];

static FOLDERS: [Migrator; 6] = [
    sqlx::migrate!("../../migrations/auth"),
    sqlx::migrate!("../../migrations/catalog"),
    sqlx::migrate!("../../migrations/cart"),
    sqlx::migrate!("../../migrations/orders"),
    sqlx::migrate!("../../migrations/checkout"),
    sqlx::migrate!("../../migrations/search"),
];

/// The whole history. Unknown newer migrations in the database are accepted, so that a rolled-back binary still runs.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let migrations: Vec<Migration> = FOLDERS.iter().flat_map(|f| f.iter().cloned()).collect();
    let mut migrator = Migrator::with_migrations(migrations);
    migrator.set_ignore_missing(true);
    migrator
});

/// The newest migration of a schema: what a service of this build needs. Zero for a name that is no schema.
pub fn version(schema: &str) -> i64 {
    let at = SCHEMAS.iter().position(|name| *name == schema);
    at.and_then(|at| NEWEST.get(at).copied())
        .unwrap_or_default()
}

/// Found by the compiler: a service that asks for its number would otherwise carry the text of all migrations.
static NEWEST: [i64; FOLDERS.len()] = {
    let mut newest = [0; FOLDERS.len()];
    let mut at = 0;
    while at < newest.len() {
        newest[at] = newest_of(&FOLDERS[at]);
        at += 1;
    }
    newest
};

const fn newest_of(folder: &Migrator) -> i64 {
    let Cow::Borrowed(migrations) = &folder.migrations else {
        panic!("`migrate!` borrows what it reads");
    };
    let (mut newest, mut at) = (0, 0);
    while at < migrations.len() {
        if migrations[at].version > newest {
            newest = migrations[at].version;
        }
        at += 1;
    }
    newest
}
