//! Database servers beside the one that the stack began with: where they lie, and how the stack moves to them.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sqlx::{ConnectOptions, PgConnection};

use super::copy;
use crate::env::services;
use crate::instance::{Instance, make_dir};
use crate::platform;
use crate::postgres::Postgres;
use crate::stack::Stack;

/// The name under which the stack's database is supervised.
pub(super) const PRIMARY: &str = "postgres";
/// How long a server may take to start, to recover, to follow.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(50);

/// A folder for copies and archives that the database's user can reach.
#[derive(Debug)]
pub(super) struct Room(PathBuf);

impl Room {
    /// The room of an instance.
    pub(super) fn new(instance: &Instance) -> Result<Self> {
        Ok(Self(instance.data_home(platform::is_root())?.join("drill")))
    }

    /// Makes it, empty.
    pub(super) fn empty(&self) -> Result<()> {
        self.remove()?;
        make_dir(&self.0, 0o711)
    }

    /// Removes it.
    pub(super) fn remove(&self) -> Result<()> {
        if self.0.exists() {
            fs::remove_dir_all(&self.0)
                .with_context(|| format!("cannot remove {}", self.0.display()))?;
        }
        Ok(())
    }

    /// A path in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// The server that the stack began with.
pub(super) async fn first(stack: &Stack) -> Result<Postgres> {
    let port = stack.port(PRIMARY)?;
    Postgres::prepare(&stack.instance, port, &stack.secrets.postgres, stack.ui).await
}

/// A port that nobody has.
pub(super) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Starts a server under that name, in the place of one that had it.
pub(super) async fn serve(stack: &mut Stack, name: &str, server: &Postgres) -> Result<()> {
    stack.supervisor.stop(&[name.to_owned()]).await;
    let mut spec = server.spec();
    name.clone_into(&mut spec.name);
    stack.supervisor.start(spec);
    stack.supervisor.wait_ready(name, PATIENCE).await
}

/// Settings, programs and services find this server from now on; services when they start.
pub(super) fn point_at(stack: &mut Stack, server: &Postgres) -> Result<()> {
    stack.state.ports.insert(PRIMARY.to_owned(), server.port());
    stack.state.save(&stack.instance)
}

/// Stops all services.
pub(super) async fn stop_services(stack: &mut Stack) {
    let names: Vec<String> = services().map(str::to_owned).collect();
    stack.supervisor.stop(&names).await;
}

/// Starts all services, or starts them again, with the settings of now and some more for each.
pub(super) async fn restart_services(
    stack: &mut Stack,
    more: impl Fn(&Stack, &str) -> Result<Vec<(String, String)>>,
) -> Result<()> {
    for name in services() {
        let more = more(stack, name)?;
        stack.restart(name, &more, &[]).await?;
    }
    Ok(())
}

/// A connection as administrator to the shop's database on a server.
pub(super) async fn connect(server: &Postgres, database: &str) -> Result<PgConnection> {
    let options = server.admin(database).disable_statement_logging();
    options.connect().await.context("cannot reach the database")
}

/// Waits until a server has left recovery and takes writes.
pub(super) async fn wait_primary(server: &Postgres) -> Result<()> {
    until("a primary", async || {
        let mut connection = connect(server, "postgres").await?;
        let recovering: bool = sqlx::query_scalar("select pg_is_in_recovery()")
            .fetch_one(&mut connection)
            .await?;
        Ok(!recovering)
    })
    .await
}

/// Looks until something is so.
pub(super) async fn until(what: &str, is_so: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let begun = Instant::now();
    loop {
        let looked = is_so().await;
        if matches!(looked, Ok(true)) {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            looked?;
            ensure!(false, "not {what} within {} s", PATIENCE.as_secs());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Makes a standby that streams from a server: a copy of its data, and where to follow it.
pub(super) async fn standby(
    primary: &Postgres,
    data: &Path,
    port: u16,
    name: &str,
) -> Result<(Postgres, copy::Copied)> {
    let mut connection = connect(primary, "postgres").await?;
    // The primary keeps the log that the standby has not got yet.
    sqlx::query(
        "select pg_create_physical_replication_slot($1)
          where not exists (select from pg_replication_slots where slot_name = $1)",
    )
    .bind(name)
    .execute(&mut connection)
    .await?;
    let copied = copy::online(primary, data).await?;
    let server = primary.beside(data.to_owned(), port);
    // Later lines win. The file is the server's alone, and so is the password in it.
    let file = data.join("postgresql.auto.conf");
    let kept = fs::read_to_string(&file).unwrap_or_default();
    let text = format!(
        "{kept}primary_conninfo = '{}'\nprimary_slot_name = '{name}'\nsynchronous_standby_names = ''\n",
        primary.conninfo(name)
    );
    copy::write(&server, &file, &text)?;
    copy::write(&server, &data.join("standby.signal"), "")?;
    Ok((server, copied))
}
