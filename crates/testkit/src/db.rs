//! Databases for tests: cloned from a template that is migrated once.

use std::env;
use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use common::config::DbSettings;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use uuid::Uuid;

/// Names the server on which test databases are made: the URL of a role that may create roles and databases.
pub const URL_VARIABLE: &str = "TECHMART_TEST_DATABASE_URL";
/// Password of the services' login roles on the test server.
const ROLE_PASSWORD: &str = "techmart-test";
/// Serialises the making of the template over all test processes.
const TEMPLATE_LOCK: i64 = 0x7465_6368_6d61_7274;

/// A migrated database of one test. Dropped with the value, as far as that is possible.
#[derive(Debug)]
pub struct TestDb {
    server: PgConnectOptions,
    name: String,
}

impl TestDb {
    /// Makes a database. Needs the server named by [`URL_VARIABLE`].
    ///
    /// # Panics
    /// With a sentence that says what to do, when there is no server or it refuses.
    pub async fn new() -> Self {
        match Self::create().await {
            Ok(db) => db,
            Err(error) => {
                panic!("no test database ({URL_VARIABLE}; `cargo xtask test` sets it): {error:#}")
            }
        }
    }

    async fn create() -> anyhow::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "tests have no settings file")]
        let url = env::var(URL_VARIABLE).context("the variable is not set")?;
        let server: PgConnectOptions = url.parse()?;
        let mut admin = PgConnection::connect_with(&server).await?;
        sqlx::query("select pg_advisory_lock($1)")
            .bind(TEMPLATE_LOCK)
            .execute(&mut admin)
            .await?;
        let template = ensure_template(&server, &mut admin).await?;
        sqlx::query("select pg_advisory_unlock($1)")
            .bind(TEMPLATE_LOCK)
            .execute(&mut admin)
            .await?;
        let name = format!(
            "techmart_test_{}",
            Uuid::from(kernel::EventId::generate()).simple()
        );
        // Both names are made here, of letters, digits and underscores.
        sqlx::raw_sql(AssertSqlSafe(format!(
            "create database {name} template {template}"
        )))
        .execute(&mut admin)
        .await?;
        Ok(Self { server, name })
    }

    /// A pool that may do everything, for arranging and for looking behind the scenes.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub async fn admin_pool(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(4)
            .connect_with(self.server.clone().database(&self.name))
            .await
            .expect("the test server accepts connections")
    }

    /// A pool of the service's own login role.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub async fn pool(&self, service: &str, size_max: u32) -> PgPool {
        PgPoolOptions::new()
            .max_connections(size_max)
            .connect(&self.url(service))
            .await
            .expect("the test server accepts connections")
    }

    /// Connection URL of the service's own login role.
    pub fn url(&self, service: &str) -> String {
        let (host, port, name) = (self.server.get_host(), self.server.get_port(), &self.name);
        format!("postgres://techmart_{service}:{ROLE_PASSWORD}@{host}:{port}/{name}")
    }

    /// Settings of section `db` for a service.
    pub fn settings(&self, service: &str) -> DbSettings {
        DbSettings {
            url: self.url(service).into(),
            read_url: None,
            other_password: None,
            pool_size_max: 10,
            acquire_timeout_ms: 20_000,
            statement_timeout_ms: 20_000,
            lock_timeout_ms: 20_000,
            idle_in_transaction_timeout_ms: 30_000,
            lifetime_max_s: 300,
            idle_timeout_s: 60,
        }
    }

    /// Checks every invariant of stock, money and orders.
    ///
    /// # Panics
    /// When one is broken, naming the rule and the rows.
    pub async fn verify(&self) {
        let mut conn = PgConnection::connect_with(&self.server.clone().database(&self.name))
            .await
            .expect("the test server accepts connections");
        let findings = schema::verify::run(&mut conn, schema::verify::Scope::default())
            .await
            .expect("the invariants can be asked");
        for finding in findings {
            assert!(
                finding.violations.is_empty(),
                "{} ({}): {:#?}",
                finding.invariant.name,
                finding.invariant.rule,
                finding.violations
            );
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A destructor cannot wait: a thread of its own does. A database that stays behind costs 10 MB of a
        // scratch server, so a failure is no reason to fail a test.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect_with(&server).await?;
                let statement = format!("drop database if exists {name} with (force)");
                sqlx::raw_sql(AssertSqlSafe(statement))
                    .execute(&mut admin)
                    .await?;
                anyhow::Ok(())
            })
        })
        .join();
        if let Ok(Err(error)) = dropped {
            eprintln!("test database {} stays behind: {error:#}", self.name);
        }
    }
}

/// The template of this schema version, made if it is missing. The caller holds the lock.
async fn ensure_template(
    server: &PgConnectOptions,
    admin: &mut PgConnection,
) -> anyhow::Result<String> {
    let name = template_name();
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_catalog.pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&mut *admin)
            .await?;
    if exists {
        return Ok(name);
    }
    schema::roles::create(admin).await?;
    for service in schema::SCHEMAS {
        schema::roles::set_password(admin, service, ROLE_PASSWORD).await?;
    }
    // Made under another name first: a template that exists is complete.
    let draft = format!("{name}_draft");
    for statement in [
        format!("drop database if exists {draft} with (force)"),
        format!("create database {draft}"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *admin)
            .await?;
    }
    let mut conn = PgConnection::connect_with(&server.clone().database(&draft)).await?;
    schema::MIGRATOR.run(&mut conn).await?;
    conn.close().await?;
    let renamed = sqlx::raw_sql(AssertSqlSafe(format!(
        "alter database {draft} rename to {name}"
    )));
    if let Err(error) = renamed.execute(admin).await {
        bail!("cannot finish the template: {error}");
    }
    Ok(name)
}

/// Changes with every change of a migration.
fn template_name() -> String {
    let mut name = String::from("techmart_template_");
    let digest = schema::MIGRATOR
        .iter()
        .flat_map(|m| m.checksum.iter().copied())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    write!(name, "{digest:016x}").expect("writing to a string succeeds");
    name
}
