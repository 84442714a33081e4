//! The servers that tests may use: `TECHMART_TEST_DATABASE_URL` and `TECHMART_TEST_REDIS_URL`.
//! A test that needs one that is not given fails and says so.

use sqlx::{AssertSqlSafe, PgPool};

use crate::db::Db;

#[expect(
    clippy::disallowed_methods,
    reason = "tests get their servers from the environment"
)]
fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; `cargo xtask test` sets it"))
}

pub(crate) fn redis_url() -> String {
    given("TECHMART_TEST_REDIS_URL")
}

pub(crate) fn database_url() -> String {
    given("TECHMART_TEST_DATABASE_URL")
}

/// A name that no other test has.
pub(crate) fn unique(what: &str) -> String {
    format!("{what}_{}", kernel::EventId::generate().uuid().simple())
}

/// A database with a schema of its own, set up by `sql` (`{schema}` is replaced), and its name.
pub(crate) async fn schema(sql: &str) -> (Db, &'static str) {
    let pool = PgPool::connect(&database_url()).await.unwrap();
    let name: &'static str = unique("test").leak();
    let sql = format!("create schema {name}; {}", sql.replace("{schema}", name));
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&pool)
        .await
        .unwrap();
    (Db::from_pools(pool, None), name)
}

/// Removes the schema. Left behind only when a test fails.
pub(crate) async fn drop_schema(db: &Db, name: &str) {
    let sql = format!("drop schema {name} cascade");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(db.primary())
        .await
        .unwrap();
}
