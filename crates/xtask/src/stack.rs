//! The stack of one instance in the order in which it starts and stops.

use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::instance::Instance;
use crate::ports;
use crate::postgres::{self, Postgres};
use crate::secrets::Secrets;
use crate::state::State;
use crate::supervisor::Supervisor;
use crate::ui::Ui;

/// How long the database and Redis may take to answer (recovery after a crash included).
const DATA_LIMIT: Duration = Duration::from_secs(60);

/// A running (or starting) stack.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) instance: Instance,
    pub(crate) state: State,
    pub(crate) secrets: Secrets,
    pub(crate) supervisor: Supervisor,
    ui: Ui,
}

impl Stack {
    /// An empty stack: ports chosen, secrets made, nothing started.
    pub(crate) fn new(instance: &Instance, database_only: bool, ui: Ui) -> Result<Self> {
        let mut state = State::load(instance)?;
        ports::assign(&mut state, None, instance.name().is_empty())?;
        state.save(instance)?;
        Ok(Self {
            instance: instance.clone(),
            state,
            secrets: Secrets::load_or_create(instance)?,
            supervisor: Supervisor::new(instance, database_only)?,
            ui,
        })
    }

    /// The port of a listener.
    pub(crate) fn port(&self, name: &str) -> Result<u16> {
        self.state.ports.get(name).copied().with_context(|| format!("no port for {name}"))
    }

    /// Starts the embedded PostgreSQL and makes the shop's empty database.
    pub(crate) async fn start_postgres(&mut self, durable: bool) -> Result<Postgres> {
        let port = self.port("postgres")?;
        let mut server =
            Postgres::prepare(&self.instance, port, &self.secrets.postgres, self.ui).await?;
        if !durable {
            server = server.forgetful();
        }
        let step = self.ui.step(format!("PostgreSQL {}", postgres::VERSION));
        self.supervisor.start(server.spec());
        self.supervisor.wait_ready("postgres", DATA_LIMIT).await?;
        create_database(&server.admin("postgres"), postgres::DATABASE).await?;
        step.done(format!("127.0.0.1:{port}"));
        Ok(server)
    }

    /// Stops everything cleanly, what others need last.
    pub(crate) async fn stop(mut self) {
        let (data, rest): (Vec<String>, Vec<String>) = self
            .supervisor
            .names()
            .into_iter()
            .partition(|name| matches!(name.as_str(), "postgres" | "redis"));
        let (edge, services): (Vec<String>, Vec<String>) =
            rest.into_iter().partition(|name| name == "gateway");
        for group in [edge, services, data] {
            self.supervisor.stop(&group).await;
        }
        self.supervisor.close();
    }
}

/// Makes a database unless it exists.
pub(crate) async fn create_database(admin: &PgConnectOptions, name: &str) -> Result<()> {
    let mut connection =
        admin.clone().disable_statement_logging().connect().await.context("cannot log in")?;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_catalog.pg_database where datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await?;
    if !exists {
        // A database's name cannot be a parameter; ours are constants or generated hex digits.
        let statement = format!("create database \"{}\"", name.replace('"', "\"\""));
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}
